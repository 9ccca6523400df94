"""Losses of choosing one class among C."""

from typing import Any

from pellucid._tensor import Tensor
from pellucid.nn import functional as F
from pellucid.nn.loss import Loss

__all__ = ["CrossEntropyLoss", "NLLLoss"]


class CrossEntropyLoss(Loss):
    """The cross-entropy of logits z, l_i = -w_(t_i) log p_(i, t_i) with p = softmax(z), in nats.

    For probabilities q as target it is l_i = -sum_c w_c q_ic log p_ic. Smoothing by e turns q, or the target's
    one-hot, into (1 - e) q + e / C (Szegedy et al., 2016). Give it logits: a softmax before it would be taken twice.

    Shapes: z (N, C), (N, C, d1, d2 ...) or (C,); class indices in z's shape without C, probabilities in z's
    shape; l in z's shape without C with reduction="none", else a single number.
    The mean over class indices is sum_i l_i / sum_i w_(t_i), over probabilities sum_i l_i / N, as in PyTorch.
    Probabilities are not asked to sum to 1. Weights and integers of any type are converted to what is needed.

    Args:
        weight: w, one of each class, (C,).
        size_average: not supported; leave it None.
        ignore_index: samples of this class count nothing, in the sum as in the mean.
        reduce: not supported; leave it None.
        reduction: "none", "mean" or "sum".
        label_smoothing: e, in [0, 1].

    Raises:
        ValueError: when shapes do not fit, `label_smoothing` lies outside [0, 1], or `ignore_index` meets
            probabilities.
        TypeError: when class indices are no integers, or probabilities are.
        IndexError: when a class index is not in 0 ... C - 1.
        RuntimeError: when the input holds integers.

    Example:
        >>> import pellucid
        >>> z = pellucid.tensor([[0.0, 0.0], [0.0, 1000.0]])
        >>> CrossEntropyLoss(reduction="none")(z, pellucid.tensor([0, 0]))  # ln 2 and 1000
        tensor([   0.6931, 1000.0000])
    """

    weight: Tensor | None

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: Any = None,
        ignore_index: int = -100,
        reduce: Any = None,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)
        self.ignore_index, self.label_smoothing = ignore_index, label_smoothing

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss of the logits z against classes or probabilities."""
        return F.cross_entropy(
            input,
            target,
            self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
            label_smoothing=self.label_smoothing,
        )


class NLLLoss(Loss):
    """The negative log-likelihood l_i = -w_(t_i) x_(i, t_i) of log-probabilities x, in nats.

    After `LogSoftmax` it is `CrossEntropyLoss`. It cannot see whether x are logarithms: probabilities would be
    taken silently, here as in PyTorch.

    Shapes: x (N, C), (N, C, d1, d2 ...) or (C,); t in x's shape without C; l in t's shape with
    reduction="none", else a single number. The mean is sum_i l_i / sum_i w_(t_i).

    Args:
        weight: w, one of each class, (C,).
        size_average: not supported; leave it None.
        ignore_index: samples of this class count nothing, in the sum as in the mean.
        reduce: not supported; leave it None.
        reduction: "none", "mean" or "sum".

    Raises:
        ValueError: when shapes do not fit.
        TypeError: when class indices are no integers.
        IndexError: when a class index is not in 0 ... C - 1.
        RuntimeError: when the input holds integers.

    Example:
        >>> import pellucid
        >>> x = pellucid.tensor([[-1.0, -2.0], [-3.0, -4.0]])
        >>> NLLLoss()(x, pellucid.tensor([0, 1])).item()  # (1 + 4) / 2
        2.5
    """

    weight: Tensor | None

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: Any = None,
        ignore_index: int = -100,
        reduce: Any = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)
        self.ignore_index = ignore_index

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss of the log-probabilities x against classes."""
        return F.nll_loss(input, target, self.weight, ignore_index=self.ignore_index, reduction=self.reduction)

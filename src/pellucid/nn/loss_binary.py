"""Losses of independent yes/no questions."""

from typing import Any

from pellucid._tensor import Tensor
from pellucid.nn import functional as F
from pellucid.nn.loss import Loss

__all__ = ["BCELoss", "BCEWithLogitsLoss", "MultiLabelSoftMarginLoss"]


class BCELoss(Loss):
    """The binary cross-entropy l = -w [t log x + (1 - t) log(1 - x)] of probabilities x, in nats.

    Shapes: x and t any one shape; l that shape with reduction="none", else a single number.
    Logarithms are held at -100, so that the loss of a certain and wrong answer is 100 and not infinite, as in
    PyTorch; `BCEWithLogitsLoss` needs no such limit. The mean is over all elements, whatever w. Differently
    from PyTorch, targets outside [0, 1] and shapes that differ are refused, and integer targets are accepted.

    Args:
        weight: w, broadcast to the shape of x; for example one of each sample, as (N, 1).
        size_average: not supported; leave it None.
        reduce: not supported; leave it None.
        reduction: "none", "mean" or "sum".

    Raises:
        ValueError: when the shapes differ, x or t lies outside [0, 1], or the weight does not fit.
        RuntimeError: when the input holds integers.

    Example:
        >>> import pellucid
        >>> BCELoss()(pellucid.tensor([0.5, 0.25]), pellucid.tensor([1.0, 0.0]))  # (ln 2 + ln 4/3) / 2
        tensor(0.4904)
    """

    weight: Tensor | None

    def __init__(
        self, weight: Tensor | None = None, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss of the probabilities x against t."""
        return F.binary_cross_entropy(input, target, self.weight, reduction=self.reduction)


class BCEWithLogitsLoss(Loss):
    """The binary cross-entropy of logits z, l = -w [v t log s + (1 - t) log(1 - s)] with s = sigmoid(z), in nats.

    Computed as w [(1 - t) z + (1 + (v - 1) t) softplus(-z)], which is exact for every finite z.
    Shapes: z and t any one shape; l that shape with reduction="none", else a single number.
    The mean is over all elements, whatever w and v. Differently from PyTorch, targets outside [0, 1] and
    shapes that differ are refused.

    Args:
        weight: w, broadcast to the shape of z; for example one of each sample, as (N, 1).
        size_average: not supported; leave it None.
        reduce: not supported; leave it None.
        reduction: "none", "mean" or "sum".
        pos_weight: v, how many times a yes counts, broadcast to the shape of z; for example one of each
            column, (number of no) / (number of yes).

    Raises:
        ValueError: when the shapes differ, t lies outside [0, 1], or a weight does not fit.
        RuntimeError: when the input holds integers.

    Example:
        >>> import pellucid
        >>> BCEWithLogitsLoss()(pellucid.tensor([0.0, 1000.0]), pellucid.tensor([1.0, 0.0]))  # (ln 2 + 1000) / 2
        tensor(500.3466)
    """

    weight: Tensor | None
    pos_weight: Tensor | None

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: Any = None,
        reduce: Any = None,
        reduction: str = "mean",
        pos_weight: Tensor | None = None,
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)
        self.register_buffer("pos_weight", pos_weight)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss of the logits z against t."""
        return F.binary_cross_entropy_with_logits(
            input, target, self.weight, reduction=self.reduction, pos_weight=self.pos_weight
        )


class MultiLabelSoftMarginLoss(Loss):
    """The binary cross-entropy of several labels a sample, averaged over the classes, in nats.

    l_i = -sum_c w_c [t_ic log s_ic + (1 - t_ic) log(1 - s_ic)] / C with s = sigmoid(z).
    Shapes: z and t (..., C); l z's shape without C with reduction="none", else a single number.
    Differently from PyTorch, targets outside [0, 1] and shapes that differ are refused.

    Args:
        weight: w, broadcast to the shape of z; for example one of each class, (C,).
        size_average: not supported; leave it None.
        reduce: not supported; leave it None.
        reduction: "none", "mean" or "sum".

    Raises:
        ValueError: when the shapes differ, t lies outside [0, 1], or the weight does not fit.
        RuntimeError: when the input holds integers.

    Example:
        >>> import pellucid
        >>> z, t = pellucid.tensor([[0.0, 0.0], [0.0, 1000.0]]), pellucid.tensor([[1.0, 0.0], [1.0, 0.0]])
        >>> MultiLabelSoftMarginLoss(reduction="none")(z, t)  # ln 2, (ln 2 + 1000) / 2
        tensor([  0.6931, 500.3466])
    """

    weight: Tensor | None

    def __init__(
        self, weight: Tensor | None = None, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss of the logits z against t."""
        return F.multilabel_soft_margin_loss(input, target, self.weight, reduction=self.reduction)

"""The loss of sequences of labels whose places are not known."""

from collections.abc import Sequence

from pellucid._tensor import Tensor
from pellucid.nn import functional as F
from pellucid.nn.loss import Loss

__all__ = ["CTCLoss"]


class CTCLoss(Loss):
    """L = -log of the sum of the probabilities of all paths that read as the targets (Graves et al., 2006), in nats.

    A path names a class or the blank at each step; it reads as what is left when repetitions are merged and blanks
    taken
    out. So speech or handwriting can be learned without knowing when each sound or letter came.

    Shapes: log_probs (T, N, C) or (T, C), the output of a `LogSoftmax`; targets (N, S), or those of all sequences one
    after the other; input_lengths and target_lengths (N,); l (N,) with reduction="none", else a single number. The mean
    divides each loss by the number of its targets first. As in PyTorch, the gradient by log_probs is the one by the
    numbers before the `LogSoftmax`.

    Args:
        blank: the class that is no label.
        reduction: "none", "mean" or "sum".
        zero_infinity: take losses of targets that are too long for their steps, which are infinite, for 0.

    Raises:
        ValueError: when shapes and lengths do not fit.
        TypeError: when targets or lengths are no integers.
        IndexError: when a target or the blank is not in 0 ... C - 1.
        RuntimeError: when log_probs holds integers.

    Example:
        >>> import pellucid
        >>> x = pellucid.full((2, 1, 2), 0.5).log()  # of the paths 01, 10, 11 and 00 the first three read as 1
        >>> round(CTCLoss()(x, pellucid.tensor([[1]]), [2], [1]).exp().item(), 4)  # 4 / 3
        1.3333
    """

    def __init__(self, blank: int = 0, reduction: str = "mean", zero_infinity: bool = False) -> None:
        super().__init__(reduction=reduction)
        self.blank, self.zero_infinity = blank, zero_infinity

    def forward(
        self,
        log_probs: Tensor,
        targets: Tensor,
        input_lengths: Tensor | Sequence[int],
        target_lengths: Tensor | Sequence[int],
    ) -> Tensor:
        """Return the loss of the log-probabilities against the targets."""
        return F.ctc_loss(
            log_probs, targets, input_lengths, target_lengths, self.blank, self.reduction, self.zero_infinity
        )

"""Losses of a row: what its outputs cost together, and not their mean.

With nn's means over all elements, a penalty and a learning rate mean something else for every number of outputs.
"""

from pellucid._tensor import Tensor
from pellucid.nn import functional as F
from pellucid.nn.loss import Loss
from pellucid.ops import reduction as reductions

__all__ = ["BinaryCrossEntropy", "HalfSquaredError"]


class HalfSquaredError(Loss):
    """l_i = 1/2 sum_k (x_ik - t_ik)^2, whose gradient is x - t.

    Shapes: x, t (n, k); a number, or (n,) with reduction="none".

    Args:
        reduction: "none", "mean" over the rows, or "sum".

    Example:
        >>> import pellucid
        >>> HalfSquaredError()(pellucid.tensor([[1.0, 2.0]]), pellucid.zeros(1, 2))
        tensor(2.5000)
    """

    def __init__(self, reduction: str = "mean") -> None:
        super().__init__(reduction=reduction)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss."""
        if self.reduction == "mean":
            return F.mse_loss(input, target) * (input.shape[1] / 2)
        rows = reductions.sum(F.mse_loss(input, target, reduction="none"), 1) * 0.5
        return rows if self.reduction == "none" else reductions.sum(rows)


class BinaryCrossEntropy(Loss):
    """l_i = -sum_k (t_ik log p_ik + (1 - t_ik) log(1 - p_ik)) with p = sigmoid(z), in nats.

    Shapes: z, t (n, k), t in [0, 1]; a number, or (n,) with reduction="none".

    Args:
        reduction: "none", "mean" over the rows, or "sum".

    Example:
        >>> import pellucid
        >>> BinaryCrossEntropy()(pellucid.zeros(1, 2), pellucid.ones(1, 2))  # 2 ln 2
        tensor(1.3863)
    """

    def __init__(self, reduction: str = "mean") -> None:
        super().__init__(reduction=reduction)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss."""
        if self.reduction == "mean":
            return F.binary_cross_entropy_with_logits(input, target) * input.shape[1]
        rows = reductions.sum(F.binary_cross_entropy_with_logits(input, target, reduction="none"), 1)
        return rows if self.reduction == "none" else reductions.sum(rows)

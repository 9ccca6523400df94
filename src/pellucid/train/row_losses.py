"""Losses of a row: what its outputs cost together, and not their mean.

With nn's means over all elements, a penalty and a learning rate mean something else for every number of outputs.
"""

from pellucid._tensor import Tensor
from pellucid.nn.loss import Loss
from pellucid.ops import reduction as reductions
from pellucid.ops._loss import same_shape
from pellucid.ops.row_losses import bce_with_logits_of_rows, mse_of_rows, weighted_mean

__all__ = ["BinaryCrossEntropy", "HalfSquaredError"]


class _SumOverOutputs(Loss):
    """What both share: the reduction over rows."""

    def __init__(self, reduction: str = "mean") -> None:
        super().__init__(reduction=reduction)

    def of_rows(self, input: Tensor, target: Tensor) -> Tensor:
        """Return what each row costs, (n,)."""
        raise NotImplementedError

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss."""
        same_shape(type(self).__name__, input, target)
        rows = self.of_rows(input, target)
        if self.reduction == "none":
            return rows
        return weighted_mean(rows, None) if self.reduction == "mean" else reductions.sum(rows)


class HalfSquaredError(_SumOverOutputs):
    """l_i = 1/2 sum_k (x_ik - t_ik)^2, whose gradient is x - t.

    Shapes: x, t (n, k); a number, or (n,) with reduction="none".

    Args:
        reduction: "none", "mean" over the rows, or "sum".

    Raises:
        ValueError: when the shapes differ.

    Example:
        >>> import pellucid
        >>> HalfSquaredError()(pellucid.tensor([[1.0, 2.0]]), pellucid.zeros(1, 2))
        tensor(2.5000)
    """

    def of_rows(self, input: Tensor, target: Tensor) -> Tensor:
        """Return what each row costs, (n,)."""
        return mse_of_rows(input, target, 0.5)


class BinaryCrossEntropy(_SumOverOutputs):
    """l_i = -sum_k (t_ik log p_ik + (1 - t_ik) log(1 - p_ik)) with p = sigmoid(z), in nats.

    Shapes: z, t (n, k), t in [0, 1]; a number, or (n,) with reduction="none".

    Args:
        reduction: "none", "mean" over the rows, or "sum".

    Raises:
        ValueError: when the shapes differ, or a target lies outside [0, 1].

    Example:
        >>> import pellucid
        >>> BinaryCrossEntropy()(pellucid.zeros(1, 2), pellucid.ones(1, 2))  # 2 ln 2
        tensor(1.3863)
    """

    def of_rows(self, input: Tensor, target: Tensor) -> Tensor:
        """Return what each row costs, (n,)."""
        return bce_with_logits_of_rows(input, target, 1.0)

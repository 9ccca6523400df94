"""Losses between numbers."""

from pellucid._tensor import Tensor
from pellucid.nn import functional as F
from pellucid.nn.loss import Loss

__all__ = ["MSELoss"]


class MSELoss(Loss):
    """The squared error l = (x - t)^2, in squared units of t.

    Shapes: x and t any one shape; l that shape with reduction="none", else a single number.
    The mean is over all elements, not over rows. Two shapes that differ are refused, where PyTorch warns and
    compares every row with every other.

    Args:
        size_average: not supported; leave it None.
        reduce: not supported; leave it None.
        reduction: "none", "mean" or "sum".

    Raises:
        ValueError: when the shapes differ, or the reduction is unknown.
        RuntimeError: when the input holds integers.

    Example:
        >>> import pellucid
        >>> MSELoss()(pellucid.tensor([1.0, 2.0, 4.0]), pellucid.tensor([1.0, 4.0, 0.0])).item()  # (0 + 4 + 16) / 3
        6.666666507720947
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss of x against t."""
        return F.mse_loss(input, target, reduction=self.reduction)

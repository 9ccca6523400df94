"""Losses between numbers."""

from typing import Any

from pellucid._tensor import Tensor
from pellucid.nn import functional as F
from pellucid.nn.loss import Loss

__all__ = ["HuberLoss", "L1Loss", "MSELoss", "SmoothL1Loss"]


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
        >>> x, t = pellucid.tensor([1.0, 2.0, 5.0]), pellucid.tensor([1.0, 4.0, 0.5])
        >>> MSELoss(reduction="none")(x, t)
        tensor([ 0.0000,  4.0000, 20.2500])
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss of x against t."""
        return F.mse_loss(input, target, reduction=self.reduction)


class L1Loss(Loss):
    """The absolute error l = |x - t|, in units of t; its derivative at x = t is 0.

    Shapes: x and t any one shape; l that shape with reduction="none", else a single number.
    Two shapes that differ are refused, where PyTorch warns and broadcasts.

    Args:
        size_average: not supported; leave it None.
        reduce: not supported; leave it None.
        reduction: "none", "mean" or "sum".

    Raises:
        ValueError: when the shapes differ, or the reduction is unknown.
        RuntimeError: when the input holds integers.

    Example:
        >>> import pellucid
        >>> L1Loss()(pellucid.tensor([1.0, 2.0, 5.0]), pellucid.tensor([1.0, 4.0, 0.5]))  # (0 + 2 + 4.5) / 3
        tensor(2.1667)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss of x against t."""
        return F.l1_loss(input, target, reduction=self.reduction)


class SmoothL1Loss(Loss):
    """The absolute error with a round bottom: l = e^2 / (2 beta) where |e| < beta, else |e| - beta / 2; e = x - t.

    Source: Girshick, "Fast R-CNN" (2015), with beta = 1. It is `HuberLoss` divided by beta.
    Shapes: x and t any one shape; l that shape with reduction="none", else a single number.
    Two shapes that differ are refused, where PyTorch warns and broadcasts.

    Args:
        size_average: not supported; leave it None.
        reduce: not supported; leave it None.
        reduction: "none", "mean" or "sum".
        beta: where the parabola ends, in units of t; 0 gives `L1Loss`.

    Raises:
        ValueError: when the shapes differ, beta is negative, or the reduction is unknown.
        RuntimeError: when the input holds integers.

    Example:
        >>> import pellucid
        >>> x, t = pellucid.tensor([1.0, 2.0, 5.0]), pellucid.tensor([0.5, 4.0, 5.0])
        >>> SmoothL1Loss(reduction="none")(x, t)  # 0.5^2 / 2, 2 - 1 / 2, 0
        tensor([0.1250, 1.5000, 0.0000])
    """

    def __init__(
        self, size_average: Any = None, reduce: Any = None, reduction: str = "mean", beta: float = 1.0
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        if beta < 0:
            raise ValueError(f"SmoothL1Loss needs a beta of at least 0, got {beta}")
        self.beta = beta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss of x against t."""
        return F.smooth_l1_loss(input, target, reduction=self.reduction, beta=self.beta)


class HuberLoss(Loss):
    """The squared error for small e = x - t, a straight line beyond: e^2 / 2 where |e| <= d, else d (|e| - d / 2).

    Source: Huber, "Robust Estimation of a Location Parameter" (1964).
    Shapes: x and t any one shape; l that shape with reduction="none", else a single number.
    Two shapes that differ are refused, where PyTorch warns and broadcasts.

    Args:
        reduction: "none", "mean" or "sum".
        delta: d, where the line begins, in units of t.

    Raises:
        ValueError: when the shapes differ, delta is not above 0, or the reduction is unknown.
        RuntimeError: when the input holds integers.

    Example:
        >>> import pellucid
        >>> x, t = pellucid.tensor([1.0, 2.0, 5.0]), pellucid.tensor([0.0, 6.0, 5.0])
        >>> HuberLoss(reduction="none", delta=2.0)(x, t)  # 1 / 2, 2 (4 - 1), 0
        tensor([0.5000, 6.0000, 0.0000])
    """

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        super().__init__(reduction=reduction)
        if delta <= 0:
            raise ValueError(f"HuberLoss needs a delta above 0, got {delta}")
        self.delta = delta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss of x against t."""
        return F.huber_loss(input, target, reduction=self.reduction, delta=self.delta)

"""Activation layers of whole rows: softmax and its kin, and the gated linear unit."""

from pellucid._tensor import Tensor
from pellucid.nn import functional as F
from pellucid.nn.module import Module

__all__ = ["GLU", "LogSoftmax", "Softmax", "Softmax2d", "Softmin"]


class Softmax(Module):
    """y_i = e^(x_i) / sum_j e^(x_j) along an axis: positive numbers that sum to 1 (Bridle, 1990).

    Before a cross-entropy loss leave it out: `CrossEntropyLoss` takes the x themselves.

    Args:
        dim: the axis whose elements sum to 1. PyTorch guesses it when left out, and warns; here forward refuses.

    Raises:
        ValueError: in forward, when `dim` is None.

    Example:
        >>> import pellucid
        >>> Softmax(dim=1)(pellucid.tensor([[0.0, 0.0], [0.0, 1000.0]])).tolist()
        [[0.5, 0.5], [0.0, 1.0]]
    """

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        """Return the softmax along the axis."""
        return F.softmax(x, self.dim)

    def extra_repr(self) -> str:
        """Show the axis."""
        return f"dim={self.dim}"


class Softmax2d(Module):
    """The softmax over the channels of images: at each place, positive numbers that sum to 1.

    Shapes: x (N, C, H, W) or (C, H, W), y the same.

    Raises:
        ValueError: in forward, when x has another number of axes.

    Example:
        >>> import pellucid
        >>> Softmax2d()(pellucid.zeros(4, 1, 2)).tolist()
        [[[0.25, 0.25]], [[0.25, 0.25]], [[0.25, 0.25]], [[0.25, 0.25]]]
    """

    def forward(self, x: Tensor) -> Tensor:
        """Return the softmax over the channels."""
        if x.ndim not in (3, 4):
            raise ValueError(f"Softmax2d needs an input of shape (N, C, H, W) or (C, H, W), got {x.array.shape}")
        return F.softmax(x, -3)


class LogSoftmax(Module):
    """y_i = x_i - log sum_j e^(x_j) along an axis: the logarithm of the softmax, without its underflow.

    Args:
        dim: the axis whose e^y sum to 1. PyTorch guesses it when left out, and warns; here forward refuses.

    Raises:
        ValueError: in forward, when `dim` is None.

    Example:
        >>> import pellucid
        >>> LogSoftmax(dim=0)(pellucid.tensor([0.0, 1000.0])).tolist()
        [-1000.0, 0.0]
    """

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        """Return the logarithm of the softmax along the axis."""
        return F.log_softmax(x, self.dim)

    def extra_repr(self) -> str:
        """Show the axis."""
        return f"dim={self.dim}"


class Softmin(Module):
    """y_i = e^(-x_i) / sum_j e^(-x_j) along an axis: the softmax of -x.

    Args:
        dim: the axis whose elements sum to 1. PyTorch guesses it when left out, and warns; here forward refuses.

    Raises:
        ValueError: in forward, when `dim` is None.

    Example:
        >>> import pellucid
        >>> Softmin(dim=0)(pellucid.tensor([0.0, 1000.0])).tolist()
        [1.0, 0.0]
    """

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        """Return the softmax of -x along the axis."""
        return F.softmin(x, self.dim)

    def extra_repr(self) -> str:
        """Show the axis."""
        return f"dim={self.dim}"


class GLU(Module):
    """y = a σ(b), where a and b are the halves of x along an axis (Dauphin et al., 2017).

    Args:
        dim: the axis to halve; its length must be even.

    Raises:
        ValueError: in forward, when the length is odd.

    Example:
        >>> import pellucid
        >>> GLU()(pellucid.tensor([4.0, 6.0, 0.0, 1000.0])).tolist()
        [2.0, 6.0]
    """

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        """Return the first half gated by the second."""
        return F.glu(x, self.dim)

    def extra_repr(self) -> str:
        """Show the axis."""
        return f"dim={self.dim}"

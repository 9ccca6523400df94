"""Normalisation of each sample by itself: over its features, or over groups of its channels."""

from collections.abc import Sequence
from typing import Any

from pellucid._tensor import Tensor
from pellucid.nn import functional as F
from pellucid.nn import init
from pellucid.nn.module import Module
from pellucid.nn.parameter import Parameter
from pellucid.ops import creation

__all__ = ["GroupNorm", "LayerNorm", "LocalResponseNorm", "RMSNorm"]


class LayerNorm(Module):
    """y = (x - μ) / √(σ² + ε) w + b, with μ and σ² of each row (Ba, Kiros and Hinton, 2016).

    A row is the last axes, of sizes `normalized_shape`; σ² is divided by its number of elements. Nothing depends on
    the other rows, and training and evaluation are alike. w starts at 1, b at 0.

    Args:
        normalized_shape: the sizes of the last axes, or the size of the last one.
        eps: ε, added to the variance.
        elementwise_affine: whether there are w and b, of shape normalized_shape.
        bias: whether there is a b beside w.
        device: the CPU, or None.
        dtype: the type of w and b; float32 by default.

    Raises:
        ValueError: when a size is below 1; in forward, when x ends in other axes.

    Example:
        >>> import pellucid
        >>> LayerNorm(2)(pellucid.tensor([[1.0, 3.0], [10.0, 30.0]])).detach().round(decimals=3).tolist()
        [[-1.0, 1.0], [-1.0, 1.0]]
    """

    weight: Parameter | None
    bias: Parameter | None

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = _sizes("LayerNorm", normalized_shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        for name, wanted in (("weight", elementwise_affine), ("bias", elementwise_affine and bias)):
            value = Parameter(creation.empty(self.normalized_shape, dtype=dtype, device=device)) if wanted else None
            self.register_parameter(name, value)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Set w to 1 and b to 0."""
        _reset(self.weight, self.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Return x with each row normalised."""
        return F.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """Show the sizes and options."""
        return (
            f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}, "
            f"bias={self.bias is not None}"
        )


class RMSNorm(Module):
    """y = x / √(mean(x²) + ε) w, with the mean over each row (Zhang and Sennrich, 2019).

    Args:
        normalized_shape: the sizes of the last axes, which make a row, or the size of the last one.
        eps: ε; the spacing of numbers at 1 in the type of x when None.
        elementwise_affine: whether there is a w, of shape normalized_shape; it starts at 1.
        device: the CPU, or None.
        dtype: the type of w; float32 by default.

    Raises:
        ValueError: when a size is below 1; in forward, when x ends in other axes.

    Example:
        >>> import pellucid
        >>> RMSNorm(2)(pellucid.tensor([1.0, 7.0])).detach().round(decimals=3).tolist()
        [0.20000000298023224, 1.399999976158142]
    """

    weight: Parameter | None

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float | None = None,
        elementwise_affine: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = _sizes("RMSNorm", normalized_shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        shape = self.normalized_shape
        value = Parameter(creation.empty(shape, dtype=dtype, device=device)) if elementwise_affine else None
        self.register_parameter("weight", value)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Set w to 1."""
        _reset(self.weight, None)

    def forward(self, x: Tensor) -> Tensor:
        """Return x with each row divided by its root mean square."""
        return F.rms_norm(x, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        """Show the sizes and options."""
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"


class GroupNorm(Module):
    """y = (x - μ) / √(σ² + ε) w + b, with μ and σ² of each group of a sample's channels (Wu and He, 2018).

    Shapes: x (N, C, ...), y the same; w and b (C,). w starts at 1, b at 0. Training and evaluation are alike.

    Args:
        num_groups: into how many groups the channels are cut.
        num_channels: C, a multiple of num_groups.
        eps: ε, added to the variance.
        affine: whether there are w and b.
        device: the CPU, or None.
        dtype: the type of w and b; float32 by default.
        bias: whether there is a b beside w.

    Raises:
        ValueError: when the channels cannot be cut so; in forward, when x has other channels.

    Example:
        >>> import pellucid
        >>> GroupNorm(1, 2)(pellucid.tensor([[1.0, 3.0]])).detach().round(decimals=3).tolist()
        [[-1.0, 1.0]]
    """

    weight: Parameter | None
    bias: Parameter | None

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        if num_groups < 1 or num_channels < 1 or num_channels % num_groups:
            raise ValueError(f"GroupNorm cannot cut {num_channels} channels into {num_groups} equal groups")
        self.num_groups, self.num_channels, self.eps, self.affine = num_groups, num_channels, eps, affine
        for name, wanted in (("weight", affine), ("bias", affine and bias)):
            value = Parameter(creation.empty(num_channels, dtype=dtype, device=device)) if wanted else None
            self.register_parameter(name, value)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Set w to 1 and b to 0."""
        _reset(self.weight, self.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Return x with each group of channels normalised."""
        shape = x.array.shape
        if len(shape) < 2 or shape[1] != self.num_channels:
            n = self.num_channels
            raise ValueError(f"GroupNorm({self.num_groups}, {n}) needs an input of shape (N, {n}, ...), got {shape}")
        return F.group_norm(x, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """Show the sizes and options."""
        return (
            f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, "
            f"bias={self.bias is not None}"
        )


class LocalResponseNorm(Module):
    """y_c = x_c / (k + α / size · sum of x_c'² over the `size` channels around c)^β (Krizhevsky et al., 2012).

    Channels outside x count as zeros. α is divided by the size, as in PyTorch, unlike in the paper.
    Shapes: x (N, C, ...), y the same.

    Args:
        size: how many channels count, c - size // 2 the first of them.
        alpha: α.
        beta: β.
        k: k.

    Raises:
        ValueError: in forward, when x has fewer than three axes, or the size is below 1.

    Example:
        >>> import pellucid
        >>> x = pellucid.tensor([[[1.0], [3.0]]])
        >>> LocalResponseNorm(2, alpha=1.0, beta=1.0)(x).flatten().tolist()  # 1 / (1 + 1/2), 3 / (1 + 10/2)
        [0.6666666865348816, 0.5]
    """

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> None:
        super().__init__()
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def forward(self, x: Tensor) -> Tensor:
        """Return x normalised by the channels around."""
        return F.local_response_norm(x, self.size, self.alpha, self.beta, self.k)

    def extra_repr(self) -> str:
        """Show the options."""
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"


def _sizes(name: str, normalized_shape: int | Sequence[int]) -> tuple[int, ...]:
    sizes = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    if not sizes or min(sizes) < 1:
        raise ValueError(f"{name} needs sizes of at least 1, got normalized_shape={normalized_shape}")
    return sizes


def _reset(weight: Parameter | None, bias: Parameter | None) -> None:
    if weight is not None:
        init.ones_(weight)
    if bias is not None:
        init.zeros_(bias)

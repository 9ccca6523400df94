"""Layers that multiply by a matrix."""

import math
from typing import Any

from pellucid._tensor import Tensor
from pellucid.nn import functional as F
from pellucid.nn import init
from pellucid.nn.module import Module
from pellucid.nn.parameter import Parameter
from pellucid.ops import creation

__all__ = ["Bilinear", "Linear"]


class Linear(Module):
    """y = x W^T + b.

    Shapes: x (..., in_features), W (out_features, in_features), b (out_features,), y (..., out_features).
    W and b start evenly drawn from [-1/sqrt(in), 1/sqrt(in)], as in PyTorch.

    Args:
        in_features: the size of the input's last axis.
        out_features: the size of the output's last axis.
        bias: whether there is a b.
        device: the CPU, or None.
        dtype: the type of W and b; float32 by default.

    Raises:
        ValueError: when a size is below 1.

    Example:
        >>> import pellucid
        >>> Linear(3, 2)(pellucid.ones(4, 3)).shape
        Size([4, 2])
    """

    def __init__(
        self, in_features: int, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        if in_features < 1 or out_features < 1:
            raise ValueError(f"Linear needs sizes of at least 1, got {in_features} inputs and {out_features} outputs")
        self.in_features, self.out_features = in_features, out_features
        self.weight = Parameter(creation.empty(out_features, in_features, dtype=dtype, device=device))
        self.register_parameter("bias", Parameter(creation.empty(out_features, dtype=dtype)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw W and b anew."""
        bound = 1 / math.sqrt(self.in_features)
        init.uniform_(self.weight, -bound, bound)
        if self.bias is not None:
            init.uniform_(self.bias, -bound, bound)

    def forward(self, x: Tensor) -> Tensor:
        """Return x W^T + b."""
        return F.linear(x, self.weight, self.bias)

    def extra_repr(self) -> str:
        """Show the sizes."""
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


class Bilinear(Module):
    """y_o = sum_ij x1_i W_oij x2_j + b_o.

    Shapes: x1 (..., in1_features), x2 (..., in2_features), W (out_features, in1_features, in2_features),
    b (out_features,), y (..., out_features). W and b start evenly drawn from [-1/sqrt(in1), 1/sqrt(in1)].

    Args:
        in1_features: the size of the first input's last axis.
        in2_features: the size of the second input's last axis.
        out_features: the size of the output's last axis.
        bias: whether there is a b.
        device: the CPU, or None.
        dtype: the type of W and b; float32 by default.

    Raises:
        ValueError: when a size is below 1; in forward, when the inputs do not fit.

    Example:
        >>> import pellucid
        >>> Bilinear(3, 4, 2)(pellucid.ones(5, 3), pellucid.ones(5, 4)).shape
        Size([5, 2])
    """

    def __init__(
        self,
        in1_features: int,
        in2_features: int,
        out_features: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        sizes = (out_features, in1_features, in2_features)
        if min(sizes) < 1:
            raise ValueError(
                f"Bilinear needs sizes of at least 1, got {in1_features} and {in2_features} inputs and "
                f"{out_features} outputs"
            )
        self.in1_features, self.in2_features, self.out_features = in1_features, in2_features, out_features
        self.weight = Parameter(creation.empty(sizes, dtype=dtype, device=device))
        self.register_parameter("bias", Parameter(creation.empty(out_features, dtype=dtype)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw W and b anew."""
        bound = 1 / math.sqrt(self.in1_features)
        init.uniform_(self.weight, -bound, bound)
        if self.bias is not None:
            init.uniform_(self.bias, -bound, bound)

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        """Return the bilinear form of x1 and x2."""
        return F.bilinear(x1, x2, self.weight, self.bias)

    def extra_repr(self) -> str:
        """Show the sizes."""
        return (
            f"in1_features={self.in1_features}, in2_features={self.in2_features}, "
            f"out_features={self.out_features}, bias={self.bias is not None}"
        )

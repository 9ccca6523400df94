"""Layers that multiply by a matrix."""

import math
from typing import Any

from pellucid.nn import functional as F
from pellucid.nn import init
from pellucid.nn.module import Module
from pellucid.nn.parameter import Parameter
from pellucid.ops import creation
from pellucid._tensor import Tensor

__all__ = ["Linear"]


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
            raise ValueError(
                f"Linear needs sizes of at least 1, got {in_features} inputs and {out_features} outputs"
            )
        self.in_features, self.out_features = in_features, out_features
        self.weight = Parameter(creation.empty(out_features, in_features, dtype=dtype, device=device))
        self.register_parameter(
            "bias", Parameter(creation.empty(out_features, dtype=dtype)) if bias else None
        )
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
        return (
            f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"
        )

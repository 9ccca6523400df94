"""The bilinear form of two inputs."""

from pellucid._tensor import Tensor
from pellucid.ops.arithmetic import add
from pellucid.ops.linalg import einsum
from pellucid.ops.shape import reshape

__all__ = ["bilinear"]


def bilinear(x1: Tensor, x2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """y_o = sum_ij x1_i W_oij x2_j + b_o; the gradients are those of the einsum.

    Args:
        x1: (..., in1).
        x2: (..., in2), with the same axes before its last.
        weight: W of shape (out, in1, in2).
        bias: b of shape (out,), or None.

    Raises:
        ValueError: when the sizes do not fit.
        RuntimeError: when the dtypes differ.
    """
    a, b, W = x1.array.shape, x2.array.shape, weight.array.shape
    if len(W) != 3 or not a or not b or a[:-1] != b[:-1] or (a[-1], b[-1]) != W[1:]:
        raise ValueError(
            f"bilinear of inputs of shapes {a} and {b} with a weight of {W}: it needs (..., in1), (..., in2) and "
            "(out, in1, in2), the inputs alike before their last axis"
        )
    if bias is not None and bias.array.shape != W[:1]:
        raise ValueError(f"bilinear with a weight of {W} needs a bias of {W[:1]}, got {bias.array.shape}")
    rows = [reshape(x, (x.array.size // max(x.array.shape[-1], 1), x.array.shape[-1])) for x in (x1, x2)]
    y = reshape(einsum("ni,oij,nj->no", rows[0], weight, rows[1]), (*a[:-1], W[0]))
    return y if bias is None else add(y, bias)

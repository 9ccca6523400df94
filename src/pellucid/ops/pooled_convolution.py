"""Convolution, ReLU and pooling as one operation, for layers that follow one another."""

from pellucid import kernels as K
from pellucid._tensor import Array, Tensor, record_joint

__all__ = ["conv_relu_max_pool"]

Sizes = tuple[int, ...]


def conv_relu_max_pool(
    x: Tensor, weight: Tensor, bias: Tensor | None, stride: Sizes, padding: Sizes, dilation: Sizes, window: Sizes
) -> Tensor:
    """Y_o = the largest max(z_i, 0) of window o, where z = b + W * x is a convolution; windows lie side by side.

    Through the place i that a window has chosen, and only if z_i > 0, dz_i = dy_o; dx, dW and db follow from dz as in
    `conv2d`. What three operations would compute, without writing z, max(z, 0) and their gradients to memory, and
    without multiplying by the zeros of dz, which are three of four numbers or more.

    Args:
        x: (N, C, *size).
        weight: W, (O, C, *kernel).
        bias: b, (O,), or None.
        stride: how far the kernel moves along each axis.
        padding: how many zeros are put around x at either side.
        dilation: how far apart the kernel's elements lie.
        window: how many places of z a window has along each axis; places at the end that fill no window are left out.

    Shapes and types are the caller's to check: this is what `Sequential` makes of layers whose inputs fit.

    Example:
        >>> import pellucid
        >>> x, W = pellucid.ones(1, 1, 5, 5), pellucid.ones(2, 1, 2, 2)
        >>> conv_relu_max_pool(x, W, None, (1, 1), (0, 0), (1, 1), (2, 2)).shape
        Size([1, 2, 2, 2])
    """
    a, w = x.array, weight.array
    y, which = K.convolve_relu_pool(a, w, None if bias is None else bias.array, stride, padding, dilation, window)
    inputs = (x, weight) if bias is None else (x, weight, bias)
    wanted = (x._requires_grad, weight._requires_grad, bias is not None and bias._requires_grad)

    def dx_dW_db(dy: Array) -> tuple[Array | None, ...]:
        gradients = K.convolve_relu_pool_backward(dy, a, w, which, stride, padding, dilation, window, wanted)
        return gradients[: len(inputs)]

    return record_joint(y, inputs, dx_dW_db)

"""Variable: what programs written before 2018 wrapped tensors in."""

from pellucid._tensor import Tensor

__all__ = ["Variable"]


def Variable(data: Tensor, requires_grad: bool = False) -> Tensor:
    """Return a tensor of the same array; older programs wrapped every tensor that took part in gradients.

    Raises:
        TypeError: when data is no tensor.

    Example:
        >>> import pellucid
        >>> Variable(pellucid.ones(2), requires_grad=True)
        tensor([1., 1.], requires_grad=True)
    """
    if not isinstance(data, Tensor):
        raise TypeError(f"Variable wraps a tensor, got {type(data).__name__}; use pellucid.tensor(data)")
    return data.detach().requires_grad_(requires_grad)

"""Parameter: a tensor that a module trains."""

from typing import Any

from pellucid._tensor import Tensor, as_array

__all__ = ["Buffer", "Parameter"]


class Parameter(Tensor):
    """A tensor that requires gradients and is found by `Module.parameters()`.

    Example:
        >>> import pellucid
        >>> Parameter(pellucid.zeros(2))
        Parameter containing:
        tensor([0., 0.], requires_grad=True)
    """

    __slots__ = ()

    def __init__(self, data: Any, requires_grad: bool = True) -> None:
        super().__init__(as_array(data) if not isinstance(data, Tensor) else data.array, requires_grad)

    def __repr__(self) -> str:
        return "Parameter containing:\n" + super().__repr__()


class Buffer(Tensor):
    """A tensor that belongs to a module's state and is not trained; assigning one registers it."""

    __slots__ = ()

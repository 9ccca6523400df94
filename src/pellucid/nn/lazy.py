"""Layers that learn the size of their input from the first one that they see."""

from typing import Any, cast

from pellucid._tensor import Tensor
from pellucid.nn.module import Module
from pellucid.nn.parameter import Parameter
from pellucid.ops import creation

__all__ = ["LazyModuleMixin", "UninitializedParameter"]


class UninitializedParameter(Parameter):
    """A parameter whose shape is not known yet; it has no elements until `materialize` gives it a shape.

    It stays the same object afterwards, so that an optimizer may hold it before.

    Example:
        >>> import numpy as np
        >>> w = UninitializedParameter(np.zeros(0, dtype=np.float32))
        >>> w.materialize((2, 3))
        >>> type(w).__name__, w.shape
        ('Parameter', Size([2, 3]))
    """

    __slots__ = ()

    def materialize(self, shape: tuple[int, ...]) -> None:
        """Take on a shape, with zeros, and become a `Parameter`."""
        self.data = creation.zeros(shape, dtype=self.dtype)
        self.__class__ = Parameter  # type: ignore[assignment]

    def __repr__(self) -> str:
        return "<UninitializedParameter>"


class LazyModuleMixin(Module):
    """What lazy layers share: the first forward makes the parameters, and turns the layer into its plain kind.

    A subclass names that kind in `cls_to_become` and writes `initialize_parameters`. Weights cannot be loaded into it
    before the first forward.
    """

    cls_to_become: type[Module]

    def has_uninitialized_params(self) -> bool:
        """Say whether the first forward is still to come."""
        return any(isinstance(p, UninitializedParameter) for p in self._parameters.values())

    def initialize_parameters(self, x: Tensor) -> None:
        """Give the parameters their shapes, as the first input asks for them, and their first values."""
        raise NotImplementedError(f"{type(self).__name__} has no initialize_parameters()")

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Make the parameters, become the plain layer, and compute as it does."""
        self.initialize_parameters(*args)
        self.__class__ = cast("Any", self.cls_to_become)
        return self.forward(*args, **kwargs)

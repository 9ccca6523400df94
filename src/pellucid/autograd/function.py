"""Function: an operation of one's own, its value and its gradient written by hand."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid._tensor import Array, Tensor, record_joint
from pellucid.grad_mode import no_grad

__all__ = ["Context", "Function"]


class Context:
    """Carries what `backward` needs from `forward`: saved tensors, and any attribute set on it."""

    def __init__(self, needs_input_grad: tuple[bool, ...]) -> None:
        self.needs_input_grad = needs_input_grad
        self._saved: tuple[Tensor, ...] = ()
        self._versions: list[int] = []

    def save_for_backward(self, *tensors: Tensor) -> None:
        """Keep tensors for `backward`; writing into one of them before then is noticed and refused."""
        self._saved = tensors
        self._versions = [x._version[0] for x in tensors]

    @property
    def saved_tensors(self) -> tuple[Tensor, ...]:
        """The tensors that `forward` kept.

        Raises:
            RuntimeError: when one was overwritten in the meantime.
        """
        if [x._version[0] for x in self._saved] != self._versions:
            raise RuntimeError("a tensor saved for backward was overwritten in place; save a .clone() of it")
        return self._saved


class Function:
    """An operation with a gradient of one's own.

    A subclass has two static methods. `forward(ctx, *args)` computes the value and keeps in `ctx` what the
    gradient needs. `backward(ctx, dy)` returns the gradient by every argument, None where there is none. It
    is called by `apply`, never made into an object.

    Example:
        >>> import pellucid
        >>> class Cube(Function):
        ...     @staticmethod
        ...     def forward(ctx, x):
        ...         ctx.save_for_backward(x)
        ...         return x**3
        ...
        ...     @staticmethod
        ...     def backward(ctx, dy):
        ...         (x,) = ctx.saved_tensors
        ...         return 3 * dy * x**2
        >>> x = pellucid.tensor([2.0], requires_grad=True)
        >>> Cube.apply(x).backward()
        >>> x.grad
        tensor([12.])
    """

    def __init__(self) -> None:
        raise TypeError(f"a Function is not made into an object; call {type(self).__name__}.apply(...)")

    @staticmethod
    def forward(ctx: Context, *args: Any) -> Tensor:
        """Compute the value; every subclass writes this."""
        raise NotImplementedError("a Function needs a static method forward(ctx, *args)")

    @staticmethod
    def backward(ctx: Context, dy: Tensor) -> Any:
        """Return the gradient by every argument of forward; every subclass writes this."""
        raise NotImplementedError("a Function needs a static method backward(ctx, dy)")

    @classmethod
    def apply(cls, *args: Any) -> Tensor:
        """Compute the value and write the operation on the tape.

        Raises:
            TypeError: when forward returns something else than one tensor.
            RuntimeError: when backward returns another number of gradients than forward has arguments, or a
                gradient of another shape than its argument.
        """
        ctx = Context(tuple(isinstance(x, Tensor) and x.requires_grad for x in args))
        with no_grad():
            y = cls.forward(ctx, *args)
        if not isinstance(y, Tensor):
            raise TypeError(f"{cls.__name__}.forward must return one Tensor, got {type(y).__name__}")
        inputs = tuple(x for x in args if isinstance(x, Tensor))

        def backward(dy: Array) -> Sequence[Array | None]:
            with no_grad():
                given = cls.backward(ctx, Tensor(dy))
            return cls._checked(given, args)

        backward.__qualname__ = cls.__name__
        # A forward that returns its argument must not put the argument itself on the tape.
        return record_joint(y.array if all(y is not x for x in inputs) else y.array.copy(), inputs, backward)

    @classmethod
    def _checked(cls, given: Any, args: tuple[Any, ...]) -> list[Array | None]:
        gradients = given if isinstance(given, tuple) else (given,)
        if len(gradients) != len(args):
            raise RuntimeError(
                f"{cls.__name__}.backward returned {len(gradients)} gradients for {len(args)} arguments of forward; "
                "return one for each, None where there is none"
            )
        out: list[Array | None] = []
        for i, (dx, x) in enumerate(zip(gradients, args, strict=True)):
            if not isinstance(x, Tensor):
                continue
            if dx is not None and dx.array.shape != x.array.shape:
                raise RuntimeError(
                    f"{cls.__name__}.backward returned shape {dx.array.shape} as the gradient by argument {i}, "
                    f"whose shape is {x.array.shape}"
                )
            # Copied, because it may be an array that the function saved and users may write into gradients.
            out.append(None if dx is None else np.array(dx.array))
        return out

"""Tensor: a NumPy array that remembers how it was computed.

The tape is the graph of `Node`s hanging from the tensors themselves. An operation computes its value from
plain arrays and calls `record(y, (x, dx), (w, dw))`: the value, and for every input the function that turns
dy, the loss's gradient by the output, into the gradient by that input. `backward` (in backward.py) walks it.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid import dtypes
from pellucid._device import CPU, check_device, device
from pellucid._quiet import QUIET
from pellucid._size import Size
from pellucid._tape import Array, Gradient, Handle, JointGradient, Node, missed_write
from pellucid.grad_mode import MODE

if TYPE_CHECKING:  # for the type checker only; at run time ops attaches its methods (ops/methods.py)
    from pellucid.ops.methods import TensorMethods as _Base
else:
    _Base = object

__all__ = ["Array", "Handle", "Node", "Size", "Tensor", "as_array", "as_tensor", "record", "record_joint", "tensor"]


class Tensor(_Base):
    """An array with a gradient.

    `Tensor(array)` wraps a NumPy array without copying it; use `pellucid.tensor(data)` to copy data into a
    new tensor. Lists become float32, as PyTorch's `Tensor([...])` makes them.

    Attributes:
        array: the NumPy array itself, shared, not copied.

    Example:
        >>> import pellucid
        >>> w = pellucid.tensor([1.0, 2.0], requires_grad=True)
        >>> (w * w).sum().backward()
        >>> w.grad
        tensor([2., 4.])
    """

    __slots__ = (
        "__weakref__",
        "_grad",
        "_hooks",
        "_node",
        "_requires_grad",
        "_retains_grad",
        "_version",
        "array",
    )

    # NumPy arrays on the left of an operator leave the work to the tensor on the right.
    __array_priority__ = 1000

    def __init__(self, data: Any, requires_grad: bool = False) -> None:
        if type(data) is not np.ndarray:
            if isinstance(data, (np.ndarray, np.generic)):
                data = np.asarray(data)
            elif isinstance(data, Tensor):
                data = data.array
            elif isinstance(data, (list, tuple)):
                data = as_array(data, dtypes.get_default_dtype())
            else:
                raise TypeError(
                    f"Tensor(...) takes an array or a list, got {type(data).__name__}; "
                    "write pellucid.tensor(value) for a number and pellucid.zeros(sizes) for a size"
                )
        self.array: Array = data if data.dtype is dtypes.float32 else dtypes.with_own_dtype(data)
        self._grad: Tensor | None = None
        self._requires_grad = False
        self._retains_grad = False
        self._node: Node | None = None
        self._hooks: dict[int, Callable[[Tensor], Tensor | None]] | None = None
        self._version = [0, 0]  # writes counted, writes missed; one list for all tensors that share the memory
        if requires_grad:
            self.requires_grad = True

    # --- what it is ---------------------------------------------------------------------------------------
    @property
    def shape(self) -> "Size":
        """The sizes of the axes, a tuple."""
        return Size(self.array.shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The element type, a NumPy dtype."""
        return self.array.dtype

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self.array.ndim

    @property
    def device(self) -> device:
        """Where the array lives: the CPU."""
        return CPU

    @property
    def requires_grad(self) -> bool:
        """Whether operations on this tensor are recorded for the backward walk."""
        return self._requires_grad

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        if value and self.array.dtype.kind != "f":
            raise RuntimeError(
                f"only floating-point tensors can require gradients, this one is {self.dtype}; "
                "convert it first with .float()"
            )
        if not value and self._node is not None:
            raise RuntimeError(
                "requires_grad can be switched off on leaf tensors only, and this one was computed from "
                "others; use .detach()"
            )
        self._requires_grad = bool(value)

    @property
    def grad(self) -> "Tensor | None":
        """The gradient that backward walks have added up, or None."""
        return self._grad

    @grad.setter
    def grad(self, value: "Tensor | None") -> None:
        if value is not None:
            if not isinstance(value, Tensor):
                raise TypeError(f"grad is a Tensor or None, got {type(value).__name__}")
            if value.array.shape != self.array.shape or value.array.dtype != self.array.dtype:
                raise RuntimeError(
                    f"grad must have the tensor's shape {self.array.shape} and dtype {self.array.dtype}, "
                    f"got {value.array.shape} and {value.array.dtype}"
                )
        self._grad = value

    @property
    def is_leaf(self) -> bool:
        """Whether the tensor was made by the user and not by a recorded operation."""
        return self._node is None

    @property
    def grad_fn(self) -> Node | None:
        """The recorded operation that made this tensor, or None for a leaf."""
        return self._node

    @property
    def data(self) -> "Tensor":
        """The same array outside the tape; writing into it writes into this tensor."""
        return self.detach()

    @data.setter
    def data(self, value: "Tensor | Array") -> None:
        array = value.array if isinstance(value, Tensor) else np.asarray(value)
        self._version[0] += 1
        self._version = [self._version[0], 0]
        self.array = array

    def detach(self) -> "Tensor":
        """Return a tensor of the same array that is not on the tape."""
        other = Tensor(self.array)
        other._version = self._version
        return other

    def numpy(self) -> Array:
        """Return the NumPy array itself, without copying.

        Raises:
            RuntimeError: when the tensor requires gradients; write `x.detach().numpy()`.
        """
        if self._requires_grad:
            raise RuntimeError("this tensor requires gradients; use tensor.detach().numpy()")
        return self.array

    def item(self) -> Any:
        """Return the only element as a Python number.

        Raises:
            RuntimeError: when there is not exactly one element.
        """
        if self.array.size != 1:
            raise RuntimeError(f"item() needs a tensor of one element, this one has shape {tuple(self.shape)}")
        return self.array.item()

    def tolist(self) -> Any:
        """Return the elements as nested Python lists."""
        return self.array.tolist()

    # --- the tape -----------------------------------------------------------------------------------------
    def backward(self, gradient: "Tensor | Array | None" = None, retain_graph: bool = False) -> None:
        """Add to the `grad` of every leaf the gradient of this tensor by it.

        Args:
            gradient: dL/dself, of this tensor's shape; may be left out for a single number, where it is 1.
            retain_graph: keep the tape, so that backward can be called again.

        Raises:
            RuntimeError: when nothing here requires gradients, the tape was already freed, the shape of
                `gradient` differs, or an array needed by the walk has been overwritten.
        """
        from pellucid.backward import backward

        backward(self, gradient, retain_graph=retain_graph)

    def requires_grad_(self, requires_grad: bool = True) -> "Tensor":
        """Switch gradients on or off in place; returns self."""
        self.requires_grad = requires_grad
        return self

    def retain_grad(self) -> None:
        """Keep `grad` of this computed tensor too, which is otherwise kept for leaves only."""
        if not self._requires_grad:
            raise RuntimeError("retain_grad() needs a tensor that requires gradients")
        self._retains_grad = True

    def register_hook(self, hook: Callable[["Tensor"], "Tensor | None"]) -> "Handle":
        """Call `hook(grad)` when this tensor's gradient is known; what it returns replaces the gradient."""
        if not self._requires_grad:
            raise RuntimeError("register_hook() needs a tensor that requires gradients")
        if self._hooks is None:
            self._hooks = {}
        return Handle(self._hooks, hook)

    # --- Python's protocols -------------------------------------------------------------------------------
    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return np.array(self.numpy(), dtype=dtype, copy=copy)

    def __len__(self) -> int:
        if self.array.ndim == 0:
            raise TypeError("a tensor without axes has no length")
        return self.array.shape[0]

    def __iter__(self) -> "Iterator[Tensor]":
        if self.array.ndim == 0:
            raise TypeError("a tensor without axes cannot be iterated")
        return (self[i] for i in range(self.array.shape[0]))

    def __bool__(self) -> bool:
        if self.array.size != 1:
            raise RuntimeError(f"the truth of a tensor of shape {tuple(self.shape)} is ambiguous; use .any() or .all()")
        return bool(self.array.item())

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __index__(self) -> int:
        if self.array.dtype.kind not in "iu" or self.array.size != 1:
            raise TypeError("only an integer tensor of one element can be an index")
        return int(self.array.item())

    def __contains__(self, value: Any) -> bool:
        other = value.array if isinstance(value, Tensor) else value
        return bool((self.array == other).any())

    __hash__ = object.__hash__  # by identity; a method written here would cost more than the look-up

    def __format__(self, spec: str) -> str:
        if self.array.ndim == 0:
            return format(self.item(), spec)
        if spec:
            raise TypeError(f"a tensor of shape {self.array.shape} takes no format {spec!r}; format its .item()")
        return repr(self)

    def __repr__(self) -> str:
        from pellucid._repr import tensor_repr

        return tensor_repr(self)

    def __copy__(self) -> "Tensor":
        other = _rebuild(type(self), self._copyable(), self._requires_grad)
        other._version = self._version  # one array, so its writes are counted in one place
        return other

    def __deepcopy__(self, memo: dict[int, Any]) -> "Tensor":
        other = _rebuild(type(self), self._copyable().copy(), self._requires_grad)
        memo[id(self)] = other
        if self.grad is not None:
            other.grad = self.grad.__deepcopy__(memo)
        return other

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self._copyable(), self._requires_grad)

    def _copyable(self) -> Array:
        if self._node is not None:
            raise RuntimeError("only leaf tensors can be copied or pickled with their gradient; use .detach()")
        return self.array


def _rebuild(kind: type[Tensor], array: Array, requires_grad: bool) -> Tensor:
    """Make a tensor of any class from its parts, for copy and pickle."""
    out = kind(array)
    out.requires_grad = requires_grad
    return out


def record(y: Any, *gradients: tuple[Any, Gradient]) -> Tensor:
    """Wrap the value `y` of an operation and write it on the tape.

    Args:
        y: the value, an array.
        gradients: a pair (input, dx) for each input that may need a gradient; dx maps dy to the gradient by
            that input, in the broadcast shape or its own: un-broadcasting is done by the walk, once. Inputs
            that are no tensors, or need no gradient, are passed over and their dx is never called. dx returns
            a new array, or dy itself or a view of it; never an array that the operation keeps.
    """
    out = Tensor(y)
    base = out.array.base
    if base is not None:
        _share_writes(out, base, gradients)
    if MODE.enabled:
        _hang(out, gradients, None)
    return out


def _hang(out: Tensor, gradients: Iterable[tuple[Any, Any]], joint: JointGradient | None) -> None:
    """Hang a node from the output where an input needs a gradient."""
    needed, edges = False, []
    for x, dx in gradients:
        if isinstance(x, Tensor):  # also one that needs no gradient: another's gradient may hold its array
            if x._requires_grad:
                needed = True
            writes, missed = x._version
            if missed:
                raise missed_write(x)
            edges.append((x, writes, dx))
    if needed:
        out._requires_grad = True
        out._node = Node(edges, joint, out._version[0])


def _share_writes(view: Tensor, base: Any, gradients: tuple[tuple[Any, Gradient], ...]) -> None:
    """Count writes into a view of an input's memory together with those into the input."""
    for x, _ in gradients:
        if isinstance(x, Tensor) and (base is x.array or base is x.array.base):
            view._version = x._version
            return


def record_joint(y: Any, inputs: tuple[Tensor, ...], backward: JointGradient) -> Tensor:
    """As `record`, for gradients that are computed together: `backward(dy)` returns one for each input.

    Each is an array of its own, or None for an input that has no gradient.
    """
    out = Tensor(y)
    if MODE.enabled:
        _hang(out, [(x, None) for x in inputs], backward)
    return out


def as_array(data: Any, dtype: Any = None) -> Array:
    """Return data as an array with PyTorch's choice of type: Python floats become the default dtype.

    Raises:
        TypeError: for text, objects and complex numbers.
        ValueError: for ragged lists.
    """
    if isinstance(data, Tensor):
        array = data.array
    elif isinstance(data, (list, tuple)) and any(isinstance(item, Tensor) for item in data):
        array = np.stack([as_array(item) for item in data])
    else:
        try:
            array = np.asarray(data)
        except ValueError as error:
            raise ValueError(f"the rows of the data differ in length or shape: {error}") from None
        if dtype is None and array.dtype == np.float64 and not hasattr(data, "dtype") and not dtypes.holds_numpy(data):
            dtype = dtypes.get_default_dtype()
    wanted = dtypes.to_dtype(array.dtype if dtype is None else dtype)
    return array if array.dtype == wanted else QUIET.run(array.astype, wanted)


def as_tensor(data: Any, dtype: Any = None) -> Tensor:
    """Return data as a tensor, without copying where its type allows."""
    if isinstance(data, Tensor) and (dtype is None or data.dtype == dtypes.to_dtype(dtype)):
        return data
    return Tensor(as_array(data, dtype))


def tensor(data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Copy data into a new tensor.

    Python floats become float32 (the default dtype), Python integers int64; arrays keep their type.

    Raises:
        TypeError: for text, objects and complex numbers.

    Example:
        >>> tensor([[1, 2], [3, 4]]).dtype, tensor([0.5]).dtype
        (dtype('int64'), dtype('float32'))
    """
    check_device(device)
    return Tensor(np.array(as_array(data, dtype)), requires_grad)

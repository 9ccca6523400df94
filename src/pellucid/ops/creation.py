"""New tensors: of one value, of a sequence, of random numbers."""

from typing import Any

import numpy as np

from pellucid import dtypes, random
from pellucid._device import check_device
from pellucid._tensor import Array, Tensor, as_array, tensor
from pellucid.ops.shape import _sizes

__all__ = [
    "BoolTensor",
    "ByteTensor",
    "DoubleTensor",
    "FloatTensor",
    "IntTensor",
    "LongTensor",
    "arange",
    "asarray",
    "bernoulli",
    "empty",
    "empty_like",
    "eye",
    "from_numpy",
    "full",
    "full_like",
    "linspace",
    "logspace",
    "meshgrid",
    "multinomial",
    "new_full",
    "new_ones",
    "new_tensor",
    "new_zeros",
    "normal",
    "ones",
    "ones_like",
    "rand",
    "rand_like",
    "randint",
    "randn",
    "randn_like",
    "randperm",
    "tensor",
    "zeros",
    "zeros_like",
]


def _new(array: Any, dtype: Any, device: Any, requires_grad: bool) -> Tensor:
    check_device(device)
    kind = dtypes.get_default_dtype() if dtype is None else dtypes.to_dtype(dtype)
    return Tensor(np.asarray(array, dtype=kind), requires_grad)


def zeros(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Return a tensor of zeros.

    Example:
        >>> zeros(2, 3).shape
        Size([2, 3])
    """
    return full(_sizes(size), 0.0, dtype=dtype, device=device, requires_grad=requires_grad)


def ones(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Return a tensor of ones."""
    return full(_sizes(size), 1.0, dtype=dtype, device=device, requires_grad=requires_grad)


def empty(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Return a tensor to be filled later; its elements are zeros, so that nothing depends on old memory."""
    return zeros(*size, dtype=dtype, device=device, requires_grad=requires_grad)


def full(size: Any, fill_value: float, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Return a tensor of one value, whose type it has unless `dtype` is given.

    Example:
        >>> full((2,), 7)
        tensor([7, 7])
    """
    check_device(device)
    kind = as_array(fill_value).dtype if dtype is None else dtypes.to_dtype(dtype)
    sizes = _sizes((size,))
    if any(n < 0 for n in sizes):
        raise RuntimeError(f"sizes are not negative, got {sizes}")
    return Tensor(np.full(sizes, fill_value, dtype=kind), requires_grad)


def zeros_like(x: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Return zeros of the shape and type of x."""
    return full(x.array.shape, 0, dtype=dtype or x.dtype, device=device, requires_grad=requires_grad)


def ones_like(x: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Return ones of the shape and type of x."""
    return full(x.array.shape, 1, dtype=dtype or x.dtype, device=device, requires_grad=requires_grad)


def empty_like(x: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Return a tensor to be filled later, of the shape and type of x; see `empty`."""
    return zeros_like(x, dtype=dtype, device=device, requires_grad=requires_grad)


def full_like(
    x: Tensor, fill_value: float, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """Return one value in the shape and type of x."""
    return full(x.array.shape, fill_value, dtype=dtype or x.dtype, device=device, requires_grad=requires_grad)


def new_zeros(x: Tensor, *size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Return zeros of another shape in the type of x."""
    return zeros(*size, dtype=dtype or x.dtype, device=device, requires_grad=requires_grad)


def new_ones(x: Tensor, *size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Return ones of another shape in the type of x."""
    return ones(*size, dtype=dtype or x.dtype, device=device, requires_grad=requires_grad)


def new_full(
    x: Tensor, size: Any, fill_value: float, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """Return one value in another shape and the type of x."""
    return full(size, fill_value, dtype=dtype or x.dtype, device=device, requires_grad=requires_grad)


def new_tensor(x: Tensor, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Copy data into a tensor of the type of x."""
    return tensor(data, dtype=dtype or x.dtype, device=device, requires_grad=requires_grad)


def eye(n: int, m: int | None = None, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Return the (n, m) matrix with ones on its diagonal."""
    return _new(np.eye(n, m), dtype, device, requires_grad)


def arange(
    start: float,
    end: float | None = None,
    step: float = 1,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return start, start + step, ... below end; with one argument, 0, 1, ... below it.

    Example:
        >>> arange(2, 8, 2), arange(0, 1, 0.5)
        (tensor([2, 4, 6]), tensor([0.0000, 0.5000]))
    """
    if end is None:
        start, end = 0, start
    if step == 0 or (end - start) / step < 0:
        raise RuntimeError(f"arange cannot go from {start} to {end} by the step {step}")
    kind = dtypes.int64 if all(isinstance(v, (int, np.integer)) for v in (start, end, step)) else None
    return _new(np.arange(start, end, step), dtype or kind, device, requires_grad)


def linspace(
    start: float, end: float, steps: int, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """Return `steps` evenly spaced numbers from start to end, both included.

    Example:
        >>> linspace(0, 1, 5).tolist()
        [0.0, 0.25, 0.5, 0.75, 1.0]
    """
    return _new(np.linspace(start, end, steps), dtype, device, requires_grad)


def logspace(
    start: float,
    end: float,
    steps: int,
    base: float = 10.0,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return `steps` numbers from base^start to base^end, evenly spaced in their exponents."""
    return _new(np.logspace(start, end, steps, base=base), dtype, device, requires_grad)


def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple[Tensor, ...]:
    """Return the coordinates of a grid over the given vectors."""
    parts = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)) else tensors
    if indexing not in ("ij", "xy"):
        raise ValueError(f"indexing must be 'ij' or 'xy', got {indexing!r}")
    return tuple(Tensor(a) for a in np.meshgrid(*(x.array for x in parts), indexing=indexing))  # type: ignore[call-overload]


def from_numpy(array: Array) -> Tensor:
    """Wrap a NumPy array without copying; both see what is written into it.

    Raises:
        TypeError: when it is no NumPy array, or of a type Pellucid lacks.
    """
    if not isinstance(array, np.ndarray):
        raise TypeError(f"from_numpy takes a NumPy array, got {type(array).__name__}; use tensor(data)")
    dtypes.to_dtype(array.dtype)
    return Tensor(array)


def asarray(data: Any, *, dtype: Any = None, device: Any = None) -> Tensor:
    """Return data as a tensor, without copying where its type allows; torch's `as_tensor`."""
    check_device(device)
    return data if isinstance(data, Tensor) and dtype is None else Tensor(as_array(data, dtype))


def FloatTensor(data: Any) -> Tensor:
    """Copy data into a float32 tensor."""
    return tensor(data, dtype=dtypes.float32)


def DoubleTensor(data: Any) -> Tensor:
    """Copy data into a float64 tensor."""
    return tensor(data, dtype=dtypes.float64)


def LongTensor(data: Any) -> Tensor:
    """Copy data into an int64 tensor."""
    return tensor(data, dtype=dtypes.int64)


def IntTensor(data: Any) -> Tensor:
    """Copy data into an int32 tensor."""
    return tensor(data, dtype=dtypes.int32)


def BoolTensor(data: Any) -> Tensor:
    """Copy data into a tensor of bool."""
    return tensor(data, dtype=dtypes.bool_)


def ByteTensor(data: Any) -> Tensor:
    """Copy data into a uint8 tensor."""
    return tensor(data, dtype=dtypes.uint8)


# --- random numbers: each call is the next draw of the generator, see pellucid.random ------------------------


def _source(generator: random.Generator | None) -> np.random.Generator:
    return (generator or random.default_generator).numpy()


def rand(
    *size: Any,
    generator: random.Generator | None = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return numbers drawn evenly from [0, 1)."""
    kind = dtypes.to_dtype(dtype or dtypes.get_default_dtype())
    drawn = _source(generator).random(_sizes(size), dtype=np.float64 if kind == dtypes.float64 else np.float32)
    return _new(drawn, kind, device, requires_grad)


def randn(
    *size: Any,
    generator: random.Generator | None = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Return numbers drawn from the normal distribution of mean 0 and standard deviation 1."""
    kind = dtypes.to_dtype(dtype or dtypes.get_default_dtype())
    drawn = _source(generator).standard_normal(_sizes(size), dtype=np.float64 if kind == dtypes.float64 else np.float32)
    return _new(drawn, kind, device, requires_grad)


def randint(
    low: int,
    high: int | tuple[int, ...],
    size: Any = None,
    *,
    generator: random.Generator | None = None,
    dtype: Any = None,
    device: Any = None,
) -> Tensor:
    """Return integers drawn evenly from low, ..., high - 1; `randint(high, size)` starts at 0."""
    if size is None:
        low, high, size = 0, low, high
    if not low < high:  # type: ignore[operator]
        raise ValueError(f"randint draws from low, ..., high - 1 and needs low < high, got {low} and {high}")
    return _new(_source(generator).integers(low, high, _sizes((size,))), dtype or dtypes.int64, device, False)


def randperm(n: int, *, generator: random.Generator | None = None, dtype: Any = None, device: Any = None) -> Tensor:
    """Return 0, ..., n - 1 in random order.

    Example:
        >>> sorted(randperm(4).tolist())
        [0, 1, 2, 3]
    """
    return _new(_source(generator).permutation(n), dtype or dtypes.int64, device, False)


def rand_like(x: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Return numbers drawn evenly from [0, 1), in the shape and type of x."""
    return rand(x.array.shape, dtype=dtype or x.dtype, device=device, requires_grad=requires_grad)


def randn_like(x: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Return numbers of the standard normal distribution, in the shape and type of x."""
    return randn(x.array.shape, dtype=dtype or x.dtype, device=device, requires_grad=requires_grad)


def normal(
    mean: Any,
    std: Any,
    size: Any = None,
    *,
    generator: random.Generator | None = None,
    dtype: Any = None,
    device: Any = None,
) -> Tensor:
    """Return numbers of the normal distribution of given mean and standard deviation."""
    if size is None:
        size = np.broadcast_shapes(np.shape(as_array(mean)), np.shape(as_array(std)))
    drawn = _source(generator).standard_normal(_sizes((size,))) * as_array(std) + as_array(mean)
    return _new(drawn, dtype, device, False)


def bernoulli(p: Tensor, *, generator: random.Generator | None = None) -> Tensor:
    """Return 1 with probability p and 0 otherwise, element by element.

    Raises:
        RuntimeError: when a p lies outside [0, 1].
    """
    if not bool(((p.array >= 0) & (p.array <= 1)).all()):
        raise RuntimeError("bernoulli needs probabilities between 0 and 1")
    return Tensor((_source(generator).random(p.array.shape) < p.array).astype(p.dtype))


def multinomial(
    weights: Tensor, num_samples: int, replacement: bool = False, *, generator: random.Generator | None = None
) -> Tensor:
    """Draw `num_samples` places of each row with probabilities in proportion to its weights.

    Raises:
        RuntimeError: for negative or all-zero weights, or too few of them to draw without replacement.
    """
    w = np.atleast_2d(weights.array.astype(np.float64))
    if not np.isfinite(w).all() or (w < 0).any() or (w.sum(axis=1) == 0).any():
        raise RuntimeError("multinomial needs rows of finite, non-negative weights with a positive sum")
    if not replacement and ((w > 0).sum(axis=1) < num_samples).any():
        raise RuntimeError(f"multinomial cannot draw {num_samples} of fewer nonzero weights without replacement")
    source = _source(generator)
    rows = [source.choice(w.shape[1], num_samples, replacement, row / row.sum()) for row in w]
    return Tensor(np.stack(rows) if weights.ndim == 2 else rows[0])

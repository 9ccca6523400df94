"""Activation functions and their derivatives."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pellucid._tensor import Tensor
from pellucid.plot.palette import GREY, legend, new_axes, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["activation"]

_POINTS = 1001


def activation(
    function: str | Callable[[Tensor], Tensor],
    derivative: bool = True,
    *,
    limits: tuple[float, float] = (-5.0, 5.0),
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw f(x) and, from the tape, its derivative f'(x).

    Where the function or its derivative jumps, the line has a gap.

    Args:
        function: a name in `pellucid.nn.functional` such as "relu", or any function of a Tensor that works on
            each number by itself, a module such as `nn.LeakyReLU(0.2)` too.
        derivative: whether the derivative is drawn as well.
        limits: the lowest and the highest x.
        ax: where to draw; None makes a new figure.

    Raises:
        ValueError: when the name is unknown, the limits are no interval, or the function mixes its inputs
            (softmax).

    Example:
        >>> ax = activation("tanh")
        >>> [text.get_text() for text in ax.get_legend().get_texts()]
        ['tanh(x)', 'derivative']
    """
    low, high = limits
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        raise ValueError(f"limits must be (lowest x, highest x), both finite, got {limits}")
    name, f = _find(function)
    x = Tensor(np.linspace(low, high, _POINTS))
    x.requires_grad = derivative
    y = f(x)
    _refuse_mixing(name, f, x, y)

    ax = new_axes(5.4, 3.8) if ax is None else ax
    ax.axhline(0.0, color=GREY, linewidth=0.8, zorder=1)
    ax.axvline(0.0, color=GREY, linewidth=0.8, zorder=1)
    handles = ax.plot(x.array, _gapped(y.array), linewidth=2.4, **style(0))
    names = [f"{name}(x)"]
    if derivative:
        handles += ax.plot(x.array, _gapped(_slope(x, y)), linewidth=2, **style(1))
        names.append("derivative")
    ax.set_xlim(low, high)
    ax.margins(y=0.08)
    ax.set_xlabel("x")
    ax.set_ylabel("value")
    legend(ax, handles, names, columns=len(names))
    return ax


def _find(function: str | Callable[[Tensor], Tensor]) -> tuple[str, Callable[[Tensor], Tensor]]:
    """Give the name to show and the function itself."""
    if not isinstance(function, str):
        return str(getattr(function, "__name__", type(function).__name__)), function
    from pellucid.nn import functional

    found = getattr(functional, function, None)
    if function.startswith("_") or not callable(found):
        raise ValueError(f"pellucid.nn.functional has no {function!r}; pass the function itself for another one")
    return function, found


def _refuse_mixing(name: str, f: Callable[[Tensor], Tensor], x: Tensor, y: Tensor) -> None:
    """Raise unless f works on every number by itself: others have no curve over one x."""
    part = slice(_POINTS // 3, _POINTS // 3 + 10)
    alone = y.array if y.array.shape != x.array.shape else f(Tensor(x.array[part])).array
    if y.array.shape != x.array.shape or not np.allclose(alone, y.array[part], equal_nan=True):
        raise ValueError(f"{name} mixes its inputs; activation draws functions of a single number")


def _slope(x: Tensor, y: Tensor) -> npt.NDArray[Any]:
    """Give dy/dx at every point, from the tape; a function without one is constant between its jumps."""
    if not y.requires_grad:
        return np.zeros_like(x.array)
    y.backward(np.ones_like(y.array))
    gradient: npt.NDArray[Any] = x.grad.array if x.grad is not None else np.zeros_like(x.array)
    return gradient


def _gapped(y: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Put NaN where a step is so much longer than those around it that only a jump explains it."""
    line = np.array(y, dtype=np.float64)
    steps = np.pad(np.abs(np.diff(line)), 1)
    around = np.maximum(steps[:-2], steps[2:])
    jumps = steps[1:-1] > 10 * around + 1e-3 * float(np.ptp(line))
    line[1:][jumps] = np.nan
    return line

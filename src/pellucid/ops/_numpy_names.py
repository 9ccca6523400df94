"""NumPy's names of parameters, which PyTorch takes beside its own: `x.sum(axis=1, keepdims=True)`."""

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

__all__ = ["numpy_names"]

P = ParamSpec("P")
R = TypeVar("R")


def numpy_names(function: Callable[P, R]) -> Callable[P, R]:
    """Let a function of `dim` and `keepdim` take them as `axis` and `keepdims` too.

    Raises:
        TypeError: when one is given under both names.

    Example:
        >>> import pellucid
        >>> pellucid.ones(2, 3).sum(axis=1, keepdims=True).shape
        Size([2, 1])
    """

    @functools.wraps(function)
    def named(*args: P.args, **kwargs: P.kwargs) -> R:
        for theirs, ours in (("axis", "dim"), ("keepdims", "keepdim")) if kwargs else ():
            if theirs in kwargs:
                if ours in kwargs:
                    raise TypeError(f"{function.__name__}() got both {ours} and {theirs}, which mean the same")
                kwargs[ours] = kwargs.pop(theirs)
        return function(*args, **kwargs)

    return named

"""Updates of whole lists of parameters in one call, in place.

NumPy has none that is faster than one array after the other: the updates written in `optim` are the
specification, and the reference refuses all lists, by returning False.
"""

# ruff: noqa: ARG001

from pellucid.kernels._types import Array

__all__ = ["update_adam", "update_rmsprop", "update_sgd"]

Arrays = list[Array]


def update_sgd(
    ps: Arrays,
    gs: Arrays,
    bs: Arrays | None,
    lr: float,
    momentum: float,
    dampening: float,
    weight_decay: float,
    nesterov: bool,
    maximize: bool,
) -> bool:
    """Move parameters `ps` with gradients `gs` and velocities `bs` (None without momentum) as `optim.SGD` does.

    Returns:
        True when all have moved; False, and then nothing has been written, when these arrays are none that this
        engine updates together.
    """
    return False


def update_rmsprop(
    ps: Arrays,
    gs: Arrays,
    vs: Arrays,
    means: Arrays | None,
    bs: Arrays | None,
    lr: float,
    alpha: float,
    eps: float,
    weight_decay: float,
    momentum: float,
    maximize: bool,
) -> bool:
    """As `update_sgd`, for `optim.RMSprop`: squares `vs`, means of the gradients `means` (None unless centered)."""
    return False


def update_adam(
    ps: Arrays,
    gs: Arrays,
    ms: Arrays,
    vs: Arrays,
    steps: list[int],
    lr: float,
    betas: tuple[float, float],
    eps: float,
    weight_decay: float,
    decoupled: bool,
    maximize: bool,
) -> bool:
    """As `update_sgd`, for `optim.Adam` without amsgrad: moments `ms` and `vs`, `steps` the number of this update."""
    return False

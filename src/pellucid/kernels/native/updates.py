"""Updates of whole lists of parameters by the native engine."""

import pellucid._native as _native  # noqa: PLR0402 - its absence must be a ModuleNotFoundError
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
    """Move `ps` by SGD; False where an array is not float32, contiguous and apart from the others."""
    return _native.update_sgd(ps, gs, bs, lr, momentum, dampening, weight_decay, bool(nesterov), bool(maximize))


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
    """Move `ps` by RMSprop; False as in `update_sgd`."""
    return _native.update_rmsprop(ps, gs, vs, means, bs, lr, alpha, eps, weight_decay, momentum, bool(maximize))


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
    """Move `ps` by Adam or AdamW; False as in `update_sgd`."""
    beta1, beta2 = betas
    return _native.update_adam(
        ps, gs, ms, vs, steps, lr, beta1, beta2, eps, weight_decay, bool(decoupled), bool(maximize)
    )

"""The arithmetic under the operations: one seam, several engines.

Operations call `kernels.name(...)`. Every name is a plain function over arrays of the reference engine, which
is NumPy and always there; another engine offers functions of the same names and signatures, and what it lacks
stays the reference's. Choosing happens here and nowhere else.
"""

import importlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pellucid.kernels import reference
from pellucid.kernels.reference import (
    add_at,
    add_squares,
    attention,
    attention_backward,
    avg_pool,
    avg_pool_backward,
    bce,
    bce_backward,
    bce_with_logits,
    bce_with_logits_backward,
    bce_with_logits_of_rows,
    bce_with_logits_of_rows_backward,
    clip_all,
    convolve,
    convolve_dW,
    convolve_dx,
    convolve_relu_pool,
    convolve_relu_pool_backward,
    cross_entropy,
    cross_entropy_backward,
    draw_keys,
    dropout,
    dropout_mask,
    erf,
    exp,
    fold,
    gelu,
    gelu_backward,
    gelu_tanh,
    gelu_tanh_backward,
    gru,
    gru_backward,
    leaky_relu,
    leaky_relu_backward,
    linear,
    linear_backward,
    log,
    log1p,
    log_softmax,
    log_softmax_backward,
    logsumexp,
    lstm,
    lstm_backward,
    matmul,
    max_pool,
    max_pool_backward,
    mean_cross_entropy,
    mish,
    mish_backward,
    mse,
    mse_backward,
    mse_of_rows,
    mse_of_rows_backward,
    new_plan,
    normalize,
    normalize_backward,
    relu,
    relu_backward,
    reshape,
    rms_normalize,
    rms_normalize_backward,
    rnn,
    rnn_backward,
    scale_all,
    scale_channels,
    self_attention,
    self_attention_backward,
    shuffles,
    sigmoid,
    sigmoid_backward,
    silu,
    silu_backward,
    softmax,
    softmax_backward,
    softplus,
    sum_channels,
    take_rows,
    tanh,
    tanh_backward,
    total_norm,
    unfold,
    update_adam,
    update_rmsprop,
    update_sgd,
    weighted_mean,
)

__all__ = [
    "ENGINES",
    "add_at",
    "add_squares",
    "attention",
    "attention_backward",
    "avg_pool",
    "avg_pool_backward",
    "bce",
    "bce_backward",
    "bce_with_logits",
    "bce_with_logits_backward",
    "bce_with_logits_of_rows",
    "bce_with_logits_of_rows_backward",
    "clip_all",
    "convolve",
    "convolve_dW",
    "convolve_dx",
    "convolve_relu_pool",
    "convolve_relu_pool_backward",
    "cross_entropy",
    "cross_entropy_backward",
    "describe_engine",
    "draw_keys",
    "dropout",
    "dropout_mask",
    "erf",
    "exp",
    "fold",
    "gelu",
    "gelu_backward",
    "gelu_tanh",
    "gelu_tanh_backward",
    "get_engine",
    "get_num_threads",
    "gru",
    "gru_backward",
    "leaky_relu",
    "leaky_relu_backward",
    "linear",
    "linear_backward",
    "log",
    "log1p",
    "log_softmax",
    "log_softmax_backward",
    "logsumexp",
    "lstm",
    "lstm_backward",
    "matmul",
    "max_pool",
    "max_pool_backward",
    "mean_cross_entropy",
    "mish",
    "mish_backward",
    "mse",
    "mse_backward",
    "mse_of_rows",
    "mse_of_rows_backward",
    "new_plan",
    "normalize",
    "normalize_backward",
    "relu",
    "relu_backward",
    "reshape",
    "rms_normalize",
    "rms_normalize_backward",
    "rnn",
    "rnn_backward",
    "scale_all",
    "scale_channels",
    "self_attention",
    "self_attention_backward",
    "set_engine",
    "set_num_threads",
    "shuffles",
    "sigmoid",
    "sigmoid_backward",
    "silu",
    "silu_backward",
    "softmax",
    "softmax_backward",
    "softplus",
    "sum_channels",
    "take_rows",
    "tanh",
    "tanh_backward",
    "total_norm",
    "unfold",
    "update_adam",
    "update_rmsprop",
    "update_sgd",
    "use_engine",
    "weighted_mean",
    "why_engine",
]

ENGINES = ("numpy", "native")
_active = "numpy"
_reason = "the default"


def get_engine() -> str:
    """Return the name of the engine in use."""
    return _active


def why_engine() -> str:
    """Say in a few words why this engine is in use."""
    return _reason


def describe_engine() -> str:
    """Say which engine is in use, how, and why, in one line for people."""
    how = ""
    if _active == "native":
        engine = _native_engine()
        how = f", {engine.isa()} instructions, {engine.get_num_threads()} threads"
    return f"{_active}{how} ({_reason})"


def set_engine(name: str, *, reason: str = "chosen by set_engine") -> None:
    """Compute with the engine `name` from now on.

    Args:
        name: "numpy" or "native".
        reason: what `why_engine` will say.

    Raises:
        ValueError: when there is no engine of that name.
        RuntimeError: when the engine is not part of this installation.
    """
    global _active, _reason
    if name not in ENGINES:
        raise ValueError(f"unknown engine {name!r}; expected one of {', '.join(ENGINES)}")
    own = {}
    if name == "native":
        engine = _native_engine()
        own = {kernel: getattr(engine, kernel) for kernel in reference.__all__ if hasattr(engine, kernel)}
    globals().update({kernel: getattr(reference, kernel) for kernel in reference.__all__} | own)
    _active, _reason = name, reason


def _native_engine() -> Any:
    try:
        return importlib.import_module("pellucid.kernels.native")
    except ModuleNotFoundError as error:
        if error.name != "pellucid._native":
            raise
        raise RuntimeError(
            "the engine 'native' is not part of this installation, because no C++ compiler was found when it was "
            "made; install one (on Debian: apt-get install g++) and install pellucid again"
        ) from None


def get_num_threads() -> int:
    """Return how many threads the native engine may use; NumPy's own follow OMP_NUM_THREADS alone.

    Raises:
        RuntimeError: when the native engine is not installed.
    """
    return _native_engine().get_num_threads()


def set_num_threads(count: int) -> None:
    """Let the native engine use at most `count` threads from now on; results do not depend on it.

    Raises:
        RuntimeError: when the native engine is not installed.
        ValueError: when count is below 1.
    """
    _native_engine().set_num_threads(count)


@contextmanager
def use_engine(name: str) -> Iterator[None]:
    """Compute with the engine `name` inside the block.

    Example:
        >>> with use_engine("numpy"):
        ...     get_engine()
        'numpy'
    """
    before, reason = _active, _reason
    set_engine(name)
    try:
        yield
    finally:
        set_engine(before, reason=reason)


def _begin() -> None:
    """Take the engine that the environment names, else the native one where it is installed."""
    if "PELLUCID_ENGINE" in os.environ:
        set_engine(os.environ["PELLUCID_ENGINE"], reason="chosen by PELLUCID_ENGINE")
        return
    try:
        set_engine("native", reason="it is installed")
    except RuntimeError as error:
        set_engine("numpy", reason=str(error))


_begin()

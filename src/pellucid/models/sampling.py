"""Drawing the next token of a text from a model's logits."""

import numpy as np

from pellucid import random
from pellucid._tensor import Array

__all__ = ["check_sampling", "draw_tokens", "token_probabilities"]


def check_sampling(n: int, temperature: float, top_k: int | None, top_p: float | None) -> None:
    """Refuse options that make no sense.

    Raises:
        ValueError: naming the option.
    """
    if n < 0:
        raise ValueError(f"the number of tokens to draw is not negative, got {n}")
    if not 0 <= temperature < float("inf"):
        raise ValueError(f"temperature is not negative, got {temperature}")
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k is at least 1, got {top_k}")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError(f"top_p lies above 0 and is at most 1, got {top_p}")


def token_probabilities(
    logits: Array, temperature: float = 1.0, top_k: int | None = None, top_p: float | None = None
) -> Array:
    """Return softmax(logits / temperature), cut off to the likeliest and brought to the sum 1 again.

    Args:
        logits: (N, vocabulary).
        temperature: below 1 the likely become likelier; at 0 the likeliest, the first of equal ones, has probability 1.
        top_k: keep the k likeliest.
        top_p: keep the likeliest until they have this probability together; the one that reaches it is kept.

    Raises:
        ValueError: when a logit is NaN.

    Example:
        >>> token_probabilities(np.log([[0.5, 0.3, 0.2]]), top_p=0.6).round(3).tolist()
        [[0.625, 0.375, 0.0]]
    """
    z = np.asarray(logits, np.float64)
    if np.isnan(z).any():
        raise ValueError("a logit is NaN: the model has diverged, or was given what is no number")
    order = np.argsort(-z, axis=-1, kind="stable")
    z = np.take_along_axis(z, order, -1)  # the likeliest first
    if temperature == 0:
        p = np.zeros_like(z)
        p[:, 0] = 1
    else:
        p = np.exp((z - z[:, :1]) / temperature)
        p /= p.sum(-1, keepdims=True)
    if top_k is not None:
        p[:, top_k:] = 0
    if top_p is not None:
        p /= p.sum(-1, keepdims=True)
        before = np.cumsum(p, -1) - p
        p[before >= top_p] = 0
    p /= p.sum(-1, keepdims=True)
    out = np.empty_like(p)
    np.put_along_axis(out, order, p, -1)
    return out


def draw_tokens(logits: Array, temperature: float = 1.0, top_k: int | None = None, top_p: float | None = None) -> Array:
    """Return a token (N,) for each row of logits, drawn from `token_probabilities`; at temperature 0 the likeliest."""
    p = token_probabilities(logits, temperature, top_k, top_p)
    if temperature == 0 or top_k == 1:
        return p.argmax(-1)
    u = random.default_generator.numpy("generate").random(len(p))
    reached = np.cumsum(p, -1) > u[:, None]
    last = p.shape[-1] - 1 - (p[:, ::-1] > 0).argmax(-1)  # rounding may leave the sum below u
    return np.where(reached.any(-1), reached.argmax(-1), last)

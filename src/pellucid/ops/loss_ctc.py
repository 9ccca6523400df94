"""The loss of a sequence of labels whose places in a longer sequence of predictions are not known."""

from collections.abc import Sequence

import numpy as np

from pellucid._tensor import Array, Tensor, as_array, record
from pellucid.ops._loss import check_options, floating, quiet
from pellucid.ops.arithmetic import div
from pellucid.ops.reduction import mean as mean_of
from pellucid.ops.reduction import sum as sum_of
from pellucid.ops.shape import reshape

__all__ = ["ctc_loss"]

Lengths = Tensor | Sequence[int]


@quiet
def ctc_loss(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Lengths,
    target_lengths: Lengths,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Tensor:
    """L_n = -log of the sum of the probabilities of all paths that read as the targets (Graves et al., 2006).

    A path names a class or the blank at each step; it reads as what is left when repetitions are merged and blanks
    taken
    out. With the targets' states s = (blank, t_1, blank, t_2 ... blank) and a_t(s), b_t(s) the probabilities of all
    paths up to and from step t at s: dx_tc = e^(x_tc) - (sum of a_t(s) b_t(s) / e^(x_tc) over the s that are c) /
    e^(-l).

    As in PyTorch, e^(x_tc) is part of the gradient, which is thereby the one of the numbers before a log_softmax; after
    it the two agree.

    Args:
        log_probs: x (T, N, C), or (T, C) for one sequence: the output of a log_softmax.
        targets: classes (N, S), or those of all sequences one after the other.
        input_lengths: how many of the T steps each sequence has, (N,).
        target_lengths: how many targets it has, (N,).
        blank: the class that is no label.
        reduction: "none", "sum", or "mean", which divides each loss by the number of its targets first.
        zero_infinity: take losses of targets that are too long for their steps, which are infinite, for 0.

    Raises:
        ValueError: when shapes and lengths do not fit.
        TypeError: when targets or lengths are no integers.
        IndexError: when a target or the blank is not in 0 ... C - 1.
        RuntimeError: when log_probs holds integers.
    """
    check_options(reduction)
    floating("ctc_loss", log_probs, "log_probs")
    x = log_probs
    if x.ndim not in (2, 3):
        raise ValueError(f"ctc_loss needs log_probs of shape (T, N, C) or (T, C), got {x.array.shape}")
    a = x.array if x.ndim == 3 else x.array[:, None]
    steps, n, classes = a.shape
    T = _lengths("input_lengths", input_lengths, n, 1, steps)
    labels, S = _labels(targets, target_lengths, n, classes, blank)
    states = np.full((n, 2 * labels.shape[1] + 1), blank)
    states[:, 1::2] = labels
    skips = np.zeros(states.shape, dtype=bool)  # states that may follow the one before the last
    skips[:, 2:] = (states[:, 2:] != blank) & (states[:, 2:] != states[:, :-2])
    p = np.take_along_axis(a, states[None], axis=2)  # (T, N, states)
    last = np.arange(states.shape[1]) >= 2 * S[:, None] - 1
    last &= np.arange(states.shape[1]) <= 2 * S[:, None]

    up = np.full(p.shape, -np.inf, dtype=p.dtype)
    up[0, :, :2] = p[0, :, :2]
    for t in range(1, steps):
        up[t] = _joined(up[t - 1], skips) + p[t]
    ends = np.where(last, up[T - 1, np.arange(n)], -np.inf)
    losses = -np.logaddexp.reduce(ends, axis=1)
    lost = np.isinf(losses) if zero_infinity else np.zeros(n, dtype=bool)

    def dx(dy: Array) -> Array:
        share = np.zeros(a.shape, dtype=a.dtype)
        sequences = np.arange(n)[:, None]
        down = np.full(states.shape, -np.inf, dtype=p.dtype)
        for t in reversed(range(steps)):
            follows = _joined(down[:, ::-1], _turned(skips))[:, ::-1]
            ends_here = np.equal(T, t + 1)[:, None]
            down = np.where(ends_here, np.where(last, 0, -np.inf), follows) + p[t]
            weight = np.where(np.isneginf(p[t]), 0, np.exp(up[t] + down - p[t] + losses[:, None]))
            np.add.at(share[t], (sequences, states), weight)
        kept = (np.arange(steps)[:, None] < T) & ~lost
        slopes = np.where(kept[..., None], (np.exp(a) - share) * dy.reshape(-1, 1), 0)
        return slopes.reshape(x.array.shape)

    each = record(np.where(lost, losses.dtype.type(0), losses), (x, dx))
    if reduction == "mean":
        return mean_of(div(each, Tensor(np.maximum(S, 1).astype(a.dtype))))
    if reduction == "sum":
        return sum_of(each)
    return each if x.ndim == 3 else reshape(each, ())


def _joined(before: Array, skips: Array) -> Array:
    """Return for each state the log of the sum over the states that it may follow: itself, the last, the one before."""
    out = before.copy()
    out[:, 1:] = np.logaddexp(out[:, 1:], before[:, :-1])
    out[:, 2:] = np.where(skips[:, 2:], np.logaddexp(out[:, 2:], before[:, :-2]), out[:, 2:])
    return out


def _turned(skips: Array) -> Array:
    """Return the skips of the states read backwards: what skips to s from s - 2 skips from s to s - 2."""
    out = np.zeros_like(skips)
    out[:, 2:] = skips[:, ::-1][:, :-2]
    return out


def _lengths(name: str, lengths: Lengths, n: int, least: int, most: int) -> Array:
    a = as_array(lengths if isinstance(lengths, Tensor) else list(lengths)).reshape(-1)
    if a.dtype.kind not in "iu" and a.size:
        raise TypeError(f"ctc_loss: {name} are integers, got {a.dtype}")
    if a.shape != (n,) or (n and not least <= a.min() <= a.max() <= most):
        raise ValueError(f"ctc_loss: {name} are {n} numbers from {least} to {most}, got {a.tolist()}")
    return a.astype(np.int64)


def _labels(targets: Tensor, target_lengths: Lengths, n: int, classes: int, blank: int) -> tuple[Array, Array]:
    """Return the targets (N, S), blanks behind them, and how many each sequence has."""
    t = targets.array
    if t.dtype.kind not in "iu":
        raise TypeError(f"ctc_loss: targets are classes, integers, got {t.dtype}")
    if not 0 <= blank < classes:
        raise IndexError(f"ctc_loss: the blank is one of the classes 0 ... {classes - 1}, got {blank}")
    S = _lengths("target_lengths", target_lengths, n, 0, t.size if t.ndim == 1 else t.shape[-1])
    padded = np.full((n, int(S.max(initial=0))), blank)
    if t.ndim == 1 and S.sum() != t.size:
        raise ValueError(f"ctc_loss: target_lengths add up to {S.sum()}, but there are {t.size} targets")
    if t.ndim not in (1, 2) or (t.ndim == 2 and t.shape[0] != n):
        raise ValueError(f"ctc_loss needs targets of shape ({n}, S) or one after the other, got {t.shape}")
    there = np.arange(padded.shape[1]) < S[:, None]
    padded[there] = t if t.ndim == 1 else t[:, : padded.shape[1]][there]
    if padded.size and not 0 <= padded.min() <= padded.max() < classes:
        raise IndexError(f"ctc_loss: targets are in 0 ... {classes - 1}, got {padded.min()} ... {padded.max()}")
    return padded, S

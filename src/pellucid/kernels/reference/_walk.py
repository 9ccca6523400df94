"""The walk of a recurrent net through time, with sequences of unequal length in one batch."""

from collections.abc import Sequence

import numpy as np

from pellucid.kernels._types import Array

__all__ = ["before", "keep", "live_steps", "steps"]


def steps(count: int, reverse: bool) -> Sequence[int]:
    """Return the steps in the order in which they are walked."""
    return range(count - 1, -1, -1) if reverse else range(count)


def live_steps(lengths: Array | None, count: int) -> Array | None:
    """Return (T, B, 1): which steps belong to their sequence; None when all do.

    At the others nothing happens to the state: it waits, so that the last one walked to is that of the sequence's own
    end, in both directions.
    """
    return None if lengths is None else (np.arange(count)[:, None] < lengths)[:, :, None]


def keep(live: Array | None, t: int, new: Array, old: Array | float) -> Array:
    """Return the new rows where the step belongs to the sequence, and the old ones elsewhere."""
    return new if live is None else np.where(live[t], new, old)


def before(h: Array, h0: Array, reverse: bool) -> Array:
    """Return the states from which the steps started, (T, B, H), given those at which they arrived."""
    if reverse:
        return np.concatenate((h[1:], h0[None]), axis=0)
    return np.concatenate((h0[None], h[:-1]), axis=0)

"""The plain recurrent net over a whole sequence, and back through time.

Shapes: T steps, B sequences, I inputs, H units.
"""

import numpy as np

from pellucid.kernels._types import Array
from pellucid.kernels.reference._walk import before, keep, live_steps, steps
from pellucid.kernels.reference.products import linear, linear_backward

__all__ = ["rnn", "rnn_backward"]


def rnn(
    x: Array,
    h0: Array,
    W_ih: Array,
    W_hh: Array,
    b_ih: Array | None,
    b_hh: Array | None,
    relu: bool,
    lengths: Array | None,
    reverse: bool,
) -> tuple[Array, Array, Array]:
    """Return y, the last h, and what the gradient needs: the states of all steps.

    h_t = tanh(x_t W_ih^T + b_ih + h_t-1 W_hh^T + b_hh), or max(0, ...). The output y is h, with zeros behind the end of
    a sequence.

    Args:
        x: (T, B, I).
        h0: (B, H), before the first step walked.
        W_ih: (H, I).
        W_hh: (H, H).
        b_ih: (H,), or None; then b_hh is None too.
        b_hh: (H,).
        relu: the nonlinearity is max(0, a) and not tanh(a).
        lengths: (B,), integers: steps of each sequence; None for T each.
        reverse: walk from the last step to the first.
    """
    T = x.shape[0]
    live = live_steps(lengths, T)
    h_all = np.empty((T, *h0.shape), x.dtype)
    h = h0
    with np.errstate(all="ignore"):
        a = linear(x, W_ih, b_ih)  # (T, B, H): no step waits for another
        for t in steps(T, reverse):
            s = a[t] + linear(h, W_hh, b_hh)
            h = keep(live, t, np.maximum(s, 0) if relu else np.tanh(s), h)
            h_all[t] = h
    y = h_all if live is None else np.where(live, h_all, 0)
    return y, h, h_all


def rnn_backward(
    x: Array,
    h0: Array,
    W_ih: Array,
    W_hh: Array,
    relu: bool,
    lengths: Array | None,
    reverse: bool,
    h_all: Array,
    dy: Array | None,
    dh: Array | None,
    need_x: bool,
    need_W: bool,
) -> tuple[Array | None, Array, Array | None, Array | None, Array | None]:
    """Return dx, dh0, dW_ih, dW_hh and db (of either bias), None for what is not needed.

    dy and dh are the gradients by y and by the last h, None where the loss does not depend on them.
    """
    T = x.shape[0]
    live = live_steps(lengths, T)
    dh = np.zeros(h0.shape, x.dtype) if dh is None else dh
    da = np.empty(h_all.shape, x.dtype)
    for t in reversed(steps(T, reverse)):
        h = h_all[t]
        if dy is not None:
            dh = dh + keep(live, t, dy[t], 0)
        da[t] = keep(live, t, dh * (h > 0) if relu else dh * (1 - h * h), 0)
        dh = keep(live, t, da[t] @ W_hh, dh)
    dx, dW_ih, db = linear_backward(x, W_ih, da, need_x, need_W, need_W)
    _, dW_hh, _ = linear_backward(before(h_all, h0, reverse), W_hh, da, False, need_W, False)
    return dx, dh, dW_ih, dW_hh, db

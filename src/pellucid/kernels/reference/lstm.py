"""The long short-term memory over a whole sequence, and back through time.

Shapes: T steps, B sequences, I inputs, H cells, P outputs, which are H without a projection. Gates stand in PyTorch's
order: input i, forget f, candidate g, output o.
"""

import numpy as np

from pellucid.kernels._types import Array
from pellucid.kernels.reference._walk import before, keep, live_steps, steps
from pellucid.kernels.reference.maps import sigmoid
from pellucid.kernels.reference.products import linear, linear_backward

__all__ = ["lstm", "lstm_backward"]


def lstm(
    x: Array,
    h0: Array,
    c0: Array,
    W_ih: Array,
    W_hh: Array,
    b_ih: Array | None,
    b_hh: Array | None,
    W_hr: Array | None,
    lengths: Array | None,
    reverse: bool,
) -> tuple[Array, Array, Array, tuple[Array, Array, Array]]:
    """Return y, the last h and c, and what the gradient needs: the gates, cells and states of all steps.

    (i, f, g, o) = (σ, σ, tanh, σ)(x_t W_ih^T + b_ih + h_t-1 W_hh^T + b_hh), c_t = f c_t-1 + i g, h_t = o tanh(c_t), or
    (o tanh(c_t)) W_hr^T. The output y is h, with zeros behind the end of a sequence.

    Args:
        x: (T, B, I).
        h0: (B, P), before the first step walked.
        c0: (B, H).
        W_ih: (4 H, I).
        W_hh: (4 H, P).
        b_ih: (4 H,), or None; then b_hh is None too.
        b_hh: (4 H,).
        W_hr: (P, H), or None.
        lengths: (B,), integers: steps of each sequence; None for T each.
        reverse: walk from the last step to the first.
    """
    T, B, H = x.shape[0], x.shape[1], c0.shape[1]
    live = live_steps(lengths, T)
    h_all, c_all = np.empty((T, *h0.shape), x.dtype), np.empty((T, B, H), x.dtype)
    h, c = h0, c0
    with np.errstate(all="ignore"):
        gates = linear(x, W_ih, b_ih)  # (T, B, 4 H): no step waits for another
        for t in steps(T, reverse):
            a = gates[t] + linear(h, W_hh, b_hh)
            a[:, : 2 * H], a[:, 3 * H :] = sigmoid(a[:, : 2 * H]), sigmoid(a[:, 3 * H :])
            a[:, 2 * H : 3 * H] = np.tanh(a[:, 2 * H : 3 * H])
            i, f, g, o = (a[:, k * H : (k + 1) * H] for k in range(4))
            c = keep(live, t, f * c + i * g, c)
            m = o * np.tanh(c)
            h = keep(live, t, m if W_hr is None else linear(m, W_hr, None), h)
            gates[t], c_all[t], h_all[t] = a, c, h
    y = h_all if live is None else np.where(live, h_all, 0)
    return y, h, c, (gates, c_all, h_all)


def lstm_backward(
    x: Array,
    h0: Array,
    c0: Array,
    W_ih: Array,
    W_hh: Array,
    W_hr: Array | None,
    lengths: Array | None,
    reverse: bool,
    kept: tuple[Array, Array, Array],
    dy: Array | None,
    dh: Array | None,
    dc: Array | None,
    need_x: bool,
    need_W: bool,
) -> tuple[Array | None, Array, Array, Array | None, Array | None, Array | None, Array | None]:
    """Return dx, dh0, dc0, dW_ih, dW_hh, db (of either bias) and dW_hr, None for what is not needed.

    dy, dh and dc are the gradients by y and by the last h and c, None where the loss does not depend on them.
    """
    gates, c_all, h_all = kept
    T, B, H = c_all.shape
    live = live_steps(lengths, T)
    dh = np.zeros(h0.shape, x.dtype) if dh is None else dh
    dc = np.zeros((B, H), x.dtype) if dc is None else dc
    c_before = before(c_all, c0, reverse)
    da, dr = np.empty(gates.shape, x.dtype), np.empty(h_all.shape, x.dtype)
    for t in reversed(steps(T, reverse)):
        i, f, g, o = (gates[t, :, k * H : (k + 1) * H] for k in range(4))
        tanh_c = np.tanh(c_all[t])
        if dy is not None:
            dh = dh + keep(live, t, dy[t], 0)
        dm = dh if W_hr is None else dh @ W_hr
        ds = dc + dm * o * (1 - tanh_c * tanh_c)  # by c_t, with what came from later steps
        parts = (ds * g * i * (1 - i), ds * c_before[t] * f * (1 - f), ds * i * (1 - g * g), dm * tanh_c * o * (1 - o))
        da[t] = keep(live, t, np.concatenate(parts, axis=1), 0)
        dr[t] = keep(live, t, dh, 0)
        dh = keep(live, t, da[t] @ W_hh, dh)
        dc = keep(live, t, ds * f, dc)
    dx, dW_ih, db = linear_backward(x, W_ih, da, need_x, need_W, need_W)
    _, dW_hh, _ = linear_backward(before(h_all, h0, reverse), W_hh, da, False, need_W, False)
    dW_hr = None
    if W_hr is not None and need_W:
        m = gates[:, :, 3 * H :] * np.tanh(c_all)
        _, dW_hr, _ = linear_backward(m, W_hr, dr, False, True, False)
    return dx, dh, dc, dW_ih, dW_hh, db, dW_hr

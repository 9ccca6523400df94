"""The gated recurrent unit over a whole sequence, and back through time.

Shapes: T steps, B sequences, I inputs, H units. Gates stand in PyTorch's order: reset r, update z, candidate n.
"""

import numpy as np

from pellucid.kernels._types import Array
from pellucid.kernels.reference._walk import before, keep, live_steps, steps
from pellucid.kernels.reference.maps import sigmoid
from pellucid.kernels.reference.products import linear, linear_backward

__all__ = ["gru", "gru_backward"]


def gru(
    x: Array,
    h0: Array,
    W_ih: Array,
    W_hh: Array,
    b_ih: Array | None,
    b_hh: Array | None,
    lengths: Array | None,
    reverse: bool,
) -> tuple[Array, Array, tuple[Array, Array]]:
    """Return y, the last h, and what the gradient needs: the gates and states of all steps.

    With a = x_t W_ih^T + b_ih and u = h_t-1 W_hh^T + b_hh, each in three parts: r = σ(a_r + u_r), z = σ(a_z + u_z),
    n = tanh(a_n + r u_n), h_t = (1 - z) n + z h_t-1. The output y is h, with zeros behind the end of a sequence.

    Args:
        x: (T, B, I).
        h0: (B, H), before the first step walked.
        W_ih: (3 H, I).
        W_hh: (3 H, H).
        b_ih: (3 H,), or None; then b_hh is None too.
        b_hh: (3 H,).
        lengths: (B,), integers: steps of each sequence; None for T each.
        reverse: walk from the last step to the first.
    """
    T, B, H = x.shape[0], x.shape[1], h0.shape[1]
    live = live_steps(lengths, T)
    h_all, gates = np.empty((T, B, H), x.dtype), np.empty((T, B, 4 * H), x.dtype)  # r, z, n and u_n
    h = h0
    with np.errstate(all="ignore"):
        a = linear(x, W_ih, b_ih)  # (T, B, 3 H): no step waits for another
        for t in steps(T, reverse):
            u = linear(h, W_hh, b_hh)
            rz = sigmoid(a[t, :, : 2 * H] + u[:, : 2 * H])
            r, z, u_n = rz[:, :H], rz[:, H:], u[:, 2 * H :]
            n = np.tanh(a[t, :, 2 * H :] + r * u_n)
            h = keep(live, t, (1 - z) * n + z * h, h)
            gates[t], h_all[t] = np.concatenate((rz, n, u_n), axis=1), h
    y = h_all if live is None else np.where(live, h_all, 0)
    return y, h, (gates, h_all)


def gru_backward(
    x: Array,
    h0: Array,
    W_ih: Array,
    W_hh: Array,
    lengths: Array | None,
    reverse: bool,
    kept: tuple[Array, Array],
    dy: Array | None,
    dh: Array | None,
    need_x: bool,
    need_W: bool,
) -> tuple[Array | None, Array, Array | None, Array | None, Array | None, Array | None]:
    """Return dx, dh0, dW_ih, dW_hh, db_ih and db_hh, None for what is not needed.

    dy and dh are the gradients by y and by the last h, None where the loss does not depend on them.
    """
    gates, h_all = kept
    T, _, H = h_all.shape
    live = live_steps(lengths, T)
    dh = np.zeros(h0.shape, x.dtype) if dh is None else dh
    h_before = before(h_all, h0, reverse)
    da, du = np.empty((2, *gates.shape[:2], 3 * H), x.dtype)
    for t in reversed(steps(T, reverse)):
        r, z, n, u_n = (gates[t, :, k * H : (k + 1) * H] for k in range(4))
        if dy is not None:
            dh = dh + keep(live, t, dy[t], 0)
        da_n = dh * (1 - z) * (1 - n * n)
        da_r, da_z = da_n * u_n * r * (1 - r), dh * (h_before[t] - n) * z * (1 - z)
        da[t] = keep(live, t, np.concatenate((da_r, da_z, da_n), axis=1), 0)
        du[t] = keep(live, t, np.concatenate((da_r, da_z, da_n * r), axis=1), 0)
        dh = keep(live, t, dh * z + du[t] @ W_hh, dh)
    dx, dW_ih, db_ih = linear_backward(x, W_ih, da, need_x, need_W, need_W)
    _, dW_hh, db_hh = linear_backward(h_before, W_hh, du, False, need_W, need_W)
    return dx, dh, dW_ih, dW_hh, db_ih, db_hh

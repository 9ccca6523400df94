"""Recurrent nets over whole sequences: one operation walks through time, and back.

Shapes: T steps, B sequences, I inputs, H units. Weights of several gates stand one under the other. With `lengths`
(B,) a sequence ends before T: its state waits there, y is zero behind its end, and what x holds there plays no part.
With `batch_first` x and y are (B, T, ...), and memory is not moved for that. The last states are (1, B, H), so that
those of layers can be put one behind the other. The formulas with their gradients through time (Werbos, 1990) stand in
`kernels/reference`.
"""

from collections.abc import Sequence
from typing import overload

import numpy as np

from pellucid import kernels as K
from pellucid._tensor import Array, Tensor
from pellucid.ops._several import record_several
from pellucid.ops.indexing import where

__all__ = ["gru", "lstm", "rnn"]


def rnn(
    x: Tensor,
    h0: Tensor,
    W_ih: Tensor,
    W_hh: Tensor,
    b_ih: Tensor | None = None,
    b_hh: Tensor | None = None,
    *,
    nonlinearity: str = "tanh",
    lengths: Array | None = None,
    reverse: bool = False,
    batch_first: bool = False,
) -> tuple[Tensor, Tensor]:
    """h_t = f(x_t W_ih^T + b_ih + h_t-1 W_hh^T + b_hh), f = tanh or max(0, .) (Elman, 1990).

    With da_t = (dy_t + da_t+1 W_hh) f': dx = da W_ih, dW_ih = da^T x, dW_hh = da^T h_t-1, db = the sum of da.

    Args:
        x: (T, B, I), or (B, T, I) when batch_first.
        h0: (B, H), before the first step walked.
        W_ih: (H, I).
        W_hh: (H, H).
        b_ih: (H,), or None together with b_hh.
        b_hh: (H,).
        nonlinearity: "tanh" or "relu".
        lengths: (B,), steps of each sequence; None for T each.
        reverse: walk from the last step to the first.
        batch_first: x and y have the batch as their first axis.

    Returns:
        y (T, B, H), all states, and the last one walked to, (1, B, H).

    Raises:
        RuntimeError: when the sizes or dtypes do not fit.
        ValueError: for another nonlinearity.
    """
    if nonlinearity not in ("tanh", "relu"):
        raise ValueError(f"a recurrent net's nonlinearity is 'tanh' or 'relu', got {nonlinearity!r}")
    _check("rnn", 1, x, (h0,), W_ih, W_hh, b_ih, b_hh, batch_first=batch_first)
    x, relu = _without_padding(x, lengths, batch_first), nonlinearity == "relu"
    weights, steps = (W_ih.array, W_hh.array), _steps_first(x.array, batch_first)
    y, h, kept = K.rnn(steps, h0.array, *weights, _array(b_ih), _array(b_hh), relu, lengths, reverse)

    def backward(dy: Array | None, dh: Array | None) -> Sequence[Array | None]:
        need_W = _needs_gradient(W_ih, W_hh, b_ih, b_hh)
        dy, need_x = _steps_first(dy, batch_first), x.requires_grad
        dx, dh0, dW_ih, dW_hh, db = K.rnn_backward(
            steps, h0.array, *weights, relu, lengths, reverse, kept, dy, _only(dh), need_x, need_W
        )
        return _steps_first(dx, batch_first), dh0, dW_ih, dW_hh, *_both(db, b_ih)

    outputs = _steps_first(y, batch_first), h[None]
    return record_several(outputs, (x, h0, W_ih, W_hh, *_given(b_ih, b_hh)), backward)  # type: ignore[return-value]


def lstm(
    x: Tensor,
    h0: Tensor,
    c0: Tensor,
    W_ih: Tensor,
    W_hh: Tensor,
    b_ih: Tensor | None = None,
    b_hh: Tensor | None = None,
    W_hr: Tensor | None = None,
    *,
    lengths: Array | None = None,
    reverse: bool = False,
    batch_first: bool = False,
) -> tuple[Tensor, Tensor, Tensor]:
    """c_t = f c_t-1 + i g, h_t = o tanh(c_t), with gates of x_t and h_t-1 (Hochreiter and Schmidhuber, 1997).

    (i, f, g, o) = (σ, σ, tanh, σ)(x_t W_ih^T + b_ih + h_t-1 W_hh^T + b_hh). With a projection W_hr (Sak et al., 2014)
    h_t = (o tanh(c_t)) W_hr^T. Backwards dc_t = dc_t+1 f_t+1 + dh_t o (1 - tanh²(c_t)), which passes through f alone
    and so does not fade as an RNN's does; da follows from it gate by gate, and from da the rest as in `rnn`.

    Args:
        x: (T, B, I), or (B, T, I) when batch_first.
        h0: (B, P), before the first step walked; P is H without a projection.
        c0: (B, H).
        W_ih: (4 H, I), gates in the order i, f, g, o.
        W_hh: (4 H, P).
        b_ih: (4 H,), or None together with b_hh.
        b_hh: (4 H,).
        W_hr: (P, H), or None.
        lengths: (B,), steps of each sequence; None for T each.
        reverse: walk from the last step to the first.
        batch_first: x and y have the batch as their first axis.

    Returns:
        y (T, B, P), all h, and the last h (1, B, P) and c (1, B, H) walked to.

    Raises:
        RuntimeError: when the sizes or dtypes do not fit.
    """
    _check("lstm", 4, x, (h0, c0), W_ih, W_hh, b_ih, b_hh, W_hr, batch_first=batch_first)
    x = _without_padding(x, lengths, batch_first)
    weights, project = (W_ih.array, W_hh.array), _array(W_hr)
    state, steps = (h0.array, c0.array), _steps_first(x.array, batch_first)
    y, h, c, kept = K.lstm(steps, *state, *weights, _array(b_ih), _array(b_hh), project, lengths, reverse)

    def backward(dy: Array | None, dh: Array | None, dc: Array | None) -> Sequence[Array | None]:
        need_W = _needs_gradient(W_ih, W_hh, b_ih, b_hh, W_hr)
        last = _steps_first(dy, batch_first), _only(dh), _only(dc)
        dx, dh0, dc0, dW_ih, dW_hh, db, dW_hr = K.lstm_backward(
            steps, *state, *weights, project, lengths, reverse, kept, *last, x.requires_grad, need_W
        )
        dx = _steps_first(dx, batch_first)
        return dx, dh0, dc0, dW_ih, dW_hh, *_both(db, b_ih), *(() if W_hr is None else (dW_hr,))

    inputs = (x, h0, c0, W_ih, W_hh, *_given(b_ih, b_hh, W_hr))
    return record_several((_steps_first(y, batch_first), h[None], c[None]), inputs, backward)  # type: ignore[return-value]


def gru(
    x: Tensor,
    h0: Tensor,
    W_ih: Tensor,
    W_hh: Tensor,
    b_ih: Tensor | None = None,
    b_hh: Tensor | None = None,
    *,
    lengths: Array | None = None,
    reverse: bool = False,
    batch_first: bool = False,
) -> tuple[Tensor, Tensor]:
    """h_t = (1 - z) n + z h_t-1, with gates of x_t and h_t-1 (Cho et al., 2014).

    With a = x_t W_ih^T + b_ih and u = h_t-1 W_hh^T + b_hh: r = σ(a_r + u_r), z = σ(a_z + u_z), n = tanh(a_n + r u_n).
    The paper multiplies r into h_t-1 before W_hh; this is PyTorch's and cuDNN's form. Backwards
    dh_t-1 = dh_t z + du_t W_hh, where da and du follow from dh_t gate by gate, and differ by the factor r of u_n.

    Args:
        x: (T, B, I), or (B, T, I) when batch_first.
        h0: (B, H), before the first step walked.
        W_ih: (3 H, I), gates in the order r, z, n.
        W_hh: (3 H, H).
        b_ih: (3 H,), or None together with b_hh.
        b_hh: (3 H,).
        lengths: (B,), steps of each sequence; None for T each.
        reverse: walk from the last step to the first.
        batch_first: x and y have the batch as their first axis.

    Returns:
        y (T, B, H), all states, and the last one walked to, (1, B, H).

    Raises:
        RuntimeError: when the sizes or dtypes do not fit.
    """
    _check("gru", 3, x, (h0,), W_ih, W_hh, b_ih, b_hh, batch_first=batch_first)
    x = _without_padding(x, lengths, batch_first)
    weights, steps = (W_ih.array, W_hh.array), _steps_first(x.array, batch_first)
    y, h, kept = K.gru(steps, h0.array, *weights, _array(b_ih), _array(b_hh), lengths, reverse)

    def backward(dy: Array | None, dh: Array | None) -> Sequence[Array | None]:
        need_W = _needs_gradient(W_ih, W_hh, b_ih, b_hh)
        dy, need_x = _steps_first(dy, batch_first), x.requires_grad
        dx, dh0, dW_ih, dW_hh, db_ih, db_hh = K.gru_backward(
            steps, h0.array, *weights, lengths, reverse, kept, dy, _only(dh), need_x, need_W
        )
        return _steps_first(dx, batch_first), dh0, dW_ih, dW_hh, *(() if b_ih is None else (db_ih, db_hh))

    outputs = _steps_first(y, batch_first), h[None]
    return record_several(outputs, (x, h0, W_ih, W_hh, *_given(b_ih, b_hh)), backward)  # type: ignore[return-value]


def _array(x: Tensor | None) -> Array | None:
    return None if x is None else x.array


@overload
def _steps_first(x: Array, batch_first: bool) -> Array: ...
@overload
def _steps_first(x: Array | None, batch_first: bool) -> Array | None: ...
def _steps_first(x: Array | None, batch_first: bool) -> Array | None:
    """Exchange the first two axes, to and fro."""
    return x.swapaxes(0, 1) if batch_first and x is not None else x


def _only(dh: Array | None) -> Array | None:
    return None if dh is None else dh[0]


def _given(*tensors: Tensor | None) -> tuple[Tensor, ...]:
    return tuple(x for x in tensors if x is not None)


def _needs_gradient(*tensors: Tensor | None) -> bool:
    return any(x.requires_grad for x in _given(*tensors))


def _both(db: Array | None, b: Tensor | None) -> tuple[Array | None, ...]:
    """Return the gradients by the two biases, which are equal but an array each."""
    if b is None:
        return ()
    return db, None if db is None else db.copy()


def _without_padding(x: Tensor, lengths: Array | None, batch_first: bool) -> Tensor:
    """Put zeros behind the end of each sequence, so that a NaN there is not multiplied into the weights' gradient."""
    if lengths is None:
        return x
    T, B = _steps_first(x.array, batch_first).shape[:2]
    if lengths.shape != (B,):
        raise RuntimeError(f"{B} sequences need as many lengths, got the shape {lengths.shape}")
    if lengths.size and not 0 <= lengths.min() <= lengths.max() <= T:
        raise RuntimeError(f"lengths lie between 0 and {T}, the steps there are, got {lengths.tolist()}")
    live = np.arange(T)[:, None] < lengths
    return x if live.all() else where(_steps_first(live[:, :, None], batch_first), x, 0)


def _check(
    name: str,
    gates: int,
    x: Tensor,
    state: tuple[Tensor, ...],
    W_ih: Tensor,
    W_hh: Tensor,
    b_ih: Tensor | None,
    b_hh: Tensor | None,
    W_hr: Tensor | None = None,
    *,
    batch_first: bool,
) -> None:
    """Refuse what does not fit together."""
    if x.ndim != 3:
        axes = "batch, steps" if batch_first else "steps, batch"
        raise RuntimeError(f"{name} needs x of shape ({axes}, inputs), got {x.array.shape}")
    T, B, inputs = _steps_first(x.array, batch_first).shape
    if W_ih.ndim != 2 or W_ih.array.shape[1] != inputs:
        raise RuntimeError(f"{name} got {inputs} inputs a step and weights W_ih of shape {W_ih.array.shape}")
    if T == 0:
        raise RuntimeError(f"{name} needs a sequence of at least one step, got x of shape {x.array.shape}")
    rows = W_ih.array.shape[0]
    H = rows // gates
    P = H if W_hr is None else W_hr.array.shape[0]
    wanted = [("W_ih", W_ih, (gates * H, inputs)), ("W_hh", W_hh, (rows, P)), ("b_ih", b_ih, (rows,))]
    wanted += [("b_hh", b_hh, (rows,)), ("W_hr", W_hr, (P, H)), ("h0", state[0], (B, P))]
    wanted += [("c0", c0, (B, H)) for c0 in state[1:]]
    for what, tensor, shape in wanted:
        if tensor is None:
            continue
        if tensor.array.shape != shape:
            raise RuntimeError(
                f"{name} of {H} units and {B} sequences needs {what} of {shape}, got {tensor.array.shape}"
            )
        if tensor.dtype != x.dtype:
            raise RuntimeError(
                f"{name} needs one dtype, got x of {x.dtype} and {what} of {tensor.dtype}; convert one with .to(dtype)"
            )
    if (b_ih is None) != (b_hh is None):
        raise RuntimeError(f"{name} needs both biases or none")

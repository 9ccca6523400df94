"""RNN, LSTM and GRU over whole sequences by the native engine; projections are the reference's."""

from typing import Any

import numpy as np

import pellucid._native as _native  # noqa: PLR0402 - its absence must be a ModuleNotFoundError
from pellucid.kernels import reference
from pellucid.kernels._types import Array
from pellucid.kernels.native._arrays import F32, I64, plain
from pellucid.kernels.reference._walk import live_steps

__all__ = ["gru", "gru_backward", "lstm", "lstm_backward", "rnn", "rnn_backward"]

_RNN, _RELU, _LSTM, _GRU = range(4)  # as the extension counts them


def _taken(x: Array, *others: Array | None) -> bool:
    """Say whether the extension takes these arrays; it takes x however it lies."""
    return x.dtype is F32 and x.size > 0 and plain(*(a for a in others if a is not None))


def _steps(x: Array | None) -> Array | None:
    return None if x is None else np.ascontiguousarray(x)


def _rows(a: Array) -> Array:
    """Return an array with contiguous rows, which may lie anywhere, as in a batch that comes first."""
    if (a.strides[2] == 4 or a.shape[2] == 1) and a.dtype is F32 and a.flags.aligned and min(a.strides) > 0:
        return a
    return np.ascontiguousarray(a)


def _gradient_rows(dy: Array | None) -> Array | None:
    return None if dy is None else _rows(dy)


def _lengths(lengths: Array | None) -> Array | None:
    return None if lengths is None else np.ascontiguousarray(lengths, dtype=I64)


def _outputs(h_all: Array, lengths: Array | None, reverse: bool) -> tuple[Array, Array]:
    """Return y and the last h."""
    live = live_steps(lengths, len(h_all))
    y = h_all if live is None else np.where(live, h_all, F32.type(0))
    return y, h_all[0 if reverse else -1].copy()


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
    """Return y, the last h, and all states; see the reference."""
    if not _taken(x, h0, W_ih, W_hh, b_ih, b_hh):
        return reference.rnn(x, h0, W_ih, W_hh, b_ih, b_hh, relu, lengths, reverse)
    h = np.empty((*x.shape[:2], W_hh.shape[1]), F32)
    cell, given = _RELU if relu else _RNN, (W_ih, W_hh, b_ih, b_hh, _lengths(lengths), reverse)
    _native.recurrence(cell, _rows(x), h0, None, *given, None, None, h)
    return *_outputs(h, lengths, reverse), h


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
    """Return dx, dh0, dW_ih, dW_hh and db; see the reference."""
    if not _taken(x, h0, W_ih, W_hh, h_all):
        same = x, h0, W_ih, W_hh, relu, lengths, reverse
        return reference.rnn_backward(*same, h_all, dy, dh, need_x, need_W)
    dx, dW_ih, dW_hh, db = _places(x, W_ih, W_hh, need_x, need_W)
    dh0 = np.empty(h0.shape, F32)
    given = _RELU if relu else _RNN, _rows(x), h0, None, W_ih, W_hh, _lengths(lengths), reverse
    last = _gradient_rows(dy), _steps(dh), None
    _native.recurrence_backward(*given, None, None, h_all, *last, dh0, None, dx, dW_ih, dW_hh, db, None)
    return dx, dh0, dW_ih, dW_hh, db


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
    """Return y, the last h and c, and the gates, cells and states of all steps; see the reference."""
    if W_hr is not None or not _taken(x, h0, c0, W_ih, W_hh, b_ih, b_hh):
        return reference.lstm(x, h0, c0, W_ih, W_hh, b_ih, b_hh, W_hr, lengths, reverse)
    gates = np.empty((*x.shape[:2], W_hh.shape[0]), F32)
    c, h = np.empty((2, *x.shape[:2], W_hh.shape[1]), F32)
    given = W_ih, W_hh, b_ih, b_hh, _lengths(lengths), reverse
    _native.recurrence(_LSTM, _rows(x), h0, c0, *given, gates, c, h)
    return *_outputs(h, lengths, reverse), c[0 if reverse else -1].copy(), (gates, c, h)


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
    """Return dx, dh0, dc0, dW_ih, dW_hh, db and dW_hr; see the reference."""
    if W_hr is not None or not _taken(x, h0, c0, W_ih, W_hh, *kept):
        same = x, h0, c0, W_ih, W_hh, W_hr, lengths, reverse
        return reference.lstm_backward(*same, kept, dy, dh, dc, need_x, need_W)
    dx, dW_ih, dW_hh, db = _places(x, W_ih, W_hh, need_x, need_W)
    dh0, dc0 = np.empty(h0.shape, F32), np.empty(c0.shape, F32)
    given = _LSTM, _rows(x), h0, c0, W_ih, W_hh, _lengths(lengths), reverse
    last = _gradient_rows(dy), _steps(dh), _steps(dc)
    _native.recurrence_backward(*given, *kept, *last, dh0, dc0, dx, dW_ih, dW_hh, db, None)
    return dx, dh0, dc0, dW_ih, dW_hh, db, None


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
    """Return y, the last h, and the gates and states of all steps; see the reference."""
    if not _taken(x, h0, W_ih, W_hh, b_ih, b_hh):
        return reference.gru(x, h0, W_ih, W_hh, b_ih, b_hh, lengths, reverse)
    H = W_hh.shape[1]
    gates, h = np.empty((*x.shape[:2], 4 * H), F32), np.empty((*x.shape[:2], H), F32)
    given = W_ih, W_hh, b_ih, b_hh, _lengths(lengths), reverse
    _native.recurrence(_GRU, _rows(x), h0, None, *given, gates, None, h)
    return *_outputs(h, lengths, reverse), (gates, h)


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
    """Return dx, dh0, dW_ih, dW_hh, db_ih and db_hh; see the reference."""
    if not _taken(x, h0, W_ih, W_hh, *kept):
        return reference.gru_backward(x, h0, W_ih, W_hh, lengths, reverse, kept, dy, dh, need_x, need_W)
    gates, h = kept
    dx, dW_ih, dW_hh, db_ih = _places(x, W_ih, W_hh, need_x, need_W)
    db_hh = np.empty(len(W_hh), F32) if need_W else None
    dh0 = np.empty(h0.shape, F32)
    given = _GRU, _rows(x), h0, None, W_ih, W_hh, _lengths(lengths), reverse
    last = _gradient_rows(dy), _steps(dh), None
    _native.recurrence_backward(*given, gates, None, h, *last, dh0, None, dx, dW_ih, dW_hh, db_ih, db_hh)
    return dx, dh0, dW_ih, dW_hh, db_ih, db_hh


def _places(x: Array, W_ih: Array, W_hh: Array, need_x: bool, need_W: bool) -> tuple[Any, Any, Any, Any]:
    """Return arrays for dx, dW_ih, dW_hh and db, and None for what is not needed."""
    dx = np.empty(x.shape, F32) if need_x else None
    if not need_W:
        return dx, None, None, None
    return dx, np.empty(W_ih.shape, F32), np.empty(W_hh.shape, F32), np.empty(len(W_hh), F32)

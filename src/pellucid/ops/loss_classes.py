"""Losses of choosing one class among C, with class indices or probabilities as target.

The classes lie along axis 1 of the input, (N, C) or (N, C, d1, d2 ...), or along the only axis of one sample
(C,). In the formulas z are logits, p = softmax(z), i a sample (with its place in d1, d2 ...), t_i its class.
"""

from typing import Any

import numpy as np

from pellucid import kernels as K
from pellucid._tensor import Array, Tensor, as_tensor, record
from pellucid.ops import indexing
from pellucid.ops import reduction as reductions
from pellucid.ops._classes import Classes, class_axis, class_indices
from pellucid.ops._loss import check_options, quiet, reduced
from pellucid.ops.activation import log_softmax

__all__ = ["cross_entropy", "nll_loss"]


@quiet
def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: Any = None,
    ignore_index: int = -100,
    reduce: Any = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """l_i = -w_(t_i) log p_(i, t_i), or -sum_c w_c q_ic log p_ic for probabilities q; see `CrossEntropyLoss`.

    dz_i = w_(t_i) (p_i - onehot(t_i)) dl_i.

    Args:
        input: z, the logits, (N, C), (N, C, d1 ...) or (C,).
        target: class indices in z's shape without C, or probabilities in z's shape.
        weight: w, one of each class, (C,).
        size_average: not supported; leave it None.
        ignore_index: samples of this class count nothing.
        reduce: not supported; leave it None.
        reduction: "none", "mean" (class indices: sum l / sum w; probabilities: sum l / N) or "sum".
        label_smoothing: the share of the target that is spread evenly over the classes.
    """
    check_options(reduction, size_average, reduce)
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"label_smoothing must lie between 0 and 1, got {label_smoothing}")
    x, t = as_tensor(input), as_tensor(target)
    axis, w = class_axis("cross_entropy", x, weight)
    if t.array.shape == x.array.shape:
        _check_probabilities(t, ignore_index, axis)
        n_classes = x.array.shape[axis]
        q = t * (1 - label_smoothing) + label_smoothing / n_classes if label_smoothing > 0 else t
        return reduced(_soft(x, q, w, axis), reduction)
    if reduction == "mean" and w is None and not label_smoothing and not 0 <= ignore_index < x.array.shape[axis]:
        loss = _plain(x, t)
        if loss is not None:
            return loss
    classes = class_indices("cross_entropy", x, t, w, axis, ignore_index)
    losses = _weigh(_hard(x, classes.places, axis), classes)
    if label_smoothing > 0:
        evenly = Tensor(np.full(x.array.shape, 1 / x.array.shape[axis], dtype=x.dtype))
        spread = _without_ignored(_soft(x, evenly, w, axis), classes)
        losses = losses * (1 - label_smoothing) + spread * label_smoothing
    return _over_weights(losses, classes, reduction)


@quiet
def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: Any = None,
    ignore_index: int = -100,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """l_i = -w_(t_i) x_(i, t_i) for log-probabilities x; dx_i = -w_(t_i) onehot(t_i) dl_i; see `NLLLoss`.

    Args:
        input: x, log-probabilities as `log_softmax` gives them, (N, C), (N, C, d1 ...) or (C,).
        target: class indices in x's shape without C.
        weight: w, one of each class, (C,).
        size_average: not supported; leave it None.
        ignore_index: samples of this class count nothing.
        reduce: not supported; leave it None.
        reduction: "none", "mean" (sum l / sum w) or "sum".
    """
    check_options(reduction, size_average, reduce)
    x, t = as_tensor(input), as_tensor(target)
    axis, w = class_axis("nll_loss", x, weight)
    classes = class_indices("nll_loss", x, t, w, axis, ignore_index)
    chosen = indexing.gather(x, axis, Tensor(np.expand_dims(classes.places, axis))).squeeze(axis)
    return _over_weights(_weigh(-chosen, classes), classes, reduction)


def _plain(x: Tensor, t: Tensor) -> Tensor | None:
    """L = -1/N sum_i log p_(i, t_i), dz_i = (p_i - onehot(t_i)) dL / N, in one step of the tape.

    None where the general way is to be gone: another layout, nothing to average, or classes that are out of range,
    which may be those to ignore.
    """
    z, classes = x.array, t.array
    if z.ndim != 2 or classes.shape != z.shape[:1] or not classes.size or classes.dtype.kind not in "iu":
        return None
    found = K.mean_cross_entropy(z, classes)
    if found is None:
        return None
    loss, shift = found
    n = classes.size
    return record(loss, (x, lambda dl: K.cross_entropy_backward(z, classes, shift, float(dl) / n, 1)))


def _hard(x: Tensor, t: Array, axis: int) -> Tensor:
    """l_i = -log p_(i, t_i); dz_i = (p_i - onehot(t_i)) dl_i."""
    z = x.array
    losses, shift = K.cross_entropy(z, t, axis)
    return record(losses, (x, lambda dl: K.cross_entropy_backward(z, t, shift, dl, axis)))


def _soft(x: Tensor, q: Tensor, w: Array | None, axis: int) -> Tensor:
    """l_i = -sum_c w_c q_ic log p_ic."""
    if w is not None:
        q = q * Tensor(w.reshape(-1, *(1,) * (x.ndim - axis - 1)))  # (C, 1, 1 ...)
    return -reductions.sum(log_softmax(x, axis) * q, axis)


def _weigh(losses: Tensor, classes: Classes) -> Tensor:
    return _without_ignored(losses if classes.weight is None else losses * Tensor(classes.weight), classes)


def _without_ignored(losses: Tensor, classes: Classes) -> Tensor:
    return losses if classes.ignored is None else losses.masked_fill(Tensor(classes.ignored), 0)


def _over_weights(losses: Tensor, classes: Classes, reduction: str) -> Tensor:
    """Reduce; the mean divides by what the samples count together, which ignored ones do not."""
    if reduction != "mean" or (classes.weight is None and classes.ignored is None):
        return reduced(losses, reduction)
    counts = np.ones(losses.array.shape, losses.dtype) if classes.weight is None else classes.weight
    total = np.sum(counts, where=True if classes.ignored is None else ~classes.ignored)
    return reductions.sum(losses) / Tensor(np.asarray(total, dtype=losses.dtype))


def _check_probabilities(t: Tensor, ignore_index: int, axis: int) -> None:
    if t.dtype.kind != "f":
        raise TypeError(
            f"cross_entropy with a target in the input's shape takes probabilities, but these are {t.dtype}; "
            f"convert them with .float(), or give class indices, as target.argmax({axis}) does"
        )
    if ignore_index >= 0:
        raise ValueError(
            f"cross_entropy: ignore_index={ignore_index} works with class indices as target, not with probabilities; "
            "give the samples to ignore probabilities of zero"
        )

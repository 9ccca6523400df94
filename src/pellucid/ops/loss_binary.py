"""Losses of independent yes/no questions: the target t is the probability of yes, one an element."""

from typing import Any

import numpy as np

from pellucid import kernels as K
from pellucid._tensor import Array, Tensor, record
from pellucid.ops._loss import broadcast_constant, check_options, elementwise, in_unit_interval, quiet, reduced

__all__ = ["binary_cross_entropy", "binary_cross_entropy_with_logits", "multilabel_soft_margin_loss"]

_MEND_TARGET = "the target is the probability of yes: 0, 1 or between (for classes 0, 1, 2 ... use cross_entropy)"
_MEND_INPUT = "put a sigmoid before it, or better use binary_cross_entropy_with_logits"


@quiet
def binary_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """L = -w [t log x + (1 - t) log(1 - x)], the logarithms held at -100; see `BCELoss`.

    dx = w (x - t) / (x (1 - x)) dl, the divisor at least 1e-12; dt = w [log(1 - x) - log x] dl.

    Args:
        input: x, probabilities in [0, 1], any shape.
        target: t, in [0, 1], the shape of x.
        weight: w, broadcast to the shape of x.
        size_average: not supported; leave it None.
        reduce: not supported; leave it None.
        reduction: "none", "mean" (over all elements, whatever w) or "sum".
    """
    check_options(reduction, size_average, reduce)
    x, t, a, b = elementwise("binary_cross_entropy", input, target)
    n = a.size
    if reduction == "mean" and weight is None and n and not t.requires_grad:  # one step of the tape
        loss = K.bce(a, b)
        if loss is not None:
            return record(loss, (x, lambda dl: K.bce_backward(a, b, float(dl) / n)))
    in_unit_interval("binary_cross_entropy", "input", a, _MEND_INPUT)
    in_unit_interval("binary_cross_entropy", "target", b, _MEND_TARGET)
    w = 1 if weight is None else broadcast_constant("binary_cross_entropy", "weight", weight, a)
    log_x, log_1_x = np.maximum(K.log(a), -100), np.maximum(K.log1p(-a), -100)

    def dx(dl: Array) -> Array:
        return dl * w * (a - b) / np.maximum(a * (1 - a), 1e-12)

    losses = record(-w * (b * log_x + (1 - b) * log_1_x), (x, dx), (t, lambda dl: dl * w * (log_1_x - log_x)))
    return reduced(losses, reduction)


@quiet
def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """L = w [(1 - t) z + v softplus(-z)] with v = 1 + (pos_weight - 1) t; see `BCEWithLogitsLoss`.

    It is -w [pos_weight t log s + (1 - t) log(1 - s)] for s = sigmoid(z), without the logarithm of a number
    that rounded to 0. dz = w [(1 - t) - v sigmoid(-z)] dl, which is w (s - t) dl when pos_weight is 1;
    dt = w [(pos_weight - 1) softplus(-z) - z] dl.

    Args:
        input: z, the logits, any shape.
        target: t, in [0, 1], the shape of z.
        weight: w, broadcast to the shape of z.
        size_average: not supported; leave it None.
        reduce: not supported; leave it None.
        reduction: "none", "mean" (over all elements, whatever w) or "sum".
        pos_weight: how many times a yes counts, broadcast to the shape of z.
    """
    check_options(reduction, size_average, reduce)
    where = "binary_cross_entropy_with_logits"
    x, t, z, b = elementwise(where, input, target)
    n = z.size
    if reduction == "mean" and weight is None and pos_weight is None and n and not t.requires_grad:
        loss = K.bce_with_logits(z, b)  # one step of the tape
        if loss is not None:
            return record(loss, (x, lambda dl: K.bce_with_logits_backward(z, b, float(dl) / n)))
    in_unit_interval(where, "target", b, _MEND_TARGET)
    w = 1 if weight is None else broadcast_constant(where, "weight", weight, z)
    extra = 0 if pos_weight is None else broadcast_constant(where, "pos_weight", pos_weight, z) - 1
    v, softplus = 1 + extra * b, K.softplus(-z)

    def dz(dl: Array) -> Array:
        return dl * w * (K.sigmoid(z) - b if pos_weight is None else (1 - b) - v * K.sigmoid(-z))

    losses = record(w * ((1 - b) * z + v * softplus), (x, dz), (t, lambda dl: dl * w * (extra * softplus - z)))
    return reduced(losses, reduction)


def multilabel_soft_margin_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """l_i = the mean over the classes of `binary_cross_entropy_with_logits`; see `MultiLabelSoftMarginLoss`."""
    check_options(reduction, size_average, reduce)
    losses = binary_cross_entropy_with_logits(input, target, weight, reduction="none")
    if losses.ndim == 0:
        raise ValueError("multilabel_soft_margin_loss needs an axis of classes, got a single number")
    return reduced(losses.mean(-1), reduction)

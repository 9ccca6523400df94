"""Losses that ask for a margin: they are zero once the right answer is ahead by enough."""

from typing import Any

import numpy as np

from pellucid import kernels as K
from pellucid._tensor import Tensor, as_tensor, record
from pellucid.ops import indexing
from pellucid.ops._classes import class_axis, class_indices
from pellucid.ops._loss import check_options, floating, quiet, reduced, same_shape, signs
from pellucid.ops.elementwise import clamp

__all__ = [
    "hinge_embedding_loss",
    "margin_ranking_loss",
    "multi_margin_loss",
    "multilabel_margin_loss",
    "soft_margin_loss",
]


@quiet
def hinge_embedding_loss(
    input: Tensor,
    target: Tensor,
    margin: float = 1.0,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """L = x where t = 1, max(0, margin - x) where t = -1; see `HingeEmbeddingLoss`."""
    check_options(reduction, size_average, reduce)
    x, t = _labelled("hinge_embedding_loss", input, target)
    return reduced(indexing.where(Tensor(t > 0), x, clamp(margin - x, min=0)), reduction)


@quiet
def margin_ranking_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """L = max(0, -t (x1 - x2) + margin); see `MarginRankingLoss`."""
    check_options(reduction, size_average, reduce)
    x2 = as_tensor(input2)
    x1, t = _labelled("margin_ranking_loss", input1, target, "input1")
    same_shape("margin_ranking_loss", x1, x2, ("input1", "input2"))
    return reduced(clamp((x2 - x1) * Tensor(t) + margin, min=0), reduction)


@quiet
def soft_margin_loss(
    input: Tensor,
    target: Tensor,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """L = log(1 + e^(-t x)); dx = -t sigmoid(-t x) dl; see `SoftMarginLoss`."""
    check_options(reduction, size_average, reduce)
    x, t = _labelled("soft_margin_loss", input, target)
    z = -t * x.array
    return reduced(record(K.softplus(z), (x, lambda dl: -t * K.sigmoid(z) * dl)), reduction)


@quiet
def multi_margin_loss(
    input: Tensor,
    target: Tensor,
    p: int = 1,
    margin: float = 1.0,
    weight: Tensor | None = None,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """l_i = w_(t_i) sum_(c != t_i) max(0, margin - x_(i, t_i) + x_ic)^p / C; see `MultiMarginLoss`."""
    check_options(reduction, size_average, reduce)
    if p not in (1, 2):
        raise ValueError(f"multi_margin_loss needs p = 1 or p = 2, got {p}")
    x = as_tensor(input)
    if x.ndim not in (1, 2):
        raise ValueError(f"multi_margin_loss needs an input of shape (N, C) or (C,), got {x.array.shape}")
    axis, w = class_axis("multi_margin_loss", x, weight)
    classes = class_indices("multi_margin_loss", x, as_tensor(target), w, axis, None)
    own = np.expand_dims(classes.places, axis)  # (N, 1)
    z = (x - indexing.gather(x, axis, Tensor(own)) + margin).relu()
    if p == 2:
        z = z.square()
    others = Tensor(np.arange(x.array.shape[axis]) != own)  # (N, C)
    losses = z.masked_fill(~others, 0).mean(axis)
    return reduced(losses if classes.weight is None else losses * Tensor(classes.weight), reduction)


@quiet
def multilabel_margin_loss(
    input: Tensor,
    target: Tensor,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """l_i = sum over labels j and classes c that are none of max(0, 1 - (x_ij - x_ic)) / C; see `MultiLabelMarginLoss`.

    A row of the target lists labels up to the first -1.
    """
    check_options(reduction, size_average, reduce)
    where = "multilabel_margin_loss"
    x, t = as_tensor(input), as_tensor(target)
    floating(where, x)
    if x.ndim not in (1, 2):
        raise ValueError(f"{where} needs an input of shape (N, C) or (C,), got {x.array.shape}")
    same_shape(where, x, t)
    if t.dtype.kind not in "iu":
        raise TypeError(f"{where} needs class indices of an integer type, got {t.dtype}; convert them with .long()")
    listed = np.cumsum(t.array == -1, axis=-1) == 0  # (N, C), those before the first -1
    n_classes = x.array.shape[-1]
    wrong = listed & ((t.array < 0) | (t.array >= n_classes))
    if wrong.any():
        raise IndexError(
            f"{where}: label {t.array[wrong].flat[0]} is out of range for {n_classes} classes, which are numbered 0 to "
            f"{n_classes - 1}; -1 ends a row's labels"
        )
    # How often class j is listed in its row: a label that is written twice counts twice, as in PyTorch.
    counts = np.sum((t.array[..., None] == np.arange(n_classes)) & listed[..., None], axis=-2).astype(x.dtype)
    pairs = counts[..., :, None] * (counts == 0)[..., None, :]  # (N, C of j, C of c)
    z = (1 - x.unsqueeze(-1) + x.unsqueeze(-2)).relu()
    z = z.masked_fill(Tensor(pairs == 0), 0) * Tensor(pairs)  # filled first: an overflow times 0 would be NaN
    return reduced(z.sum((-2, -1)) / float(n_classes), reduction)


def _labelled(where: str, input: Any, target: Any, name: str = "input") -> tuple[Tensor, Any]:
    """Return the input and its labels of 1 and -1, which must have one shape."""
    x, t = as_tensor(input), as_tensor(target)
    floating(where, x, name)
    same_shape(where, x, t, (name, "target"))
    return x, signs(where, t, x.array)

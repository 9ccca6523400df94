"""Losses on the distance between embeddings: rows (N, D), or single vectors (D,)."""

from collections.abc import Callable
from typing import Any

from pellucid._tensor import Tensor, as_tensor
from pellucid.ops import indexing
from pellucid.ops._loss import check_options, floating, quiet, reduced, same_shape, signs
from pellucid.ops.elementwise import clamp

__all__ = ["cosine_embedding_loss", "triplet_margin_loss", "triplet_margin_with_distance_loss"]

Distance = Callable[[Tensor, Tensor], Tensor]


@quiet
def cosine_embedding_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """l_i = 1 - cos(x1_i, x2_i) where t_i = 1, max(0, cos(x1_i, x2_i) - margin) where t_i = -1.

    cos = x1 x2 / sqrt((|x1|^2 + 1e-12) (|x2|^2 + 1e-12)), PyTorch's guard of the zero vector; see
    `CosineEmbeddingLoss`.
    """
    check_options(reduction, size_average, reduce)
    x1, x2, t = as_tensor(input1), as_tensor(input2), as_tensor(target)
    _rows("cosine_embedding_loss", (x1, x2), ("input1", "input2"))
    if t.array.shape != x1.array.shape[:-1]:
        raise ValueError(
            f"cosine_embedding_loss needs one target of each row, shape {x1.array.shape[:-1]} for inputs of shape "
            f"{x1.array.shape}, got {t.array.shape}"
        )
    positive = signs("cosine_embedding_loss", t, x1.array) > 0
    lengths = ((x1.square().sum(-1) + 1e-12) * (x2.square().sum(-1) + 1e-12)).sqrt()
    cos = (x1 * x2).sum(-1) / lengths
    return reduced(indexing.where(Tensor(positive), 1 - cos, clamp(cos - margin, min=0)), reduction)


def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """l_i = max(0, d(a_i, p_i) - d(a_i, n_i) + margin) with d(x, y) = |x - y + eps|_p; see `TripletMarginLoss`."""
    check_options(reduction, size_average, reduce)

    def distance(x: Tensor, y: Tensor) -> Tensor:
        return (x - y + eps).norm(p, -1)

    return triplet_margin_with_distance_loss(
        anchor, positive, negative, distance_function=distance, margin=margin, swap=swap, reduction=reduction
    )


@quiet
def triplet_margin_with_distance_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    *,
    distance_function: Distance | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """l_i = max(0, d(a_i, p_i) - d(a_i, n_i) + margin) with a distance d of one's own.

    With `swap` d(a, n) becomes the smaller of it and d(p, n); see `TripletMarginWithDistanceLoss`.
    """
    check_options(reduction)
    if margin <= 0:
        raise ValueError(f"triplet margin losses need a margin above 0, got {margin}")
    if distance_function is None:
        return triplet_margin_loss(anchor, positive, negative, margin, swap=swap, reduction=reduction)
    a, p, n = as_tensor(anchor), as_tensor(positive), as_tensor(negative)
    _rows("triplet margin loss", (a, p, n), ("anchor", "positive", "negative"))
    to_positive, to_negative = distance_function(a, p), distance_function(a, n)
    if swap:
        to_negative = to_negative.minimum(distance_function(p, n))
    same_shape(
        "triplet margin loss", to_positive, to_negative, ("distance to the positive", "distance to the negative")
    )
    return reduced(clamp(to_positive - to_negative + margin, min=0), reduction)


def _rows(where: str, tensors: tuple[Tensor, ...], names: tuple[str, ...]) -> None:
    """Refuse embeddings of different shapes, integers, and single numbers."""
    first = tensors[0]
    for x, name in zip(tensors, names, strict=True):
        floating(where, x, name)
        same_shape(where, first, x, (names[0], name))
    if first.ndim == 0:
        raise ValueError(f"{where} needs vectors (D,) or rows (N, D), got single numbers")

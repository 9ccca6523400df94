"""Losses on the distance between embeddings."""

from collections.abc import Callable
from typing import Any

from pellucid._tensor import Tensor
from pellucid.nn import functional as F
from pellucid.nn.loss import Loss

__all__ = ["CosineEmbeddingLoss", "TripletMarginLoss", "TripletMarginWithDistanceLoss"]


class CosineEmbeddingLoss(Loss):
    """l_i = 1 - cos(x1_i, x2_i) where t_i = 1 (alike), max(0, cos(x1_i, x2_i) - margin) where t_i = -1 (different).

    Shapes: x1 and x2 (N, D), t (N,), or (D,) and (); l t's shape with reduction="none", else a single number.
    The squared lengths get 1e-12 added, so that the zero vector has cosine 0. Targets other than 1 and -1 are
    refused, and so are shapes that would broadcast.

    Args:
        margin: the cosine up to which different pairs cost nothing, in [-1, 1].
        size_average: not supported; leave it None.
        reduce: not supported; leave it None.
        reduction: "none", "mean" or "sum".

    Raises:
        ValueError: when shapes do not fit, a target is not 1 or -1, or the reduction is unknown.
        RuntimeError: when the inputs hold integers.

    Example:
        >>> import pellucid
        >>> x1, x2 = pellucid.tensor([[1.0, 0.0], [1.0, 0.0]]), pellucid.tensor([[0.0, 2.0], [3.0, 4.0]])
        >>> CosineEmbeddingLoss(reduction="none")(x1, x2, pellucid.tensor([1, -1]))  # 1 - 0, 3 / 5
        tensor([1.0000, 0.6000])
    """

    def __init__(
        self, margin: float = 0.0, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        """Return the loss of two embeddings against the labels t."""
        return F.cosine_embedding_loss(input1, input2, target, margin=self.margin, reduction=self.reduction)


class TripletMarginLoss(Loss):
    """l_i = max(0, d(a_i, p_i) - d(a_i, n_i) + margin) with the distance d(x, y) = |x - y + eps|_p.

    Source: Balntas et al., "Learning local feature descriptors with triplets and shallow convolutional neural
    networks" (2016), with their swap: d(a, n) becomes the smaller of d(a, n) and d(p, n).
    Shapes: anchor, positive and negative (N, D) or (D,); l (N,) or () with reduction="none", else a single number.
    Shapes that would broadcast are refused.

    Args:
        margin: by how much the negative should be farther than the positive, in units of the distance.
        p: the order of the norm.
        eps: added to every difference, so that the norm has a derivative where two embeddings are equal.
        swap: use the distance swap.
        size_average: not supported; leave it None.
        reduce: not supported; leave it None.
        reduction: "none", "mean" or "sum".

    Raises:
        ValueError: when the shapes differ, margin is not above 0, or the reduction is unknown.
        RuntimeError: when the inputs hold integers.

    Example:
        >>> import pellucid
        >>> a, p, n = pellucid.tensor([[0.0, 0.0]]), pellucid.tensor([[3.0, 4.0]]), pellucid.tensor([[0.0, 4.0]])
        >>> TripletMarginLoss()(a, p, n)  # 5 - 4 + 1
        tensor(2.0000)
        >>> TripletMarginLoss(swap=True)(a, p, n)  # 5 - 3 + 1
        tensor(3.0000)
    """

    def __init__(
        self,
        margin: float = 1.0,
        p: float = 2.0,
        eps: float = 1e-6,
        swap: bool = False,
        size_average: Any = None,
        reduce: Any = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        if margin <= 0:
            raise ValueError(f"TripletMarginLoss needs a margin above 0, got {margin}")
        self.margin, self.p, self.eps, self.swap = margin, p, eps, swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        """Return the loss of anchors against positives and negatives."""
        return F.triplet_margin_loss(
            anchor,
            positive,
            negative,
            margin=self.margin,
            p=self.p,
            eps=self.eps,
            swap=self.swap,
            reduction=self.reduction,
        )


class TripletMarginWithDistanceLoss(Loss):
    """`TripletMarginLoss` with a distance of one's own: l_i = max(0, d(a_i, p_i) - d(a_i, n_i) + margin).

    Shapes: anchor, positive and negative of one shape, rows first; l is what d returns with reduction="none", else
    a single number.

    Args:
        distance_function: d(x, y), of tensors, returning one number a row; |x - y + 1e-6| when None.
        margin: by how much the negative should be farther than the positive, in units of d.
        swap: d(a, n) becomes the smaller of d(a, n) and d(p, n).
        reduction: "none", "mean" or "sum".

    Raises:
        ValueError: when the shapes differ, margin is not above 0, or the reduction is unknown.
        RuntimeError: when the inputs hold integers.

    Example:
        >>> import pellucid
        >>> a, p, n = pellucid.tensor([[0.0, 0.0]]), pellucid.tensor([[3.0, 4.0]]), pellucid.tensor([[0.0, 4.0]])
        >>> TripletMarginWithDistanceLoss(distance_function=lambda x, y: (x - y).abs().sum(-1))(a, p, n)  # 7 - 4 + 1
        tensor(4.)
    """

    def __init__(
        self,
        *,
        distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
        margin: float = 1.0,
        swap: bool = False,
        reduction: str = "mean",
    ) -> None:
        super().__init__(reduction=reduction)
        if margin <= 0:
            raise ValueError(f"TripletMarginWithDistanceLoss needs a margin above 0, got {margin}")
        self.distance_function, self.margin, self.swap = distance_function, margin, swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        """Return the loss of anchors against positives and negatives."""
        return F.triplet_margin_with_distance_loss(
            anchor,
            positive,
            negative,
            distance_function=self.distance_function,
            margin=self.margin,
            swap=self.swap,
            reduction=self.reduction,
        )

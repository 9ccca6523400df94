"""Layers that compare vectors."""

from pellucid._tensor import Tensor
from pellucid.nn import functional as F
from pellucid.nn.module import Module

__all__ = ["CosineSimilarity", "PairwiseDistance"]


class CosineSimilarity(Module):
    """y = x1·x2 / (max(‖x1‖, ε) max(‖x2‖, ε)) along an axis: the cosine of the angle, 0 for a zero vector.

    Args:
        dim: the axis of the vectors' elements.
        eps: ε, below which a length counts as ε.

    Example:
        >>> import pellucid
        >>> CosineSimilarity()(pellucid.tensor([[0.0, 2.0]]), pellucid.tensor([[3.0, 0.0]])).tolist()
        [0.0]
    """

    def __init__(self, dim: int = 1, eps: float = 1e-8) -> None:
        super().__init__()
        self.dim, self.eps = dim, eps

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        """Return the cosine of the angle between x1 and x2."""
        return F.cosine_similarity(x1, x2, self.dim, self.eps)


class PairwiseDistance(Module):
    """y = ‖x1 - x2 + ε‖_p along the last axis; ε keeps the gradient finite where x1 = x2.

    Args:
        p: the order of the norm.
        eps: ε, added to each difference.
        keepdim: keep the last axis with length 1.

    Example:
        >>> import pellucid
        >>> round(PairwiseDistance()(pellucid.zeros(1, 2), pellucid.tensor([[3.0, 4.0]])).item(), 3)
        5.0
    """

    def __init__(self, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> None:
        super().__init__()
        self.norm, self.eps, self.keepdim = p, eps, keepdim

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        """Return the distance between x1 and x2."""
        return F.pairwise_distance(x1, x2, self.norm, self.eps, self.keepdim)

"""Losses that ask for a margin."""

from typing import Any

from pellucid._tensor import Tensor
from pellucid.nn import functional as F
from pellucid.nn.loss import Loss

__all__ = ["HingeEmbeddingLoss", "MarginRankingLoss", "MultiLabelMarginLoss", "MultiMarginLoss", "SoftMarginLoss"]


class HingeEmbeddingLoss(Loss):
    """For distances x: l = x where t = 1 (alike), max(0, margin - x) where t = -1 (different).

    Shapes: x and t any one shape; l that shape with reduction="none", else a single number.
    Targets other than 1 and -1 are refused; PyTorch would add both terms for them.

    Args:
        margin: from where on different pairs cost nothing, in units of x.
        size_average: not supported; leave it None.
        reduce: not supported; leave it None.
        reduction: "none", "mean" or "sum".

    Raises:
        ValueError: when the shapes differ, a target is not 1 or -1, or the reduction is unknown.
        RuntimeError: when the input holds integers.

    Example:
        >>> import pellucid
        >>> x, t = pellucid.tensor([0.25, 0.25, 2.0]), pellucid.tensor([1, -1, -1])
        >>> HingeEmbeddingLoss(reduction="none")(x, t)  # x, 1 - x, 0
        tensor([0.2500, 0.7500, 0.0000])
    """

    def __init__(
        self, margin: float = 1.0, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss of the distances x against the labels t."""
        return F.hinge_embedding_loss(input, target, margin=self.margin, reduction=self.reduction)


class MarginRankingLoss(Loss):
    """For two scores: l = max(0, -t (x1 - x2) + margin), where t = 1 wants x1 above x2 and t = -1 below.

    Shapes: x1, x2 and t any one shape; l that shape with reduction="none", else a single number.
    Targets other than 1 and -1 are refused, and so are shapes that would broadcast.

    Args:
        margin: by how much one score should be above the other.
        size_average: not supported; leave it None.
        reduce: not supported; leave it None.
        reduction: "none", "mean" or "sum".

    Raises:
        ValueError: when the shapes differ, a target is not 1 or -1, or the reduction is unknown.
        RuntimeError: when the inputs hold integers.

    Example:
        >>> import pellucid
        >>> x1, x2 = pellucid.tensor([3.0, 3.0]), pellucid.tensor([1.0, 1.0])
        >>> MarginRankingLoss(reduction="none")(x1, x2, pellucid.tensor([1, -1]))
        tensor([0., 2.])
    """

    def __init__(
        self, margin: float = 0.0, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        """Return the loss of two scores against the wanted order."""
        return F.margin_ranking_loss(input1, input2, target, margin=self.margin, reduction=self.reduction)


class SoftMarginLoss(Loss):
    """The logistic loss of two classes, l = log(1 + e^(-t x)) for t = 1 or -1, in nats.

    It equals `BCEWithLogitsLoss` with (t + 1) / 2 as target, and is exact for every finite x.
    Shapes: x and t any one shape; l that shape with reduction="none", else a single number.
    Targets other than 1 and -1 are refused; PyTorch would give the target 0 the loss log 2 without a gradient.

    Args:
        size_average: not supported; leave it None.
        reduce: not supported; leave it None.
        reduction: "none", "mean" or "sum".

    Raises:
        ValueError: when the shapes differ, a target is not 1 or -1, or the reduction is unknown.
        RuntimeError: when the input holds integers.

    Example:
        >>> import pellucid
        >>> SoftMarginLoss(reduction="none")(pellucid.tensor([0.0, -1000.0]), pellucid.tensor([1, 1]))  # ln 2, 1000
        tensor([   0.6931, 1000.0000])
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss of the logits x against the labels t."""
        return F.soft_margin_loss(input, target, reduction=self.reduction)


class MultiMarginLoss(Loss):
    """The hinge loss of many classes, l_i = w_(t_i) sum_(c != t_i) max(0, margin - x_(i, t_i) + x_ic)^p / C.

    Source: Weston and Watkins, "Support vector machines for multi-class pattern recognition" (1999), with p = 1.
    Shapes: x (N, C) or (C,); t class indices, (N,) or (); l t's shape with reduction="none", else a single number.
    The mean divides by N, not by the sum of the weights, as in PyTorch.

    Args:
        p: 1 or 2.
        margin: by how much the right score should be above each other.
        weight: w, one of each class, (C,).
        size_average: not supported; leave it None.
        reduce: not supported; leave it None.
        reduction: "none", "mean" or "sum".

    Raises:
        ValueError: when shapes do not fit, p is not 1 or 2, or the reduction is unknown.
        TypeError: when class indices are no integers.
        IndexError: when a class index is not in 0 ... C - 1.
        RuntimeError: when the input holds integers.

    Example:
        >>> import pellucid
        >>> x = pellucid.tensor([[0.0, 2.0, 0.5, -3.0]])
        >>> MultiMarginLoss()(x, pellucid.tensor([0]))  # (3 + 1.5 + 0) / 4
        tensor(1.1250)
    """

    weight: Tensor | None

    def __init__(
        self,
        p: int = 1,
        margin: float = 1.0,
        weight: Tensor | None = None,
        size_average: Any = None,
        reduce: Any = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        if p not in (1, 2):
            raise ValueError(f"MultiMarginLoss needs p = 1 or p = 2, got {p}")
        self.register_buffer("weight", weight)
        self.p, self.margin = p, margin

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss of the scores x against classes."""
        return F.multi_margin_loss(
            input, target, p=self.p, margin=self.margin, weight=self.weight, reduction=self.reduction
        )


class MultiLabelMarginLoss(Loss):
    """The hinge loss of several labels a sample, l_i = sum_(j in t_i) sum_(c not in t_i) max(0, 1 - x_ij + x_ic) / C.

    Shapes: x (N, C) or (C,); t the same shape, integers: each row lists its labels and ends with -1; l (N,) or ()
    with reduction="none", else a single number. A label listed twice counts twice, as in PyTorch.

    Args:
        size_average: not supported; leave it None.
        reduce: not supported; leave it None.
        reduction: "none", "mean" or "sum".

    Raises:
        ValueError: when the shapes differ, or the reduction is unknown.
        TypeError: when the labels are no integers.
        IndexError: when a label is not in -1 ... C - 1.
        RuntimeError: when the input holds integers.

    Example:
        >>> import pellucid
        >>> x, t = pellucid.tensor([0.0, 2.0, 0.5, 0.5]), pellucid.tensor([1, 0, -1, 3])
        >>> MultiLabelMarginLoss()(x, t)  # label 1: 0, 0; label 0: 1.5, 1.5; (3.0) / 4
        tensor(0.7500)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss of the scores x against lists of labels."""
        return F.multilabel_margin_loss(input, target, reduction=self.reduction)

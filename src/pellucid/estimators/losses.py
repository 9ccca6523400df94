"""Losses of a row: what its outputs cost together.

nn's losses are means over all elements; with several outputs, alpha and the learning rate would then mean something
else than with one. Here an epoch's loss is the mean over rows of the sum over outputs, as scikit-learn's gradients are.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from pellucid._tensor import Tensor
from pellucid.nn import functional as F
from pellucid.nn.loss import Loss
from pellucid.ops import reduction as reductions
from pellucid.ops.arithmetic import maximum

__all__ = ["HeadsCrossEntropy", "QuantileLoss", "RowLoss"]


class RowLoss(Loss):
    """The base: a subclass says what each output of each row costs.

    Shapes: outputs (n, k), targets as the subclass says; a number, or (n,) with reduction="none".
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the mean over rows, their sum, or each row's."""
        rows = reductions.sum(self.costs(input, target), 1)
        if self.reduction == "none":
            return rows
        return reductions.mean(rows) if self.reduction == "mean" else reductions.sum(rows)

    def costs(self, input: Tensor, target: Tensor) -> Tensor:
        """Return (n, m): parts of what each row costs."""
        raise NotImplementedError


class HeadsCrossEntropy(RowLoss):
    """The cross-entropies of several heads, each choosing among classes of its own.

    Shapes: outputs (n, sum of sizes), the logits of the heads side by side; targets (n, heads), class indices.

    Args:
        sizes: how many classes each head has.
    """

    def __init__(self, sizes: Sequence[int], reduction: str = "mean") -> None:
        super().__init__(reduction=reduction)
        self.sizes = tuple(sizes)

    def costs(self, input: Tensor, target: Tensor) -> Tensor:
        """Return each head's cross-entropy."""
        from pellucid.ops.shape import stack

        ends = np.cumsum((0, *self.sizes))
        heads = [
            F.cross_entropy(input[:, a:b], target[:, i], reduction="none") for i, (a, b) in enumerate(pairwise(ends))
        ]
        return stack(heads, 1)


class QuantileLoss(RowLoss):
    """The pinball loss: l = max(q e, (q - 1) e) with e = t - x, least where x is the q-quantile of t.

    Shapes: outputs (n, k * quantiles), the quantiles of each target side by side; targets (n, k).
    Source: Koenker and Bassett, 1978.

    Args:
        quantiles: each q, in (0, 1).
    """

    def __init__(self, quantiles: Sequence[float], reduction: str = "mean") -> None:
        super().__init__(reduction=reduction)
        self.quantiles = tuple(quantiles)

    def costs(self, input: Tensor, target: Tensor) -> Tensor:
        """Return what each quantile costs."""
        q = Tensor(np.asarray(self.quantiles, input.dtype))
        n, k = target.array.shape
        e = target.reshape(n, k, 1) - input.reshape(n, k, len(self.quantiles))  # (n, k, quantiles)
        return maximum(q * e, (q - 1) * e).reshape(n, -1)

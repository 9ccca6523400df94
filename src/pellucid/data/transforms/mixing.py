"""Mixup: training on blends of two samples and of their labels."""

from typing import Any

import numpy as np

from pellucid._tensor import Tensor, as_array
from pellucid.random import default_generator

__all__ = ["MixUp"]


class MixUp:
    """Blend every sample of a batch with another one, and their classes in the same proportion.

    x~_i = lam x_i + (1 - lam) x_j,  y~_i = lam onehot(y_i) + (1 - lam) onehot(y_j),  lam ~ Beta(alpha, alpha)

    with one lam for the batch and j a permutation of it, both drawn from `pellucid.random` in the stream "mixup".
    `CrossEntropyLoss` takes such targets. For training batches only. Zhang, Cisse, Dauphin and Lopez-Paz (2018).

    What differs from torchvision's v2.MixUp: j is a permutation, as in the paper, not the neighbour in the batch.

    Shapes: X (N, ...), y (N,) whole numbers in 0..num_classes-1; the result has X's shape and (N, num_classes).

    Args:
        alpha: positive; small ones leave most samples nearly pure.
        num_classes: the number of classes.

    Raises:
        ValueError: when alpha or num_classes is not positive, or y does not fit.

    Example:
        >>> import pellucid
        >>> _ = pellucid.manual_seed(0)
        >>> X, Y = MixUp(alpha=0.4, num_classes=2)(np.eye(2, dtype=np.float32), np.array([0, 1]))
        >>> X.shape, np.round(Y.array.sum(axis=1), 6).tolist()
        (Size([2, 2]), [1.0, 1.0])
    """

    def __init__(self, alpha: float = 1.0, *, num_classes: int) -> None:
        if not alpha > 0 or not np.isfinite(alpha):
            raise ValueError(f"MixUp: alpha must be positive, got {alpha!r}")
        if num_classes < 1:
            raise ValueError(f"MixUp: num_classes must be at least 1, got {num_classes!r}")
        self.alpha, self.num_classes = alpha, num_classes

    def __call__(self, X: Any, y: Any) -> tuple[Tensor, Tensor]:
        """Return the blended batch."""
        x, classes = as_array(X), as_array(y)
        if x.dtype.kind != "f":
            raise TypeError(f"MixUp blends floating-point samples, got {x.dtype}; put ToTensor() before it")
        if classes.shape != x.shape[:1] or classes.dtype.kind not in "iu":
            raise ValueError(
                f"MixUp: y must be a class index for each of the {len(x)} samples, got {classes.dtype} {classes.shape}"
            )
        if len(classes) and not (classes.min() >= 0 and classes.max() < self.num_classes):
            raise ValueError(
                f"MixUp: classes must lie in 0..{self.num_classes - 1}, got {classes.min()}..{classes.max()}"
            )
        draws = default_generator.numpy("mixup")
        lam = x.dtype.type(draws.beta(self.alpha, self.alpha))
        other = draws.permutation(len(x))
        one_hot = np.eye(self.num_classes, dtype=x.dtype)[classes]
        return Tensor(lam * x + (1 - lam) * x[other]), Tensor(lam * one_hot + (1 - lam) * one_hot[other])

    def __repr__(self) -> str:
        return f"MixUp(alpha={self.alpha}, num_classes={self.num_classes})"

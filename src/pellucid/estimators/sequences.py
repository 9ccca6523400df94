"""Sequences of unequal length in one array, each step marked as there or not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from pellucid._tensor import Array, Tensor
from pellucid.models import Model
from pellucid.nn import Module

__all__ = ["MarkedSequences", "StepScale", "as_sequences", "marked"]


def as_sequences(X: Any, who: str) -> list[Array]:
    """Return the sequences of a 3-D array, or of a list of 2-D ones, each (steps, features), all finite.

    Raises:
        ValueError: for other axes, a sequence without a step, another number of features, or NaN or infinity, naming
            the sequence.
    """
    if isinstance(X, np.ndarray) and X.dtype != object:
        if X.ndim != 3:
            hint = "; for one feature a step give X[:, :, None]" if X.ndim == 2 else ""
            raise ValueError(f"{who} takes sequences as (n, steps, features) or a list, got the shape {X.shape}{hint}")
        if 0 in X.shape[1:]:
            raise ValueError(f"{who}: a sequence needs at least one step and one feature, got the shape {X.shape}")
    elif not isinstance(X, (list, tuple, np.ndarray)):
        raise ValueError(
            f"{who} takes sequences as an array (n, steps, features) or a list of arrays (steps, features), "
            f"got {type(X).__name__}"
        )
    found = [_checked(i, x, who) for i, x in enumerate(X)]
    sizes = {x.shape[1] for x in found}
    if len(sizes) > 1:
        odd = next(i for i, x in enumerate(found) if x.shape[1] != found[0].shape[1])
        raise ValueError(
            f"{who}: all sequences have the same features; sequence 0 has {found[0].shape[1]}, sequence {odd} has "
            f"{found[odd].shape[1]}"
        )
    return found


def _checked(i: int, x: Any, who: str) -> Array:
    array = np.asarray(x)
    if array.dtype.kind not in "fiub":
        raise ValueError(f"{who}: sequence {i} must hold numbers, got {array.dtype}")
    if array.ndim != 2:
        hint = "; for one feature a step give x[:, None]" if array.ndim == 1 else ""
        raise ValueError(f"{who}: sequence {i} must have the axes (steps, features), got {array.shape}{hint}")
    if 0 in array.shape:
        raise ValueError(f"{who}: sequence {i} needs at least one step and one feature, got the shape {array.shape}")
    numbers = array if array.dtype.kind == "f" else array.astype(np.float64)
    finite = np.isfinite(numbers)
    if not finite.all():
        step, feature = (int(k) for k in np.argwhere(~finite)[0])
        value = "NaN" if np.isnan(numbers[step, feature]) else "infinity"
        raise ValueError(f"{who}: sequence {i} holds {value} at step {step}, feature {feature}; impute or drop it")
    return numbers


def marked(sequences: list[Array], scale: "StepScale") -> Array:
    """Return the sequences as one float32 array (n, T, features + 1), filled up with zeros at their ends.

    T is the length of the longest; the last feature is 1 where there is a step and 0 behind the end.
    """
    lengths = np.array([len(x) for x in sequences], np.int64)
    there = np.arange(lengths.max(initial=0)) < lengths[:, None]  # (n, T)
    out = np.zeros((*there.shape, scale.n_features + 1), np.float32)
    if sequences:
        out[there] = np.concatenate([scale(np.concatenate(sequences)), np.ones((lengths.sum(), 1))], axis=1)
    return out


@dataclass(frozen=True)
class StepScale:
    """x' = (x - mean) / std of each feature, over all steps of the training sequences.

    Attributes:
        mean: of each feature.
        std: the same; 1 where a feature is constant.
    """

    mean: tuple[float, ...]
    std: tuple[float, ...]

    @classmethod
    def fit(cls, sequences: list[Array]) -> Self:
        """Learn the scale of training sequences."""
        steps = np.concatenate(sequences).astype(np.float64)
        std = steps.std(axis=0)
        return cls(tuple(steps.mean(axis=0).tolist()), tuple(np.where(std > 0, std, 1.0).tolist()))

    @classmethod
    def none(cls, n_features: int) -> Self:
        """Return the scale that changes nothing."""
        return cls((0.0,) * n_features, (1.0,) * n_features)

    @property
    def n_features(self) -> int:
        """How many features each step has."""
        return len(self.mean)

    def __call__(self, steps: Array) -> Array:
        """Return steps (n, features) on the scale of the training."""
        return (steps - np.asarray(self.mean)) / np.asarray(self.std)

    def to_json(self) -> dict[str, Any]:
        """Return the numbers as JSON can hold them."""
        return {"mean": list(self.mean), "std": list(self.std)}

    @classmethod
    def from_json(cls, state: Mapping[str, Any]) -> Self:
        """Make the scale again."""
        return cls(tuple(map(float, state["mean"])), tuple(map(float, state["std"])))


class MarkedSequences(Module):
    """Gives a model that takes (x, lengths) sequences in which a last feature marks the steps that are there.

    Shapes: x (N, T, features + 1), as `marked` makes it. What is behind the end of the longest sequence of a batch is
    cut off, so short batches take little time.

    Args:
        reader: the model.
    """

    def __init__(self, reader: Model) -> None:
        super().__init__()
        self.reader = reader

    def forward(self, x: Tensor) -> Tensor:
        """Return what the model answers."""
        lengths = x.array[:, :, -1].sum(1).astype(np.int64)
        return self.reader(Tensor(x.array[:, : lengths.max(initial=1), :-1]), lengths)

"""Training pictures, each epoch a little different."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pellucid._suggest import nearest
from pellucid._tensor import Array, Tensor
from pellucid.data import DataLoader
from pellucid.random import default_generator

__all__ = ["AUGMENTATIONS", "Variation", "checked_augmentation", "varied_loader"]

Variation = Callable[[Array, np.random.Generator], Array]
"""A function of a batch (n, channels, height, width) and a generator that gives a varied batch of the same shape."""


def _shift(x: Array, rng: np.random.Generator) -> Array:
    """Move each picture by up to an eighth of its sides; the pixels of the border fill what comes free."""
    n, _, h, w = x.shape
    my, mx = max(1, h // 8), max(1, w // 8)
    padded = np.pad(x, ((0, 0), (0, 0), (my, my), (mx, mx)), mode="edge")
    pieces = np.lib.stride_tricks.sliding_window_view(padded, (h, w), (2, 3))  # (n, c, 2 my + 1, 2 mx + 1, h, w)
    return pieces[np.arange(n), :, rng.integers(2 * my + 1, size=n), rng.integers(2 * mx + 1, size=n)]


def _flip(x: Array, rng: np.random.Generator) -> Array:
    """Mirror half of the pictures left and right."""
    return np.where(rng.random(len(x))[:, None, None, None] < 0.5, x[..., ::-1], x)


AUGMENTATIONS: dict[str, Variation] = {"shift": _shift, "flip": _flip}
"""What `CNNClassifier(augment=)` takes by name."""


def checked_augmentation(augment: Any) -> list[Variation]:
    """Return the functions of a name, several names, a function, or None.

    Raises:
        ValueError: for a name that there is not.
        TypeError: for anything else.
    """
    if augment is None:
        return []
    if callable(augment):
        return [augment]
    if isinstance(augment, str):
        augment = [augment]
    if not isinstance(augment, Sequence):
        raise TypeError(f"augment is a name such as 'shift', a list of names, a function or None, got {augment!r}")
    for name in augment:
        if name not in AUGMENTATIONS:
            raise ValueError(f"there is no augmentation {name!r}{nearest(str(name), AUGMENTATIONS)}")
    return [AUGMENTATIONS[name] for name in augment]


def varied_loader(
    arrays: Sequence[Array], variations: Sequence[Variation], *, batch_size: int, shuffle: bool, seed: int
) -> DataLoader:
    """Return a loader of batches of the arrays, of which the first one, the pictures, is varied.

    What is drawn for a batch is a function of (seed, epoch, batch), as everything that a loader draws.

    Raises:
        ValueError: when a variation gives another shape.
    """

    def collate(rows: list[int]) -> list[Tensor]:
        x = arrays[0][rows]
        for vary in variations:
            y = np.asarray(vary(x, default_generator.numpy("augment")))
            if y.shape != x.shape:
                raise ValueError(f"an augmentation must keep the shape {x.shape}, it gave {y.shape}")
            x = y
        x = np.ascontiguousarray(x, arrays[0].dtype)
        return [Tensor(x), *(Tensor(a[rows]) for a in arrays[1:])]

    return DataLoader(range(len(arrays[0])), batch_size, shuffle, collate_fn=collate, seed=seed)

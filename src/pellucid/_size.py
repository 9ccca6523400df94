"""Size: the shape of a tensor."""

import math
from typing import SupportsIndex, overload

__all__ = ["Size"]


class Size(tuple[int, ...]):
    """A tensor's shape: a tuple that prints as PyTorch's and counts elements, as do its slices and sums."""

    __slots__ = ()

    def numel(self) -> int:
        """The number of elements."""
        return math.prod(self)

    @overload
    def __getitem__(self, place: SupportsIndex) -> int: ...
    @overload
    def __getitem__(self, place: slice) -> "Size": ...
    def __getitem__(self, place: SupportsIndex | slice) -> "int | Size":
        found = super().__getitem__(place)
        return Size(found) if isinstance(found, tuple) else found

    def __add__(self, other: tuple[int, ...]) -> "Size":  # type: ignore[override]  # sizes hold integers only
        return Size(super().__add__(other))

    def __repr__(self) -> str:
        return f"Size({list(self)})"

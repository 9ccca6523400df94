"""Size: the shape of a tensor."""

__all__ = ["Size"]


class Size(tuple[int, ...]):
    """A tensor's shape: a tuple that prints as PyTorch's and counts elements."""

    __slots__ = ()

    def numel(self) -> int:
        """The number of elements."""
        total = 1
        for n in self:
            total *= n
        return total

    def __repr__(self) -> str:
        return f"Size({list(self)})"

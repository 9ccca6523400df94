"""How arrays lie in memory."""

from pellucid.kernels._types import Array

__all__ = ["reshape"]


def reshape(x: Array, sizes: tuple[int, ...]) -> Array:
    """Return x with other sizes of its axes; a view where that can be.

    Raises:
        ValueError: when the numbers of elements differ.
    """
    return x.reshape(sizes)

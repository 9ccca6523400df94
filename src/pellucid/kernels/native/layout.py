"""How arrays lie in memory, by the native engine."""

from pellucid.kernels import reference
from pellucid.kernels._types import Array
from pellucid.kernels.native._arrays import as_plain, lying_last

__all__ = ["reshape"]


def reshape(x: Array, sizes: tuple[int, ...]) -> Array:
    """Return x with other sizes of its axes; images that lie channels last become rows without NumPy's slow copy."""
    if len(sizes) == 2 and x.ndim > 2 and sizes[0] == x.shape[0] and lying_last(x) is not None:
        x = as_plain(x)
    return reference.reshape(x, sizes)

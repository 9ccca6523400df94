"""The question whether there is a GPU of Apple's; here the answer is no."""

__all__ = ["is_available", "is_built"]


def is_available() -> bool:
    """Return False: Pellucid computes on the CPU."""
    return False


def is_built() -> bool:
    """Return False: Pellucid was built for the CPU."""
    return False

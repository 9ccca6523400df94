"""PyTorch's question whether there is a GPU; here the answer is no."""

__all__ = ["device_count", "is_available", "manual_seed", "manual_seed_all"]


def is_available() -> bool:
    """Return False: Pellucid computes on the CPU."""
    return False


def device_count() -> int:
    """Return 0."""
    return 0


def manual_seed(seed: int) -> None:
    """Seed the GPUs, of which there are none; `pellucid.manual_seed` seeds the numbers that are drawn."""


def manual_seed_all(seed: int) -> None:
    """Seed all GPUs, of which there are none; `pellucid.manual_seed` seeds the numbers that are drawn."""

"""PyTorch's question which accelerator there is; here the answer is none."""

__all__ = ["current_accelerator", "device_count", "is_available"]


def is_available() -> bool:
    """Return False: Pellucid computes on the CPU."""
    return False


def device_count() -> int:
    """Return 0."""
    return 0


def current_accelerator(check_available: bool = False) -> None:
    """Return None: there is no accelerator."""

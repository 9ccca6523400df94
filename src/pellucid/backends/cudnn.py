"""The switches for repeatable results on NVIDIA's GPUs.

They change nothing, because results here are the same at every run, whatever they say.
"""

__all__ = ["benchmark", "deterministic", "enabled", "is_available"]

benchmark = False
deterministic = True
enabled = False


def is_available() -> bool:
    """Return False: Pellucid computes on the CPU."""
    return False

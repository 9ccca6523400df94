"""PyTorch's libraries for GPUs, of which there are none here; programs set these switches before they train.

The switches change nothing, because results are the same at every run whatever they say.
"""

from types import SimpleNamespace

__all__ = ["cudnn", "mps"]

cudnn = SimpleNamespace(benchmark=False, deterministic=True, enabled=False, is_available=lambda: False)
"""The switches for repeatable results on NVIDIA's GPUs."""

mps = SimpleNamespace(is_available=lambda: False, is_built=lambda: False)
"""Apple's GPUs."""

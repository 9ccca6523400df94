"""PyTorch's libraries for GPUs, of which there are none here: programs ask for them and set their switches."""

from pellucid.backends import cudnn, mps

__all__ = ["cudnn", "mps"]

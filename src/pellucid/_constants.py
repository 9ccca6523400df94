"""The numbers that PyTorch names: `pellucid.pi`, `pellucid.inf` ..."""

from math import e, inf, nan, pi

__all__ = ["e", "inf", "nan", "pi"]

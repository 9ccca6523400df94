"""Differentiable operations, one family a file: every formula with its gradient beside it."""

from pellucid.ops import methods

__all__ = ["methods"]

methods.attach()

"""PyTorch's path to the data classes: `pellucid.utils.data`."""

from pellucid.utils import data

__all__ = ["data"]

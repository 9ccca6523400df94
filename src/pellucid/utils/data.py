"""The data classes under the path that PyTorch programs import them from."""

from pellucid.data.datasets import Dataset, Subset, TensorDataset, random_split
from pellucid.data.loader import DataLoader, default_collate

__all__ = ["DataLoader", "Dataset", "Subset", "TensorDataset", "default_collate", "random_split"]

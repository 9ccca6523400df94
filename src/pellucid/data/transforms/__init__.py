"""What is done with pictures before a network sees them, in torchvision's names; Pillow does the pixel work.

The fixed ones give the same every time; the drawn ones (`Random...`, `ColorJitter`, `MixUp`) take their numbers
from `pellucid.random`, which a `DataLoader` sets by seed, epoch and batch: the same seed and epoch give the same
pictures, also in a run that was interrupted and resumed.
"""

from pellucid.data.transforms.drawn import ColorJitter, RandomCrop, RandomHorizontalFlip, RandomRotation
from pellucid.data.transforms.fixed import CenterCrop, Compose, Normalize, Resize, ToArray, ToTensor
from pellucid.data.transforms.mixing import MixUp

__all__ = [
    "CenterCrop",
    "ColorJitter",
    "Compose",
    "MixUp",
    "Normalize",
    "RandomCrop",
    "RandomHorizontalFlip",
    "RandomRotation",
    "Resize",
    "ToArray",
    "ToTensor",
]

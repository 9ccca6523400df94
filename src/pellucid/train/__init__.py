"""Training and judging: the trainer, its callbacks, metrics, run folders."""

from pellucid.train.callbacks import (
    Callback,
    CSVLogger,
    EarlyStopping,
    GradientNormClipping,
    GradientValueClipping,
    LRLogger,
    MaxNorm,
    ModelCheckpoint,
    PlainProgress,
    RichProgress,
    StopTraining,
    TensorBoardLogger,
    TerminateOnNaN,
    TrainingDivergedError,
    progress,
)
from pellucid.train.history import History
from pellucid.train.lr_finder import LRRangeTest
from pellucid.train.sample_weights import balanced_class_weights
from pellucid.train.trainer import Trainer

__all__ = [
    "CSVLogger",
    "Callback",
    "EarlyStopping",
    "GradientNormClipping",
    "GradientValueClipping",
    "History",
    "LRLogger",
    "LRRangeTest",
    "MaxNorm",
    "ModelCheckpoint",
    "PlainProgress",
    "RichProgress",
    "StopTraining",
    "TensorBoardLogger",
    "TerminateOnNaN",
    "Trainer",
    "TrainingDivergedError",
    "balanced_class_weights",
    "progress",
]

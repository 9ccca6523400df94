"""Callbacks: what happens beside training, one idea a class."""

from pellucid.train.callbacks.callback import Callback, StopTraining, TrainingDivergedError
from pellucid.train.callbacks.checkpoint import ModelCheckpoint
from pellucid.train.callbacks.clipping import GradientNormClipping, GradientValueClipping, MaxNorm
from pellucid.train.callbacks.early_stopping import EarlyStopping
from pellucid.train.callbacks.loggers import CSVLogger, LRLogger, TensorBoardLogger
from pellucid.train.callbacks.progress import PlainProgress, RichProgress, progress
from pellucid.train.callbacks.terminate_on_nan import TerminateOnNaN

__all__ = [
    "CSVLogger",
    "Callback",
    "EarlyStopping",
    "GradientNormClipping",
    "GradientValueClipping",
    "LRLogger",
    "MaxNorm",
    "ModelCheckpoint",
    "PlainProgress",
    "RichProgress",
    "StopTraining",
    "TensorBoardLogger",
    "TerminateOnNaN",
    "TrainingDivergedError",
    "progress",
]

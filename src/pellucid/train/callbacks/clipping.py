"""Callbacks that bound gradients and weights."""

from typing import TYPE_CHECKING, ClassVar

from pellucid.nn.utils import clip_grad_norm_, clip_grad_value_, max_norm_
from pellucid.train.callbacks.callback import Callback

if TYPE_CHECKING:
    from pellucid.train.trainer import Trainer

__all__ = ["GradientNormClipping", "GradientValueClipping", "MaxNorm"]


class GradientNormClipping(Callback):
    """Scales all gradients together so that their norm is at most `max_norm` (Pascanu et al., 2013)."""

    shapes_steps: ClassVar[bool] = True

    def __init__(self, max_norm: float, norm_type: float = 2.0) -> None:
        if not max_norm > 0:
            raise ValueError(f"max_norm must be positive, got {max_norm}")
        self.max_norm, self.norm_type = max_norm, norm_type

    def on_gradients(self, trainer: "Trainer") -> None:
        """Scale the gradients."""
        clip_grad_norm_(trainer.model.parameters(), self.max_norm, self.norm_type)


class GradientValueClipping(Callback):
    """Holds every element of every gradient between -clip_value and clip_value."""

    shapes_steps: ClassVar[bool] = True

    def __init__(self, clip_value: float) -> None:
        if not clip_value > 0:
            raise ValueError(f"clip_value must be positive, got {clip_value}")
        self.clip_value = clip_value

    def on_gradients(self, trainer: "Trainer") -> None:
        """Clip the gradients."""
        clip_grad_value_(trainer.model.parameters(), self.clip_value)


class MaxNorm(Callback):
    """Scales the weights that enter a unit so that their norm is at most `max_norm` (Srivastava et al., 2014)."""

    shapes_steps: ClassVar[bool] = True

    def __init__(self, max_norm: float) -> None:
        if not max_norm > 0:
            raise ValueError(f"max_norm must be positive, got {max_norm}")
        self.max_norm = max_norm

    def on_step_end(self, trainer: "Trainer") -> None:
        """Scale the weights of matrices; biases are left alone."""
        max_norm_([p for p in trainer.model.parameters() if p.ndim > 1], self.max_norm)

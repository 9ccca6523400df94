"""From the settings of a run and its data to the trainer: what happens before the first step."""

from collections.abc import Callable, Iterable
from typing import Any

from pellucid import optim, random
from pellucid._tensor import Tensor
from pellucid.models import build_model
from pellucid.nn import Module
from pellucid.nn.utils import l1_penalty
from pellucid.optim import lr_scheduler
from pellucid.train.callbacks import Callback, GradientNormClipping
from pellucid.train.config import RunConfig
from pellucid.train.kinds import Prepared, prepare
from pellucid.train.trainer import Trainer

__all__ = ["Prepared", "build_trainer", "prepare"]


def build_trainer(config: RunConfig, prepared: Prepared, callbacks: Iterable[Callback] = ()) -> Trainer:
    """Make the model with its first weights, the optimizer and the trainer of a run."""
    settings = prepared.model_settings(config)
    with random.default_generator.at(config.seed, 0):
        model = build_model(settings)
    loss = prepared.loss(config)
    optimizer = _optimizer(config, model)
    steps = -(-prepared.sizes()["train"] // config.batch_size)
    scheduler, every = _scheduler(config, optimizer, steps)
    extra: list[Callback] = [GradientNormClipping(config.clip_norm)] if config.clip_norm is not None else []
    return Trainer(
        model,
        loss,
        optimizer,
        metrics=prepared.metrics() or None,
        scheduler=scheduler,
        schedule_every=every,
        penalty=_l1(config.l1) if config.l1 else None,
        callbacks=[*extra, *callbacks],
        seed=config.seed,
    )


def _optimizer(config: RunConfig, model: Module) -> optim.Optimizer:
    options: dict[str, Any] = {"lr": config.lr, "weight_decay": config.weight_decay}
    if config.momentum:
        options["momentum"] = config.momentum
    return optim.REGISTRY[config.optimizer](model.parameters(), **options)


def _scheduler(config: RunConfig, optimizer: optim.Optimizer, steps: int) -> tuple[Any, str]:
    """Return the schedule and how often it is stepped; lengths follow from the number of epochs."""
    s, epochs = lr_scheduler, config.epochs
    if config.schedule == "onecycle":
        return s.OneCycleLR(optimizer, max_lr=10 * config.lr, total_steps=max(steps * epochs, 2)), "step"
    made: dict[str, Callable[[], Any]] = {
        "none": lambda: None,
        "cosine": lambda: s.CosineAnnealingLR(optimizer, T_max=epochs),
        "exponential": lambda: s.ExponentialLR(optimizer, gamma=0.01 ** (1 / epochs)),
        "plateau": lambda: s.ReduceLROnPlateau(optimizer, factor=0.5, patience=max(1, config.patience // 3)),
        "step": lambda: s.StepLR(optimizer, step_size=max(1, epochs // 3), gamma=0.1),
    }
    return made[config.schedule](), "epoch"


def _l1(weight: float) -> Any:
    def penalty(model: Module) -> Tensor:
        return l1_penalty([p for p in model.parameters() if p.ndim > 1]) * weight

    return penalty

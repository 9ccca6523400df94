"""From the settings of a run to the arrays and the trainer: what happens before the first step."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pellucid import optim, random
from pellucid._tensor import Array, Tensor
from pellucid.data import (
    DataError,
    EmbeddedData,
    Split,
    TablePreprocessor,
    Target,
    embedded_names,
    load_embedded,
    read_table,
    separate_target,
    split_rows,
    time_order,
)
from pellucid.models import build_model, suggest_architecture
from pellucid.nn import CrossEntropyLoss, Module, MSELoss
from pellucid.nn.utils import l1_penalty
from pellucid.optim import lr_scheduler
from pellucid.train.callbacks import Callback, GradientNormClipping
from pellucid.train.config import ConfigError, RunConfig
from pellucid.train.evaluation import accuracy
from pellucid.train.sample_weights import balanced_class_weights
from pellucid.train.trainer import Trainer

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Prepared", "build_trainer", "prepare", "source_of"]


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A table made ready for training.

    Attributes:
        name: the data set's or file's name.
        sha256: digest of the data as read; a resumed run refuses other data.
        rows: rows as read.
        dropped: rows left out because their target is missing.
        features: the inputs as a table, without target and split column.
        labels: the target as read, row by row of `features`.
        split: which rows are for training, validation and test.
        preprocessor: fitted on the training rows only.
        target: the same.
        X: (rows - dropped, features) float32.
        y: (rows - dropped,) class indices, or (rows - dropped, 1) standardised numbers.
    """

    name: str
    sha256: str
    rows: int
    dropped: int
    features: "pd.DataFrame"
    labels: "pd.Series[Any]"
    split: Split
    preprocessor: TablePreprocessor
    target: Target
    X: Array
    y: Array

    def part(self, name: str) -> tuple[Array, Array]:
        """Return (X, y) of "train", "validation" or "test"."""
        rows = getattr(self.split, name)
        return self.X[rows], self.y[rows]


def source_of(data: str) -> "tuple[pd.DataFrame, str, EmbeddedData | None]":
    """Return the table that a name or path means, the digest of its content, and the embedded set if it is one.

    A file wins over an embedded set of the same name.

    Raises:
        DataError: when there is neither.
    """
    path = Path(data)
    if not path.exists() and data in embedded_names():
        embedded = load_embedded(data)
        text = embedded.frame.to_csv(index=False, lineterminator="\n")
        return embedded.frame, hashlib.sha256(text.encode()).hexdigest(), embedded
    if not path.exists() and not path.suffix and path.parent == Path():
        load_embedded(data)  # raises, and says which names there are
    frame = read_table(data)
    return frame, hashlib.sha256(path.read_bytes()).hexdigest(), None


def prepare(config: RunConfig) -> Prepared:
    """Read, split and transform the data of a run; everything fitted is fitted on the training rows.

    Raises:
        DataError: for data that cannot be used.
        ConfigError: for settings that do not go with the data.
    """
    frame, digest, embedded = source_of(config.data)
    name = config.target or (embedded.target if embedded else None)
    if name is None:
        raise ConfigError(
            f"target is missing: which column of {config.data} is to be predicted? Its columns are "
            f"{', '.join(map(str, frame.columns))}"
        )
    features, labels, dropped = separate_target(frame, name)
    task = embedded.task if embedded is not None and config.task == "auto" and config.target is None else config.task
    whole = Target.infer(labels, task)
    features, key = _without(features, config)
    ordering = {"time": "order", "group": "groups"}.get(config.split)
    split = split_rows(
        len(labels),
        labels=whole.transform(labels) if whole.is_classification else None,
        class_names=whole.classes or None,
        test_size=config.test_size,
        validation_size=config.validation_size,
        method=config.split,  # type: ignore[arg-type] # checked by RunConfig
        stratify=config.stratify,
        seed=config.seed,
        **({ordering: key} if ordering else {}),
    )
    target = whole.refit(labels.iloc[split.train])
    preprocessor = TablePreprocessor(scaling=config.scaling, kinds=config.kinds)  # type: ignore[arg-type]
    preprocessor.fit(features.iloc[split.train])
    if not preprocessor.feature_names_out:
        raise DataError(f"{config.data} has no column to learn from: all were left out ({preprocessor.left_out})")
    return Prepared(
        name=embedded.name if embedded else Path(config.data).name,
        sha256=digest,
        rows=len(frame),
        dropped=dropped,
        features=features,
        labels=labels,
        split=split,
        preprocessor=preprocessor,
        target=target,
        X=preprocessor.transform(features),
        y=target.transform(labels),
    )


def _without(features: "pd.DataFrame", config: RunConfig) -> "tuple[pd.DataFrame, Any]":
    """Take the dropped columns and the one that splits out of the features; return that one's order or groups."""
    for setting, names in (("drop", config.drop), ("kinds", config.kinds)):
        unknown = [c for c in names if c not in features.columns]
        if unknown:
            raise ConfigError(
                f"{setting} names {unknown[0]!r}, which is no input column; they are "
                f"{', '.join(map(str, features.columns))}"
            )
    features = features.drop(columns=list(config.drop))
    if config.split_column is None:
        return features, None
    if config.split_column not in features.columns:
        raise ConfigError(
            f"split_column {config.split_column!r} is no column; they are {', '.join(map(str, features.columns))}"
        )
    column = features[config.split_column]
    if config.split == "time":
        return features, time_order(column)
    if column.isna().any():
        raise DataError(f"column {config.split_column!r} lacks the group of {int(column.isna().sum())} rows; fill it")
    return features.drop(columns=[config.split_column]), column.to_numpy()


def build_trainer(config: RunConfig, prepared: Prepared, callbacks: Iterable[Callback] = ()) -> Trainer:
    """Make the model with its first weights, the optimizer and the trainer of a run."""
    target, (X, y) = prepared.target, prepared.part("train")
    hidden = config.hidden
    if hidden is None:
        hidden = suggest_architecture(X.shape[1], target.n_outputs, target.task, n_rows=len(X))[1:-1]
    settings = {
        "kind": "MLP",
        "sizes": [X.shape[1], *hidden, target.n_outputs],
        "activation": config.activation,
        "dropout": config.dropout,
        "batch_norm": config.batch_norm,
    }
    with random.default_generator.at(config.seed, 0):
        model = build_model(settings)
    if config.batch_norm and len(X) % config.batch_size == 1:
        raise ConfigError(
            f"batch_norm needs at least two rows a batch, and {len(X)} training rows in batches of "
            f"{config.batch_size} leave one over; choose another batch_size"
        )
    if target.is_classification:
        weight = balanced_class_weights(y, target.n_classes) if config.class_weight == "balanced" else None
        loss: Module = CrossEntropyLoss(weight=weight)
    elif config.class_weight != "none":
        raise ConfigError("class_weight is for classes, and the target is a number")
    else:
        loss = MSELoss()
    optimizer = _optimizer(config, model)
    steps = -(-len(X) // config.batch_size)
    scheduler, every = _scheduler(config, optimizer, steps)
    extra: list[Callback] = [GradientNormClipping(config.clip_norm)] if config.clip_norm is not None else []
    return Trainer(
        model,
        loss,
        optimizer,
        metrics={"accuracy": accuracy} if target.is_classification else None,
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

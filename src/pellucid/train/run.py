"""A whole run: data to trained, evaluated network in a folder, resumable at any moment."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pellucid import __version__
from pellucid._files import write_json
from pellucid._serialization import save
from pellucid._tensor import Array
from pellucid.models import Model
from pellucid.train.callbacks import Callback, CSVLogger, EarlyStopping, ModelCheckpoint
from pellucid.train.config import RunConfig
from pellucid.train.findings import findings
from pellucid.train.history import History
from pellucid.train.kinds import KINDS, PARTS, Prepared
from pellucid.train.prepare import build_trainer, prepare
from pellucid.train.run_folder import FORMAT, RunError, RunFiles, read_config, read_status, write_status
from pellucid.train.trainer import Trainer

__all__ = ["RunResult", "refuse_taken", "resume_run", "train_run"]


@dataclass(frozen=True, kw_only=True)
class RunResult:
    """What a run came to.

    Attributes:
        folder: where everything was written.
        config: the settings.
        prepared: the data as used.
        model: the network with the weights that were kept.
        history: epoch by epoch.
        metrics: flat dicts of "train", "validation" and "test".
        baseline: what the simplest guess reaches on the test part.
        outputs: of the test part: probabilities, or predictions in the target's unit.
        seconds: of training, over all sittings.
        interrupted: whether Ctrl-C ended it.
        warnings: sentences on what a reader should know.
    """

    folder: Path
    config: RunConfig
    prepared: Prepared
    model: Model
    history: History
    metrics: dict[str, dict[str, float]]
    baseline: dict[str, float]
    outputs: Array
    seconds: float
    interrupted: bool
    warnings: list[str]


def train_run(
    config: RunConfig,
    folder: str | Path,
    callbacks: Iterable[Callback] = (),
    *,
    on_prepared: Callable[[Prepared, Trainer], None] | None = None,
    checkpoint_every_steps: int | None = None,
) -> RunResult:
    """Train what `config` describes and leave everything in `folder`.

    Args:
        config: the settings.
        folder: a new folder; one that already holds files is refused.
        callbacks: further callbacks, such as a progress display.
        on_prepared: told the data and the trainer before the first step.
        checkpoint_every_steps: write checkpoints also inside of epochs.

    Raises:
        RunError: when the folder is not empty.
        DataError: for data that cannot be used; no folder is made then.
        ConfigError: for settings that do not go with the data; no folder is made then.
        TrainingDivergedError: when the loss is no longer a number.
    """
    refuse_taken(folder)
    files = RunFiles(folder)
    prepared = prepare(config)
    trainer = _trainer(config, prepared, files, callbacks, checkpoint_every_steps)
    is_new = not files.folder.exists()
    files.folder.mkdir(parents=True, exist_ok=True)
    model: Any = trainer.model
    described = {
        "format": FORMAT,
        "pellucid": __version__,
        "kind": prepared.kind,
        "settings": {k: v for k, v in config.to_json().items() if k in KINDS[prepared.kind].settings},
        "model": model.config(),
        "target": prepared.target_json(),
        "data": {"name": prepared.name, "sha256": prepared.sha256, "rows": prepared.rows},
        "checkpoint_every_steps": checkpoint_every_steps,
    }
    try:
        prepared.save(files.folder)
        write_status(folder, "running")
        write_json(files.config, described)  # last, because it makes the folder a run
    except BaseException:
        # What was begun is no run and could not be resumed; the folder was empty before.
        for path in files.folder.iterdir():
            path.unlink()
        if is_new:
            files.folder.rmdir()
        raise
    return _fit(config, prepared, trainer, files, on_prepared)


def refuse_taken(folder: str | Path) -> None:
    """Refuse a folder for a new run.

    Raises:
        RunError: when it is not empty.
    """
    path = Path(folder)
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise RunError(f"{folder} already exists and is not empty; choose another folder, or continue it with --resume")


def resume_run(
    folder: str | Path,
    callbacks: Iterable[Callback] = (),
    *,
    on_prepared: Callable[[Prepared, Trainer], None] | None = None,
) -> RunResult:
    """Continue an interrupted run to the weights that it would have had undisturbed, bit for bit.

    Args:
        folder: the run.
        callbacks: the same kinds as were given to `train_run`; a progress display may differ.
        on_prepared: told the data and the trainer before the first step.

    Raises:
        RunError: when the run is finished, or its data have changed since it began.
    """
    described, files = read_config(folder), RunFiles(folder)
    if read_status(folder).get("status") == "finished":
        raise RunError(f"{folder} is finished, there is nothing to resume; train anew into another folder")
    config = RunConfig.from_json(described["settings"])
    prepared = prepare(config)
    if prepared.sha256 != described["data"]["sha256"]:
        raise RunError(
            f"{config.data} has changed since {folder} was begun; its run cannot be continued with other data"
        )
    trainer = _trainer(config, prepared, files, callbacks, described.get("checkpoint_every_steps"))
    for left in files.folder.rglob(".*.tmp"):  # what a killed process was writing
        left.unlink()
    checkpoint = files.checkpoints / "last.safetensors"
    if checkpoint.exists():
        try:
            trainer.load_checkpoint(checkpoint)
        except (LookupError, RuntimeError, TypeError, ValueError) as error:
            raise RunError(f"{checkpoint} cannot be continued from: {error}") from None
    return _fit(config, prepared, trainer, files, on_prepared)


def _trainer(
    config: RunConfig,
    prepared: Prepared,
    files: RunFiles,
    callbacks: Iterable[Callback],
    every_steps: int | None,
) -> Trainer:
    own: list[Callback] = [
        EarlyStopping(patience=config.patience),
        *callbacks,
        CSVLogger(files.history),
        ModelCheckpoint(files.checkpoints, every_steps=every_steps),
    ]
    return build_trainer(config, prepared, own)


def _fit(
    config: RunConfig,
    prepared: Prepared,
    trainer: Trainer,
    files: RunFiles,
    on_prepared: Callable[[Prepared, Trainer], None] | None,
) -> RunResult:
    """Train to the end and write what came out of it."""
    if on_prepared is not None:
        on_prepared(prepared, trainer)
    try:
        history = trainer.fit(
            prepared.part("train"), prepared.part("validation"), epochs=config.epochs, batch_size=config.batch_size
        )
    except Exception:
        with suppress(OSError):  # a full disk may be what ended it
            write_status(files.folder, "failed", stopped=trainer.history.stopped)
        raise
    model: Any = trainer.model
    prepared.settle(model, files.folder)
    metrics, outputs = _judge(prepared, trainer)
    guess = prepared.baseline()
    seconds = sum(history["seconds"]) if history.epochs else 0.0
    interrupted = history.stopped.startswith("Interrupted")
    save(dict(model.state_dict()), files.model)
    write_json(files.metrics, metrics)
    write_status(
        files.folder,
        "interrupted" if interrupted else "finished",
        stopped=history.stopped,
        best_epoch=history.best_epoch,
        seconds=seconds,
        steps=trainer.replayed,
    )
    return RunResult(
        folder=files.folder,
        config=config,
        prepared=prepared,
        model=model,
        history=history,
        metrics=metrics,
        baseline=guess,
        outputs=outputs,
        seconds=seconds,
        interrupted=interrupted,
        warnings=findings(config, prepared, history, metrics, guess),
    )


def _judge(prepared: Prepared, trainer: Trainer) -> tuple[dict[str, dict[str, float]], Array]:
    """Return the metrics of every part, and the test part's outputs."""
    model: Any = trainer.model
    metrics, outputs = {}, np.empty(0)
    for part in PARTS:
        loss = trainer.evaluate(prepared.part(part))["loss"]
        numbers, outputs = prepared.score(model, part, loss)
        metrics[part] = {"loss": loss, **numbers}
    return metrics, outputs

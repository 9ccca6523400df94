"""Time series: what comes next, from what came before."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from pellucid._extras import require
from pellucid._files import write_json
from pellucid._tensor import Array, Tensor
from pellucid.data import DataError, Series, SeriesWindows, series_of, split_series
from pellucid.models import Model
from pellucid.models.recurrent import CELLS
from pellucid.nn import Module, MSELoss
from pellucid.train.batches import outputs_by_batch
from pellucid.train.config import ConfigError, RunConfig
from pellucid.train.evaluation import evaluate_numbers
from pellucid.train.kinds.base import PARTS, Prepared, Run
from pellucid.train.kinds.stored import read_state
from pellucid.train.kinds.table_source import read_source, source_of
from pellucid.train.kinds.tokens import layers_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PreparedSeries", "SeriesRun", "Window", "prepare_series"]


@dataclass(frozen=True)
class Window:
    """How a network sees a series: windows relative to their last value, in units of the past's spread.

    x = (v_k ... v_{k+window-1} - last) / scale,  y = (what followed - last) / scale,  last = v_{k+window-1}

    A level that rises beyond all that was seen in training looks the same to the network that way.

    Attributes:
        window: values that are seen.
        horizon: values that are forecast.
        season: values of one season, for the simplest guess.
        scale: the standard deviation of the training part.
        in_steps: whether the network reads the values one after the other: X is (n, window, 1) then.
    """

    window: int
    horizon: int
    season: int
    scale: float
    in_steps: bool = False

    def samples(self, values: Array) -> tuple[Array, Array, Array]:
        """Return X (n, window), y (n, horizon), and last (n, 1) of a part of a series."""
        windows = SeriesWindows(values, self.window, self.horizon)
        past, future = (t.array for t in windows.tensors)
        last = past[:, -1:]
        return self._seen(past - last), self._scaled(future - last), last

    def _seen(self, values: Array) -> Array:
        X = self._scaled(values)
        return X[..., None] if self.in_steps else X

    def _scaled(self, values: Array) -> Array:
        return np.ascontiguousarray(values / self.scale, np.float32)

    def inputs(self, past: Array) -> Array:
        """Return X (1, window) of the latest values."""
        return self._seen(past[None, -self.window :] - past[-1])

    def forecasts(self, model: Model, X: Array, last: Array) -> Array:
        """Return what the model forecasts, (n, horizon) in the series' unit."""
        return outputs_by_batch(model, Tensor(X), 1024).astype(np.float64) * self.scale + last

    def naive(self, values: Array) -> Array:
        """Return that the last season comes again, (n, horizon), for every window of a part."""
        past = SeriesWindows(values, self.window, self.horizon).tensors[0].array
        return past[:, self.window - self.season + np.arange(self.horizon) % self.season]

    def truth(self, values: Array) -> Array:
        """Return what followed, (n, horizon), for every window of a part."""
        return SeriesWindows(values, self.window, self.horizon).tensors[1].array


@dataclass(frozen=True, kw_only=True)
class PreparedSeries(Prepared):
    """A series made ready for training.

    Attributes:
        series: as read.
        parts: the values of the three parts, in the order of time; see `split_series`.
        view: how they are seen; its scale is that of the training part.
    """

    kind: ClassVar[str] = "series"
    noun: ClassVar[str] = "forecasts"
    series: Series
    parts: dict[str, Array]
    view: Window

    def sizes(self) -> dict[str, int]:
        return {name: len(part) - self.view.window - self.view.horizon + 1 for name, part in self.parts.items()}

    def part(self, name: str) -> tuple[Array, Array]:
        return self.view.samples(self.parts[name])[:2]

    def model_settings(self, config: RunConfig) -> dict[str, Any]:
        if self.view.in_steps:
            size, layers = layers_of(config.hidden, (32,))
            return {
                "kind": "RecurrentRegressor",
                "n_inputs": 1,
                "n_outputs": self.view.horizon,
                "hidden_size": size,
                "cell": config.model,
                "num_layers": layers,
                "dropout": config.dropout,
            }
        hidden = (64, 64) if config.hidden is None else config.hidden
        return {
            "kind": "MLP",
            "sizes": [self.view.window, *hidden, self.view.horizon],
            "activation": config.activation,
            "dropout": config.dropout,
        }

    def loss(self, config: RunConfig) -> Module:
        return MSELoss()

    def score(self, model: Model, part: str, loss: float) -> tuple[dict[str, float], Array]:
        values = self.parts[part]
        X, _, last = self.view.samples(values)
        outputs = self.view.forecasts(model, X, last)
        return evaluate_numbers(self.view.truth(values).ravel(), outputs.ravel()), outputs

    def baseline(self) -> dict[str, float]:
        values = self.parts["test"]
        found = evaluate_numbers(self.view.truth(values).ravel(), self.view.naive(values).ravel())
        return {name: found[name] for name in ("mae", "rmse")}

    def guess(self) -> str:
        season = self.view.season
        return "the last value again" if season == 1 else f"the last season of {season} values again"

    def save(self, folder: Path) -> None:
        write_json(folder / "preprocessing.json", {"format": 1, **vars(self.view)})

    def example(self) -> Tensor:
        return Tensor(self.part("train")[0][:1])

    def facts(self) -> dict[str, str]:
        values, times = self.series.values, self.series.times
        begin, end = (str(t).removesuffix(" 00:00:00+00:00") for t in (times[0], times[-1]))
        return {
            "data": self.name,
            "series": f"{self.series.name}, {len(values):,} values from {begin} to {end}",
            "forecast": f"{self.view.horizon} ahead from the last {self.view.window}; a season has {self.view.season}",
            "forecasts": ", ".join(f"{n:,} {part}" for part, n in self.sizes().items()),
        }

    def answers(self, outputs: Array, test: Mapping[str, float]) -> dict[str, Any]:
        split = {part: n * self.view.horizon for part, n in self.sizes().items()}
        return {
            "task": "regression",
            "target": self.series.name,
            "rows": sum(split.values()),
            "split": split,
            "y_true": self.view.truth(self.parts["test"]).ravel(),
            "y_pred": outputs.ravel(),
        }


def prepare_series(config: RunConfig) -> PreparedSeries:
    """Read a series and divide it in time; the scale is that of the training part.

    Raises:
        DataError: for a series that cannot be used or is too short.
        ConfigError: for settings that do not go with it.
    """
    frame, digest, _ = source_of(config.data)
    if config.target is None:
        raise ConfigError(f"target is missing: which column of {config.data} is to be forecast?")
    horizon = int(config.horizon or 1)
    series = series_of(frame, config.target, time=config.time)
    season = config.season or series.season
    window = config.window or max(2 * season, 2 * horizon)
    if season > window:
        raise ConfigError(f"season {season} is longer than window {window}; the last season must be seen")
    parts = split_series(
        series.values, window, test_size=config.test_size, validation_size=config.validation_size, horizon=horizon
    )
    scale = float(parts.train.std())
    if not scale > 0:
        raise DataError(f"column {config.target!r} is {parts.train[0]:g} all through the training part")
    return PreparedSeries(
        name=Path(config.data).name,
        sha256=digest,
        rows=len(frame),
        series=series,
        parts=dict(zip(PARTS, parts, strict=True)),
        view=Window(window, horizon, season, scale, in_steps=config.model in CELLS),
    )


@dataclass(frozen=True, kw_only=True)
class SeriesRun(Run):
    """A network that forecasts a series.

    Attributes:
        view: how it sees one.
    """

    view: Window

    @classmethod
    def load(cls, folder: Path, config: RunConfig, model: Model, described: Mapping[str, Any]) -> Self:
        state = read_state(folder, {"window": int, "horizon": int, "season": int, "scale": float, "in_steps": bool})
        view = Window(**{field.name: state[field.name] for field in fields(Window)})
        return cls(folder=folder, config=config, model=model, view=view)

    def read(self, data: str) -> "tuple[pd.DataFrame, str]":
        return read_source(data)

    def predict(self, data: "pd.DataFrame") -> "pd.DataFrame":
        """Return the next `horizon` times and values after the last one of the table."""
        pd = require("pandas", "tabular")
        series = series_of(data, str(self.config.target), time=self.config.time)
        if len(series.values) < self.view.window:
            raise DataError(f"{len(series.values)} values are fewer than the {self.view.window} that the network sees")
        last = series.values[-1:, None]
        made = self.view.forecasts(self.model, self.view.inputs(series.values), last)[0]
        return pd.DataFrame({self.config.time or "row": series.later(self.view.horizon), "prediction": made})

    def evaluate(self, data: "pd.DataFrame") -> dict[str, float]:
        """Return the metrics of the forecasts from every point of the table, and those of the last season again."""
        values = series_of(data, str(self.config.target), time=self.config.time).values
        X, _, last = self.view.samples(values)
        truth = self.view.truth(values).ravel()
        naive = evaluate_numbers(truth, self.view.naive(values).ravel())
        found = evaluate_numbers(truth, self.view.forecasts(self.model, X, last).ravel())
        return {"rows": len(values), **found, "seasonal_naive_mae": naive["mae"]}

"""Backtesting: a forecast made again and again from ever later points, each time with the past only."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pellucid.data.errors import DataError
from pellucid.data.series import checked_series

__all__ = ["Backtest", "backtest", "rolling_origin", "seasonal_naive"]

Floats = NDArray[np.floating[Any]]


def seasonal_naive(history: ArrayLike, horizon: int, season: int = 1) -> Floats:
    """Forecast that the last season comes again: what any other forecast has to beat.

    yhat_{n+h} = y_{n+h-m k} with the smallest k that lies in the past; m = 1 repeats the last value.

    Hyndman and Athanasopoulos, Forecasting: Principles and Practice, section 5.2.

    Args:
        history: (n,) or (n, C), in the order of time.
        horizon: values ahead.
        season: m, values of one season: 12 for months of a year, 7 for days of a week.

    Raises:
        ValueError: when horizon or season is below 1.
        DataError: when there is less than one season of history.

    Example:
        >>> seasonal_naive([9.0, 1.0, 2.0, 3.0], horizon=4, season=3).tolist()
        [1.0, 2.0, 3.0, 1.0]
    """
    series = checked_series(history)
    if horizon < 1 or season < 1:
        raise ValueError(f"horizon and season must be at least 1, got {horizon} and {season}")
    if len(series) < season:
        raise DataError(f"{len(series)} values are less than one season of {season}")
    repeated: Floats = series[len(series) - season + np.arange(horizon) % season]
    return repeated


def rolling_origin(
    n: int, *, horizon: int, initial: int, step: int | None = None, window: int | None = None
) -> Iterator[tuple[slice, slice]]:
    """Give pairs (past, future) of a series of n values, the origin moving on by `step` each time.

    Args:
        n: values of the series.
        horizon: values of each future.
        initial: values of the first past.
        step: how far the origin moves; `horizon` when None, so that futures do not overlap.
        window: values of each past at most, for models that shall forget; all of it when None.

    Raises:
        DataError: when there is no room for one future after `initial`.
        ValueError: when a number is below 1.

    Example:
        >>> list(rolling_origin(6, horizon=2, initial=2))
        [(slice(0, 2, None), slice(2, 4, None)), (slice(0, 4, None), slice(4, 6, None))]
    """
    step = horizon if step is None else step
    for name, number in (("horizon", horizon), ("initial", initial), ("step", step), ("window", window)):
        if number is not None and number < 1:
            raise ValueError(f"{name} must be at least 1, got {number}")
    if initial + horizon > n:
        raise DataError(f"{n} values are too few for {initial} at first and {horizon} ahead")
    origins = range(initial, n - horizon + 1, step)
    return ((slice(max(0, o - (window or o)), o), slice(o, o + horizon)) for o in origins)


@dataclass(frozen=True)
class Backtest:
    """What forecasts came to.

    Attributes:
        origins: (k,) how many values lay in the past.
        truth: (k, horizon) what happened.
        forecasts: (k, horizon) what was forecast.

    Example:
        >>> past = Backtest(np.array([2]), np.array([[1.0, 2.0]]), np.array([[1.0, 5.0]]))
        >>> past.mae(), past.mae_by_step().tolist()
        (1.5, [0.0, 3.0])
    """

    origins: NDArray[np.int64]
    truth: Floats
    forecasts: Floats

    def mae(self) -> float:
        """Return the mean absolute error over all origins and steps ahead."""
        return float(np.abs(self.forecasts - self.truth).mean())

    def rmse(self) -> float:
        """Return the root of the mean squared error."""
        return float(np.sqrt(((self.forecasts - self.truth) ** 2).mean()))

    def mae_by_step(self) -> Floats:
        """Return the mean absolute error of each step ahead, (horizon,)."""
        errors: Floats = np.abs(self.forecasts - self.truth).mean(axis=0)
        return errors


def backtest(
    values: ArrayLike,
    forecast: Callable[[Floats], ArrayLike],
    *,
    horizon: int,
    initial: int,
    step: int | None = None,
    window: int | None = None,
) -> Backtest:
    """Ask a forecast again and again, each time with what was known at that point, and compare it with what came.

    Args:
        values: (n,) in the order of time.
        forecast: given the past, (m,), returns the next `horizon` values. It gets a copy of the past and nothing
            else; a model that is fitted in it is fitted on the past.
        horizon: see `rolling_origin`.
        initial: the same.
        step: the same.
        window: the same.

    Raises:
        DataError: when a value is missing or there are too few.
        ValueError: when the forecast has another shape or is no number.

    Example:
        >>> waves = np.tile([0.0, 1.0, 2.0], 4)
        >>> backtest(waves, lambda past: seasonal_naive(past, 3, season=3), horizon=3, initial=6).mae()
        0.0
    """
    series = checked_series(values)
    if series.ndim != 1:
        raise ValueError(f"backtest takes one series, (n,), got {series.shape}; call it for each column")
    origins, truth, forecasts = [], [], []
    pairs = rolling_origin(len(series), horizon=horizon, initial=initial, step=step, window=window)
    for past, future in pairs:
        made = np.asarray(forecast(series[past].copy()), float)
        if made.shape != (horizon,) or not np.isfinite(made).all():
            raise ValueError(f"the forecast at {past.stop} must be {horizon} numbers, got {made!r}")
        origins.append(past.stop)
        truth.append(series[future])
        forecasts.append(made)
    return Backtest(np.array(origins), np.array(truth), np.array(forecasts))

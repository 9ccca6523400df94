"""Time series as samples: windows of the past beside what came next, divided in the order of time."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pellucid.data.datasets import TensorDataset
from pellucid.data.errors import DataError

__all__ = ["SeriesParts", "SeriesWindows", "checked_series", "split_series"]

Floats = NDArray[np.floating[Any]]


def checked_series(values: ArrayLike) -> Floats:
    """Return a series as floats, (n,) or (n, C), none of them missing.

    Raises:
        DataError: when a value is missing or infinite, naming its row.
        ValueError: when the values are no numbers, or have more than two axes.
    """
    array = np.asarray(values)
    if array.dtype.kind not in "biuf" or array.ndim not in (1, 2):
        raise ValueError(f"a series holds numbers, (n,) or (n, columns), got {array.dtype} {array.shape}")
    floats: Floats = array if array.dtype.kind == "f" else array.astype(np.float64)
    bad = np.argwhere(~np.isfinite(floats))
    if len(bad):
        place = f"row {bad[0][0]}" + (f", column {bad[0][1]}" if floats.ndim == 2 else "")
        raise DataError(
            f"{place} of the series is {floats[tuple(bad[0])]} ({len(bad)} such values); a window needs every value: "
            "fill it, or begin after it"
        )
    return floats


class SeriesWindows(TensorDataset):
    """Samples of a series: `window` values of the past, and the `horizon` values that followed.

    x_i = (v_k, ..., v_{k+window-1}),  y_i = (v_{k+window}, ..., v_{k+window+horizon-1}),  k = i * step

    Views of the series, without copies.

    Shapes: values (n,): x (window,), y (horizon,). Values (n, C), a column for each quantity: x (window, C),
    y (horizon, C), or (horizon,) of the column `target`.

    Args:
        values: in the order of time, equally spaced, none missing.
        window: how much of the past is seen, in values.
        horizon: how many values ahead are to be forecast.
        step: from one window's start to the next.
        target: the column that is forecast, where there are several; all when None.

    Raises:
        DataError: when a value is missing, or the series is too short for one window.
        ValueError: when window, horizon or step is below 1, or there is no such column.

    Example:
        >>> windows = SeriesWindows([1.0, 2.0, 3.0, 4.0, 5.0], window=2, horizon=2)
        >>> [(x.tolist(), y.tolist()) for x, y in windows]
        [([1.0, 2.0], [3.0, 4.0]), ([2.0, 3.0], [4.0, 5.0])]
    """

    def __init__(
        self, values: ArrayLike, window: int, horizon: int = 1, step: int = 1, *, target: int | None = None
    ) -> None:
        series = checked_series(values)
        for name, number in (("window", window), ("horizon", horizon), ("step", step)):
            if number < 1:
                raise ValueError(f"{name} must be at least 1, got {number}")
        if target is not None and not (series.ndim == 2 and 0 <= target < series.shape[1]):
            raise ValueError(f"target names a column of a series (n, columns), got {target} for {series.shape}")
        if len(series) < window + horizon:
            raise DataError(
                f"{len(series)} values are too few for a window of {window} and {horizon} ahead; "
                "give a longer series or a shorter window"
            )
        views = np.lib.stride_tricks.sliding_window_view(series, window + horizon, axis=0)[::step]
        views = np.moveaxis(views, -1, 1)  # (m, window + horizon) or (m, window + horizon, C)
        y = views[:, window:]
        super().__init__(views[:, :window], y if target is None else y[..., target])
        self.window, self.horizon, self.step = window, horizon, step


class SeriesParts(NamedTuple):
    """A series divided in time.

    Validation and test begin with the last `window` values of the part before them, which a forecast may see, so
    that `SeriesWindows` of a part has all of that part's own values as targets, and no others.

    Attributes:
        train: the past; what is fitted (a scaling, say) is fitted on it alone.
        validation: what came then.
        test: what came last.
    """

    train: Floats
    validation: Floats
    test: Floats


def split_series(
    values: ArrayLike, window: int, *, test_size: float = 0.2, validation_size: float = 0.2, horizon: int = 1
) -> SeriesParts:
    """Divide a series into past, then validation, then test.

    Args:
        values: in the order of time.
        window: see `SeriesWindows`.
        test_size: a share of the series, in (0, 1), or a whole number of values; 0 for none.
        validation_size: the same.
        horizon: values ahead that are forecast; every part must hold so many.

    Raises:
        DataError: when a value is missing or a part is too short.
        ValueError: when a size is none.

    Example:
        >>> from pellucid.data.preprocessing import Standardizer
        >>> parts = split_series(np.arange(10.0), window=2, test_size=2, validation_size=2)
        >>> parts.train.tolist(), parts.validation.tolist(), parts.test.tolist()
        ([0.0, 1.0, 2.0, 3.0, 4.0, 5.0], [4.0, 5.0, 6.0, 7.0], [6.0, 7.0, 8.0, 9.0])
        >>> scaler = Standardizer().fit(parts.train[:, None])  # sees the past only
    """
    series = checked_series(values)
    n = len(series)
    n_test, n_validation = (
        _count(n, size, name) for name, size in (("test_size", test_size), ("validation_size", validation_size))
    )
    n_train = n - n_test - n_validation
    for name, count, least in (
        ("training", n_train, window + horizon),
        ("validation", n_validation, horizon if validation_size else 0),
        ("test", n_test, horizon if test_size else 0),
    ):
        if count < least:
            raise DataError(
                f"the {name} part has {max(count, 0)} of {n} values, and a window of {window} with "
                f"{horizon} ahead needs at least {least}; give a longer series, other sizes, or a shorter window"
            )
    end = n_train + n_validation
    return SeriesParts(
        series[:n_train],
        series[n_train - window : end] if n_validation else series[:0],
        series[end - window :] if n_test else series[:0],
    )


def _count(n: int, size: float, name: str) -> int:
    if isinstance(size, (int, np.integer)) and not isinstance(size, bool) and size >= 0:
        return int(size)
    if isinstance(size, float) and 0 <= size < 1:
        return max(1, round(n * size)) if size else 0
    raise ValueError(f"{name} must be a share in [0, 1) or a whole number of values, got {size!r}")

import numpy as np
import pytest

from pellucid.data import DataError, backtest, rolling_origin, seasonal_naive


def test_the_last_season_comes_again():
    assert seasonal_naive(np.arange(10.0), 5, season=3).tolist() == [7, 8, 9, 7, 8]
    assert seasonal_naive(np.arange(10.0), 2).tolist() == [9, 9]
    assert seasonal_naive(np.arange(6.0).reshape(3, 2), 3, season=2).tolist() == [[2, 3], [4, 5], [2, 3]]
    with pytest.raises(DataError, match="2 values are less than one season of 3"):
        seasonal_naive([1.0, 2.0], 1, season=3)
    with pytest.raises(ValueError, match="got 0 and 1"):
        seasonal_naive([1.0, 2.0], 0)


def test_origins_roll_on_and_futures_never_lie_in_the_past():
    pairs = list(rolling_origin(20, horizon=3, initial=8, step=2, window=5))
    assert [past.stop for past, _ in pairs] == [8, 10, 12, 14, 16]
    for past, future in pairs:
        assert past.stop == future.start
        assert past.stop - past.start == 5
        assert future.stop - future.start == 3
    assert pairs[-1][1].stop <= 20
    futures = [set(range(f.start, f.stop)) for _, f in rolling_origin(20, horizon=3, initial=8)]
    assert set.union(*futures) == set(range(8, 20))
    assert sum(map(len, futures)) == 12
    with pytest.raises(DataError, match="10 values are too few for 8 at first and 3 ahead"):
        rolling_origin(10, horizon=3, initial=8)
    with pytest.raises(ValueError, match="step must be at least 1"):
        rolling_origin(10, horizon=3, initial=2, step=0)


def test_a_forecast_is_given_the_past_and_cannot_change_the_series():
    values = np.arange(12.0)
    seen = []

    def forecast(past):
        seen.append(past.copy())
        last = past[-1]
        past[:] = 1e6
        return last + np.arange(1, 4)

    result = backtest(values, forecast, horizon=3, initial=6)
    assert [len(past) for past in seen] == [6, 9]
    assert all(past[-1] == len(past) - 1 for past in seen)
    assert result.mae() == result.rmse() == 0
    assert result.origins.tolist() == [6, 9]


def test_errors_are_counted_over_all_and_by_step_ahead():
    result = backtest(np.arange(8.0), lambda past: past[-1:].repeat(2), horizon=2, initial=4)
    assert result.mae_by_step().tolist() == [1, 2]
    assert result.mae() == 1.5
    assert result.rmse() == pytest.approx(np.sqrt(2.5))


def test_forecasts_of_another_shape_and_no_numbers_are_refused():
    for forecast in (lambda past: [1.0], lambda past: [np.nan, 1.0]):
        with pytest.raises(ValueError, match="the forecast at 4 must be 2 numbers"):
            backtest(np.arange(8.0), forecast, horizon=2, initial=4)
    with pytest.raises(DataError, match="row 3"):
        backtest([1, 2, 3, np.nan, 5], lambda past: [1.0], horizon=1, initial=2)
    with pytest.raises(ValueError, match="backtest takes one series"):
        backtest(np.zeros((5, 2)), lambda past: [1.0], horizon=1, initial=2)

"""Project 4: forecasting carbon dioxide and sunspots, one step and many steps ahead.

Two series of statsmodels: the carbon dioxide of the air over Mauna Loa, month by month from 1958 to 2001, which climbs
and breathes with the seasons; and the sunspots of every year since 1700, which come and go in about eleven years, when
they please. What has to be beaten is the forecast that costs nothing: as it was a season ago. A network is trained on
the past alone, then asked again and again, each time with what was known at that point, in the order of time.
"""

import numpy as np
import pandas as pd
from picture import panels, save
from statsmodels import datasets

import pellucid as pl
from pellucid import nn, optim
from pellucid.data import SeriesWindows, backtest, seasonal_naive, series_of
from pellucid.models import MLP

SEEDS = 3


def load_co2():
    """Return means of the months in ppm; five are missing, all before 1965, and drawn as a line between neighbours."""
    weeks = datasets.co2.load_pandas().data["co2"]
    months = weeks.resample("MS").mean().interpolate()
    return series_of(months.rename_axis("month").reset_index(), "co2", time="month")


def load_sunspots():
    """Return the relative number of sunspots of each year."""
    table = datasets.sunspots.load_pandas().data
    return series_of(pd.DataFrame({"year": table["YEAR"], "sunspots": table["SUNACTIVITY"]}), "sunspots", time="year")


# --- A network that forecasts -------------------------------------------------------------------------------
# Each window is measured with its own mean and its own spread, and so is what comes after it: then it does not matter
# that the series never was so high before. Nothing of the future goes into that.
def own_scale(windows):
    """Return mean and standard deviation of each window, (N, 1) both."""
    return windows.mean(axis=1, keepdims=True), windows.std(axis=1, keepdims=True)


def fit(past, seed, *, window, horizon, hidden, steps, noise):
    """Train a network on all windows of the past; return its forecast, a function of what is known by then."""
    pl.manual_seed(seed)
    pairs = SeriesWindows(past, window, horizon)
    seen, ahead = (np.stack([pair[i].numpy() for pair in pairs]) for i in (0, 1))  # (N, window), (N, horizon)
    mean, spread = own_scale(seen)
    x, y = pl.tensor((seen - mean) / spread).float(), pl.tensor((ahead - mean) / spread).float()
    network = MLP([window, hidden, horizon], activation="tanh")
    optimizer = optim.AdamW(network.parameters(), lr=3e-3)
    random = pl.Generator(seed).numpy("rows and noise")
    for _ in range(steps):
        rows = random.permutation(len(x))[:64]
        blurred = x[rows] + noise * pl.tensor(random.normal(size=(len(rows), window))).float()  # nothing by heart
        loss = nn.functional.mse_loss(network(blurred), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    network.eval()

    def forecast(known):
        last = known[None, -window:]
        mean, spread = own_scale(last)
        with pl.no_grad():
            return (mean + spread * network(pl.tensor((last - mean) / spread).float()).numpy())[0]

    return forecast


def fit_roots(past, seed, **options):
    """Forecast roots: of a count that cannot be negative, high waves tremble then no more than low ones."""
    forecast = fit(np.sqrt(past), seed, **options)
    return lambda known: np.maximum(forecast(np.sqrt(known)), 0) ** 2


# --- Backtesting --------------------------------------------------------------------------------------------
# Trained on the first rows only; then the origin moves on by one, and every time there is a forecast of `horizon`
# values. The settings below were compared on the same years, a few of them, so the figures flatter a little.
def judge(name, fit, values, start, season, horizon, **options):
    """Return forecaster and backtests of `SEEDS` networks, and of the seasonal-naive forecast; print their errors."""
    naive = backtest(
        values, lambda known: seasonal_naive(known, horizon, season), horizon=horizon, initial=start, step=1
    )
    forecasters = [fit(values[:start], seed, horizon=horizon, **options) for seed in range(SEEDS)]
    tests = [backtest(values, forecast, horizon=horizon, initial=start, step=1) for forecast in forecasters]
    print(f"\n{name}: mean absolute error over {len(naive.origins)} origins")
    for steps, errors in (("1 step ahead", slice(1)), (f"1 to {horizon} ahead", slice(None))):
        of_naive = naive.mae_by_step()[errors].mean()
        of_network = [test.mae_by_step()[errors].mean() for test in tests]
        ratios = " ".join(f"{error / of_naive:.2f}" for error in of_network)
        print(f"  {steps:<13} seasonal-naive {of_naive:6.2f}   network {np.mean(of_network):6.2f}   ratios {ratios}")
    return forecasters[0], tests, naive


CO2 = {"season": 12, "horizon": 12, "window": 24, "hidden": 32, "steps": 1000, "noise": 0.03}
SUNSPOTS = {"season": 11, "horizon": 11, "window": 22, "hidden": 16, "steps": 300, "noise": 0.3}
co2, sunspots = load_co2(), load_sunspots()
n_co2, n_sunspots = round(0.8 * len(co2.values)), round(0.75 * len(sunspots.values))
judged = {
    "carbon dioxide, ppm": (co2, *judge("carbon dioxide, 1993 to 2001", fit, co2.values, n_co2, **CO2)),
    "sunspots": (sunspots, *judge("sunspots, 1932 to 2008", fit_roots, sunspots.values, n_sunspots, **SUNSPOTS)),
}
# The same half a lifetime earlier, where the forecast of a whole wave fails: thirteen waves were too few to learn from.
early = round(0.5 * len(sunspots.values))
judge("sunspots, 1854 to 1931", fit_roots, sunspots.values[:n_sunspots], early, **SUNSPOTS)

# --- Beyond the data ----------------------------------------------------------------------------------------
print()
for name, (series, forecast, *_) in judged.items():
    ahead = forecast(series.values)
    what = ", ".join(
        f"{time} {value:.1f}" for time, value in list(zip(series.later(len(ahead)), ahead, strict=True))[:4]
    )
    print(f"{name}, the next ones by the network: {what} ...")

# --- The picture --------------------------------------------------------------------------------------------
axes = panels(2, 2, width=5.6, height=3.4)
for column, (name, (series, _, tests, naive)) in enumerate(judged.items()):
    above, below = axes[column], axes[2 + column]
    horizon, first = naive.truth.shape[1], naive.origins[0]
    above.plot(series.times[first - 12 :], series.values[first - 12 :], color="#20242c", linewidth=1.4, label="truth")
    for test, color, label in ((naive, "#d9730d", "seasonal-naive"), (tests[0], "#2f7ed8", "network")):
        for i in range(0, len(test.origins), horizon):
            times = series.times[test.origins[i] : test.origins[i] + horizon]
            above.plot(
                times, test.forecasts[i], color=color, linewidth=1.6, alpha=0.85, label=label if i == 0 else None
            )
    above.set(title=f"{name}: forecasts of {horizon}, from every {horizon}th origin")
    steps = range(1, horizon + 1)
    below.plot(steps, naive.mae_by_step(), color="#d9730d", linewidth=2.2, label="seasonal-naive")
    for test in tests:
        below.plot(
            steps, test.mae_by_step(), color="#2f7ed8", linewidth=1.6, label="network" if test is tests[0] else None
        )
    below.set(xlabel="steps ahead", ylabel="mean absolute error", ylim=(0, None))
axes[0].legend()
axes[2].legend()
save(axes[0])

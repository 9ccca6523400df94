"""Chapter 11: preprocessing.

A network sees numbers, not what they mean. A column in the thousands shouts down a column of tenths, and a name has
to become numbers that do not lie. Three preparations do most of the work: normalize, standardize, one-hot. What
they need to know about the data, they must learn from the training rows alone; else the test is a fraud.
"""

import numpy as np
from picture import panels, save

import pellucid as pl
from pellucid import optim
from pellucid.data import load_wine, split_rows
from pellucid.data.preprocessing import Normalizer, Standardizer, normalize, one_hot, standardize
from pellucid.models import MLP
from pellucid.nn import functional as F

# --- The three preparations ---------------------------------------------------------------------------------
ages = np.array([20.0, 30.0, 40.0, 70.0])
print(f"ages          {ages}")
print(f"normalized    {normalize(ages).round(2)}   (x - min) / (max - min): from 0 to 1")
print(f"standardized  {standardize(ages).round(2)}   (x - mean) / std: mean 0, standard deviation 1")
print(f"one-hot       class 2 of 4 becomes {one_hot([2], 4)[0]}")


def learn(X, y, sizes, lr, steps=100):
    """Train a network on all rows at a time; return the model and the loss of every step."""
    pl.manual_seed(0)
    model = MLP(sizes)
    optimizer = optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    inputs, targets, losses = pl.tensor(X).float(), pl.tensor(y), []
    for _ in range(steps):
        loss = F.cross_entropy(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return model, losses


def accuracy(model, X, y):
    """Return the share of rows that the model gets right."""
    with pl.no_grad():
        return (model(pl.tensor(X).float()).argmax(1).numpy() == y).mean()


# --- Why scale? ---------------------------------------------------------------------------------------------
# Thirteen measurements of 178 wines; the task is to tell from which of three cultivars a wine was made.
wine = load_wine()
frame = wine.frame.drop(columns=wine.target)
X = frame.to_numpy(dtype=np.float64)
names, y = np.unique(wine.frame[wine.target], return_inverse=True)
split = split_rows(len(y), labels=y, test_size=0.4, validation_size=0, seed=0)
train, test = split.train, split.test
big, small = X.mean(axis=0).argmax(), X.mean(axis=0).argmin()
print(
    f"\nmean of {frame.columns[big]!r}: {X[:, big].mean():.0f}; of {frame.columns[small]!r}: {X[:, small].mean():.2f}"
)

# The gradient by a weight is an error times an input: inputs of such different sizes need different learning
# rates, but there is one for all. Each way tries the same rates and keeps the one with the lowest training loss.
SIZES, RATES = [X.shape[1], 16, len(names)], [1e-5, 1e-4, 1e-3, 1e-2, 1e-1]
scalers = {"normalized": Normalizer().fit(X[train]), "standardized": Standardizer().fit(X[train])}
ways = {"raw": (X[train], X[test])} | {n: (s.transform(X[train]), s.transform(X[test])) for n, s in scalers.items()}
curves = {}
for name, (X_train, X_test) in ways.items():
    runs = [(lr, *learn(X_train, y[train], SIZES, lr)) for lr in RATES]
    lr, model, curves[name] = min(runs, key=lambda run: run[2][-1])
    right = accuracy(model, X_test, y[test])
    print(f"  {name:<13} best lr {lr:g}: training loss {curves[name][-1]:.3f}, accuracy on test rows {right:.3f}")

# --- Why one-hot? -------------------------------------------------------------------------------------------
# Red, green, blue as 0, 1, 2 claims that green lies between red and blue. A layer of weights believes it: no line
# over 0, 1, 2 is high in the middle only. One-hot gives each colour a weight of its own.
colour = np.tile([0, 1, 2], 20)
is_green = (colour == 1).astype(np.int64)
print("\nis it green?")
for name, inputs in [("as 0, 1, 2", colour[:, None]), ("one-hot", one_hot(colour))]:
    model, _ = learn(inputs, is_green, [inputs.shape[1], 2], lr=0.5)
    print(f"  colours {name:<11} right for {accuracy(model, inputs, is_green):.2f} of them")

# --- Mistake 1: new rows, scaled by themselves --------------------------------------------------------------
# The test wines come in three deliveries, one of each cultivar. Scaled by what the training rows were like, they
# are recognised. Scaled each by itself, every delivery gets mean 0, and what set it apart is gone.
ours = scalers["standardized"]
model_of_wines, _ = learn(ours.transform(X[train]), y[train], SIZES, lr=0.1)
deliveries = [X[test][y[test] == c] for c in range(len(names))]
well = [accuracy(model_of_wines, ours.transform(rows), c) for c, rows in enumerate(deliveries)]
badly = [accuracy(model_of_wines, standardize(rows), c) for c, rows in enumerate(deliveries)]
print(f"\ndeliveries scaled as in training: accuracy {np.mean(well):.3f}; each scaled by itself: {np.mean(badly):.3f}")

# --- Mistake 2: fitted on what is to be foretold ------------------------------------------------------------
# Tosses of a coin move a price up or down by a random amount. Nine prices are known: will the tenth be higher than
# the ninth? Nobody can be right more often than one time in two. But let somebody normalize each series over all
# ten prices before he cuts the tenth off: then the tenth has left its mark on the scale of the other nine.
prices = pl.Generator(0).numpy().standard_normal((3000, 10)).cumsum(axis=1)
rises = (prices[:, 9] > prices[:, 8]).astype(np.int64)
leaks = {"the nine known prices": normalize(prices[:, :9], axis=1), "all ten": normalize(prices, axis=1)[:, :9]}
found = {}
for name, series in leaks.items():
    model, _ = learn(series[:1500], rises[:1500], [9, 16, 2], lr=0.3, steps=200)
    found[name] = accuracy(model, series[1500:], rises[1500:])
    print(f"scale fitted on {name}: accuracy on test rows {found[name]:.3f}")

# The leak looks like skill, and is gone on the day when the tenth price is really unknown. It need not show, which
# is why it is so easily overlooked:
honest = accuracy(model_of_wines, ours.transform(X[test]), y[test])
everywhere = Standardizer().fit(X)
model, _ = learn(everywhere.transform(X[train]), y[train], SIZES, lr=0.1)
leaky = accuracy(model, everywhere.transform(X[test]), y[test])
print(f"wines, scaler fitted on the training rows: {honest:.3f}; on training and test rows: {leaky:.3f}")

# --- The picture --------------------------------------------------------------------------------------------
left, right = panels(2, width=4.8, height=3.8)
for (name, losses), (color, dashes) in zip(
    curves.items(), [("#7d828c", ":"), ("#d9730d", "--"), ("#2f7ed8", "-")], strict=True
):
    left.plot(range(1, len(losses) + 1), losses, color=color, linestyle=dashes, linewidth=2.2, label=name)
left.set(yscale="log", xlabel="step", ylabel="training loss", title="Wines: raw, normalized, standardized")
left.legend()
bars = right.bar(["nine known prices", "all ten (cheating)"], list(found.values()), 0.5, color=["#2f7ed8", "#d9730d"])
right.bar_label(bars, fmt="%.2f", label_type="center", color="white")
right.axhline(0.5, color="#1d2127", linewidth=1, linestyle=":")
right.set(ylim=(0, 1), ylabel="accuracy on test rows", title="A coin foretold: scale fitted on ...")
right.grid(axis="x", visible=False)
save(left)

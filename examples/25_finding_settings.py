"""Chapter 25: finding settings.

The learning rate decides more than any other setting, and a few steps tell most about it: let it grow from tiny to
huge and watch the loss (Smith, 2017). For several settings at once there is the grid, and there is chance, which is
better where only some of them matter (Bergstra and Bengio, 2012). Whatever is tried is judged on rows that it was not
trained on, and the best of many looks better than it is.
"""

import numpy as np
from picture import panels, save

import pellucid as pl
from pellucid import nn, optim
from pellucid.data import DataLoader, TensorDataset, load_digits
from pellucid.nn import functional as F
from pellucid.train import Trainer
from pellucid.tune import Range, best_of, grid_search, k_folds, random_search

digits = load_digits().frame
X = digits.drop(columns="digit").to_numpy(np.float32) / 16
y = digits["digit"].to_numpy().astype(np.int64)
known, unseen = np.split(pl.Generator(0).numpy("rows").permutation(len(X)), [600])


def network(units=32, lr=0.1):
    """Return a new network, with the same first weights every time, and what trains it."""
    pl.manual_seed(0)
    model = nn.Sequential(nn.Linear(64, units), nn.ReLU(), nn.Linear(units, 10))
    return model, optim.SGD(model.parameters(), lr=lr, momentum=0.9)


# --- The range test, by hand --------------------------------------------------------------------------------
START, END, STEPS = 1e-5, 10.0, 80
model, optimizer = network()
loader = DataLoader(TensorDataset(X[known], y[known]), batch_size=32, shuffle=True, seed=0)
batches = [batch for _ in range(-(-STEPS // len(loader))) for batch in loader]
rates, losses = [], []
for step in range(STEPS):
    rate = START * (END / START) ** (step / (STEPS - 1))
    optimizer.param_groups[0]["lr"] = rate
    inputs, targets = batches[step]
    loss = F.cross_entropy(model(inputs), targets)
    rates.append(rate)
    losses.append(loss.item())
    if losses[-1] > 4 * losses[0]:
        break
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
low = int(np.argmin(losses))
print(f"rate, loss: {rates[0]:.5f}, {losses[0]:.2f}; lowest {rates[low]:.2f}, {losses[low]:.2f}; then it flies off")

# --- The library's, which cleans the losses of what the batches have by themselves, and undoes every step ------
model, optimizer = network()
trainer = Trainer(model, nn.CrossEntropyLoss(), optimizer)
before = [p.numpy().copy() for p in map(pl.Tensor.detach, model.parameters())]
found = trainer.find_lr((X[known], y[known]), start_lr=START, end_lr=END, steps=STEPS)
same = all((p.detach().numpy() == b).all() for p, b in zip(model.parameters(), before, strict=True))
print(f"the same losses: {np.allclose(found.losses[:low], losses[:low], atol=1e-5)}; the weights as before: {same}")
print(f"middle of the valley: {found.valley:.3f}, steepest fall: {found.steepest:.3f}")


def train_fn(parameters, train, validation, epochs=5):
    """Train on some rows and return the accuracy on others."""
    model, optimizer = network(parameters.get("units", 32), parameters["lr"])
    nn.init.zeros_(model[2].bias)
    Trainer(model, nn.CrossEntropyLoss(), optimizer).fit((X[train], y[train]), epochs=epochs)
    with pl.no_grad():
        return (model(pl.tensor(X[validation])).numpy().argmax(1) == y[validation]).mean()


print("\nfive epochs with a rate: accuracy on unseen rows")
reached = {}
for rate in (found.valley / 100, found.valley / 10, found.valley, found.valley * 100):
    reached[rate] = train_fn({"lr": rate}, known, unseen)
    print(f"  {rate:8.5f}  {reached[rate]:.3f}")

# --- Folds: every row is for validation exactly once ---------------------------------------------------------
folds = k_folds(7, 3)
print("\nseven rows in three folds:", " ".join(str(validation.tolist()) for _, validation in folds))


# --- A grid, and chance --------------------------------------------------------------------------------------
# Nine trials each. The rate matters much, the units little: the grid tries three rates, chance nine.
def fold_fn(parameters, train, validation):
    """Train on the known rows of a fold, so that the unseen ones stay so."""
    return train_fn(parameters, known[train], known[validation])


grid = {"lr": [0.0001, 0.01, 1.0], "units": [8, 24, 72]}
space = {"lr": Range(0.0001, 1.0, log=True), "units": Range(8, 72, log=True, whole=True)}
tried = {
    "grid": grid_search(fold_fn, grid, len(known), folds=3),
    "random": random_search(fold_fn, space, len(known), folds=3, trials=9),
}
print("\nnine trials, three folds each: best accuracy ± over the folds; on unseen rows")
for name, trials in tried.items():
    best = best_of(trials, maximize=True)
    assert best is not None
    parameters = best.parameters
    print(
        f"  {name:<7}{best.score:.3f} ± {best.spread:.3f}  {train_fn(parameters, known, unseen):.3f}  "
        f"lr {parameters['lr']:.4f}, units {parameters['units']}; {len({t.parameters['lr'] for t in trials})} rates"
    )

# --- The picture --------------------------------------------------------------------------------------------
left, right = panels(2, width=5.8, height=4.0)
found.plot(ax=left)
left.set_title("The range test", pad=28)
for (name, trials), marker, color in zip(tried.items(), "so", ("#7d828c", "#2f7ed8"), strict=True):
    at = [t.parameters["lr"] for t in trials], [t.parameters["units"] for t in trials]
    right.scatter(*at, s=[30 + 250 * t.score**2 for t in trials], marker=marker, color=color, alpha=0.7, label=name)
right.set(
    xscale="log", yscale="log", xlabel="learning rate", ylabel="units", title="Nine trials; the larger, the better"
)
right.set_yticks([8, 24, 72], ["8", "24", "72"])
right.minorticks_off()
right.legend(loc="upper left", bbox_to_anchor=(0, 0.94))
save(left)

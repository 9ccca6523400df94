"""Chapter 17: decision boundaries.

With two inputs, everything that a network says can be seen at a glance: paint each point of the plane in the colour
of its answer. So we see what hidden units are for, how many are enough, and what too many do.
"""

import numpy as np
from picture import panels, save

import pellucid as pl
from pellucid import optim, plot
from pellucid.data import make_moons, make_spirals
from pellucid.models import MLP
from pellucid.nn import functional as F

# Two tasks: rows to learn from, with seed 0, and two thousand fresh rows from the same source to judge by.
tasks = {
    "moons": (make_moons(200, noise=0.25, seed=0), make_moons(2000, noise=0.25, seed=1)),
    "spirals": (make_spirals(200, noise=0.05, seed=0), make_spirals(2000, noise=0.05, seed=1)),
}
# Each hidden unit of the first layer is a line across the plane, bent softly by tanh (chapter 6). The output adds
# the lines up; a second layer makes shapes of shapes.
sizes = {"no hidden layer": [], "2 units": [2], "4 units": [4], "16 units": [16], "64 + 64 units": [64, 64]}
SEEDS, STEPS = 3, 300


def train(X, y, hidden, seed):
    """Train a network on all rows at a time."""
    pl.manual_seed(seed)
    model = MLP([2, *hidden, 2], activation="tanh")
    optimizer = optim.Adam(model.parameters(), lr=0.03)
    inputs, targets = pl.tensor(X), pl.tensor(y)
    for _ in range(STEPS):
        loss = F.cross_entropy(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model


def probabilities(model, X):
    """Return the probability of each class, (n, 2)."""
    with pl.no_grad():
        return model(pl.tensor(X)).softmax(1).numpy()


# --- Training them all --------------------------------------------------------------------------------------
axes = iter(panels(len(sizes), rows=len(tasks), width=2.9, height=2.9))
for task, ((X, y), (X_test, y_test)) in tasks.items():
    print(f"{task}: mean accuracy of {SEEDS} seeds")
    print("                   parameters   training rows   fresh rows")
    fresh = {}
    for name, hidden in sizes.items():
        models = [train(X, y, hidden, seed) for seed in range(SEEDS)]
        known = np.mean([(probabilities(model, X).argmax(1) == y).mean() for model in models])
        each = [(probabilities(model, X_test).argmax(1) == y_test).mean() for model in models]
        fresh[name] = np.mean(each)
        parameters = sum(p.numel() for p in models[0].parameters())
        print(f"  {name:<17}{parameters:10d}{known:16.3f}{fresh[name]:13.3f}")
        ax = plot.decision_boundary(lambda points, model=models[0]: probabilities(model, points), X, y, ax=next(axes))
        ax.set_title(f"{name}: {each[0]:.3f}")
        ax.get_legend().remove()
        ax.set(xticks=[], yticks=[], xlabel="", ylabel=task if not hidden else "")
    print(f"  best on fresh rows: {max(fresh, key=fresh.get)}\n")

# --- What to see --------------------------------------------------------------------------------------------
# Without a hidden layer the boundary is a straight line, and no training can bend it. Too few units cannot follow the
# spirals: that is underfitting, and shows on the training rows already. The moons overlap, so there nobody can be
# right always. The largest network does it nevertheless on the rows it knows, with bays and spikes towards single
# rows: that is overfitting, and shows on fresh rows only. On the spirals, where hardly any rows overlap, the same
# network is the best. How large a network should be is a question to the validation rows.
ax.figure.suptitle("What networks of different size say (and their accuracy on fresh rows)")
save(ax)

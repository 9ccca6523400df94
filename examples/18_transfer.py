"""Chapter 18: freezing layers, and transferring what was learned.

Somebody has trained a network on many rows; we have a new task and a handful. Keep his hidden layers, put a new
output on top, and learn that alone, with the old layers frozen; or let them go on learning: fine-tuning. It is often
told that this always helps. Here are two tasks. In one it does.
"""

import numpy as np
from picture import panels, save

import pellucid as pl
from pellucid import nn, optim
from pellucid.data import load_digits
from pellucid.nn import functional as F

digits = load_digits()
X = digits.frame.drop(columns=digits.target).to_numpy(dtype=np.float32) / 16
y = digits.frame[digits.target].to_numpy(dtype=np.int64)
SEEDS, EXAMPLES, WAYS = 5, (1, 2, 5), ("from scratch", "frozen", "fine-tuned")


def hidden_layers():
    """Return the part that is handed on."""
    return nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())


def fit(model, rows, labels, steps):
    """Train whatever is not frozen, on all rows at a time."""
    optimizer = optim.Adam([p for p in model.parameters() if p.requires_grad], lr=3e-3)
    inputs, targets = pl.tensor(X[rows]), pl.tensor(labels)
    for _ in range(steps):
        loss = F.cross_entropy(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model


def accuracy(model, rows, labels):
    """Return the share of rows that the model gets right."""
    with pl.no_grad():
        return (model(pl.tensor(X[rows])).argmax(1).numpy() == labels).mean()


# --- Freezing -----------------------------------------------------------------------------------------------
# A parameter with requires_grad = False is a constant for the tape: it gets no gradient, and costs no time backward.
pl.manual_seed(0)
features = hidden_layers()
model = nn.Sequential(features, nn.Linear(32, 5))
features.requires_grad_(False)
before = features.state_dict()["0.weight"].numpy().copy()
low = np.flatnonzero(y < 5)
fit(model, low, y[low], steps=20)
trainable = sum(p.numel() for p in model.parameters() if p.requires_grad)
print(f"trainable parameters: {trainable} of {sum(p.numel() for p in model.parameters())}")
print(f"gradient of a frozen weight: {features[0].weight.grad}")
print(f"frozen weights unchanged after 20 steps: {np.array_equal(before, features[0].weight.numpy())}")


# --- Two tasks ----------------------------------------------------------------------------------------------
def five_new_digits(random):
    """Give old rows: all of 0 to 4. New task: tell 5 to 9 apart."""
    return low, random.permutation(np.flatnonzero(y >= 5)), y - 5, 5


def odd_or_even(random):
    """Give old rows: 900 of all digits. New task: is it odd? What tells digits apart tells that too."""
    rows = random.permutation(len(y))
    return rows[:900], rows[900:], y % 2, 2


def transfer(seed, task):
    """Return the accuracy on the new task's other rows, by way (3) and number of examples (3)."""
    old, new, labels, classes = task(pl.Generator(seed).numpy("rows"))
    pl.manual_seed(seed)
    learned = hidden_layers()
    fit(nn.Sequential(learned, nn.Linear(32, y[old].max() + 1)), old, y[old], steps=120)
    result = np.empty((len(WAYS), len(EXAMPLES)))
    for j, examples in enumerate(EXAMPLES):
        few = np.concatenate([new[y[new] == digit][:examples] for digit in np.unique(y[new])])
        others = np.setdiff1d(new, few)
        for i, way in enumerate(WAYS):
            pl.manual_seed(seed)
            features = hidden_layers()
            if way != "from scratch":
                features.load_state_dict(learned.state_dict())
            if way == "frozen":
                features.requires_grad_(False)
            model = fit(nn.Sequential(features, nn.Linear(32, classes)), few, labels[few], steps=100)
            result[i, j] = accuracy(model, others, labels[others])
    return result


tasks = {"0 to 4, then 5 to 9": five_new_digits, "all digits, then odd or even": odd_or_even}
found = {name: np.array([transfer(seed, task) for seed in range(SEEDS)]) for name, task in tasks.items()}
for name, results in found.items():  # (seeds, ways, examples)
    print(f"\n{name}: accuracy with 1, 2, 5 examples of each digit; mean of {SEEDS} seeds (lowest .. highest)")
    for i, way in enumerate(WAYS):
        means, low_, high = results[:, i].mean(axis=0), results[:, i].min(axis=0), results[:, i].max(axis=0)
        columns = "".join(f"   {m:.3f} ({a:.3f} .. {b:.3f})" for m, a, b in zip(means, low_, high, strict=True))
        print(f"  {way:<13}{columns}")
    wins = (results[:, 1] > results[:, 0]).sum(axis=0)
    print(f"  frozen beats from scratch in {', '.join(map(str, wins))} of {SEEDS} seeds")

# --- What the numbers say -----------------------------------------------------------------------------------
# The likely reason: to tell 0 to 4 apart, the hidden layers threw away what did not matter for that, and part of it is
# what 5 to 9 differ in. Frozen, it stays lost; fine-tuned, it has to be won back. For odd or even, nothing needed was
# thrown away. So try a transfer, and always beside a start from scratch.

# --- The picture --------------------------------------------------------------------------------------------
axes = panels(2, width=4.6, height=3.9, sharey=True)
for ax, (name, results) in zip(axes, found.items(), strict=True):
    for i, (way, color, dashes) in enumerate(
        zip(WAYS, ("#7d828c", "#2f7ed8", "#d9730d"), (":", "-", "--"), strict=True)
    ):
        places = np.arange(len(EXAMPLES)) + 0.1 * (i - 1)
        ax.plot(places, results[:, i].mean(axis=0), color=color, linestyle=dashes, linewidth=2.2, label=way)
        ax.plot(places, results[:, i].T, "o", color=color, markersize=4, alpha=0.6)
    ax.set(xticks=range(len(EXAMPLES)), xticklabels=EXAMPLES, xlabel="examples of each digit", title=name)
axes[0].set_ylabel("accuracy on the other rows")
axes[1].legend(loc="lower right")
save(axes[0])

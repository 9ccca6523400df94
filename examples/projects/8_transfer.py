"""Project 8: learn new digits from a handful, with a network that knows others.

A convolutional network has learned 0 to 4 from all their pictures. Now come 5 to 9, with 2, 10, 20 or 50 pictures
each. Three ways: a new network that starts from nothing; the old one frozen, with a new last layer; and the old one
with a new last layer, all of it learning on. Chapter 18 told of a transfer between the same digits that did harm. There
the hidden layers were dense. Kernels see strokes, and strokes are in all digits: does that save the transfer?
"""

import numpy as np
from picture import panels, save

import pellucid as pl
from pellucid import nn, optim
from pellucid.data import load_digits
from pellucid.models import CNN
from pellucid.nn import functional as F

digits = load_digits()
X = digits.frame.drop(columns=digits.target).to_numpy(dtype=np.float32).reshape(-1, 1, 8, 8) / 16
y = digits.frame[digits.target].to_numpy(dtype=np.int64)
SEEDS, EXAMPLES = 5, (2, 10, 20, 50)
STEPS, LOOKS = 150, (5, 10, 20, 40, 80, 150)
WAYS, RATES = ("from scratch", "frozen", "fine-tuned"), (3e-3, 1e-2, 3e-3)


def network():
    """Return a convolutional network of five classes."""
    return CNN((1, 8, 8), num_classes=5, channels=[32, 64], dropout=0.3)


def accuracy(model, rows, labels):
    """Return the share of rows that the model gets right."""
    with pl.no_grad():
        return (model(pl.tensor(X[rows])).argmax(1).numpy() == labels[rows]).mean()


def fit(model, rows, labels, steps, seed, lr=3e-3, others=()):
    """Train what is not frozen, with a rate that falls to nothing; return the accuracy on other rows by LOOKS."""
    optimizer = optim.Adam([p for p in model.parameters() if p.requires_grad], lr=lr)
    schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=steps)
    random = pl.Generator(seed).numpy("batches")
    modes = [(module, module.training) for module in model.modules()]
    seen = []
    for step in range(1, steps + 1):
        for module, training in modes:
            module.training = training
        batch = random.choice(rows, size=min(64, len(rows)), replace=False)
        loss = F.cross_entropy(model(pl.tensor(X[batch])), pl.tensor(labels[batch]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        model.eval()
        if len(others) and step in LOOKS:
            seen.append(accuracy(model, others, labels))
    return seen


def begin(way, learned):
    """Return the network of a way: its last layer is new, the rest new, kept as it is, or kept and learning on."""
    model = network()
    if way == "from scratch":
        return model
    fresh = {name: value.numpy().copy() for name, value in model.layers.output.state_dict().items()}
    model.load_state_dict(learned.state_dict())
    model.layers.output.load_state_dict(fresh)
    if way == "frozen":
        model.requires_grad_(False)
        model.layers.output.requires_grad_(True)
        # Batch norm too stays as it was: in evaluation mode it takes the statistics of the old digits.
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eval()
    return model


# --- The old digits ---------------------------------------------------------------------------------------------
low, high = np.flatnonzero(y < 5), np.flatnonzero(y >= 5)
results = np.empty((SEEDS, len(WAYS), len(EXAMPLES), len(LOOKS)))
for seed in range(SEEDS):
    random = pl.Generator(seed).numpy("rows")
    pl.manual_seed(seed)
    old = random.permutation(low)
    learned = network()
    fit(learned, old[100:], y, steps=300, seed=seed)
    if seed == 0:
        parameters = {name: sum(p.numel() for p in m.parameters()) for name, m in learned.layers.named_children()}
        print(f"0 to 4: {len(old) - 100} pictures, {accuracy(learned, old[:100], y):.2f} right of 100 others")
        print(f"kept: {sum(parameters.values()) - parameters['output']:,} parameters, new: {parameters['output']:,}")

    # Then the new ones. The pictures that accuracy is measured on are the same for every number of examples.
    new = random.permutation(high)
    by_digit = [new[y[new] == digit] for digit in range(5, 10)]
    others = np.concatenate([rows[max(EXAMPLES) :] for rows in by_digit])
    for j, examples in enumerate(EXAMPLES):
        few = np.concatenate([rows[:examples] for rows in by_digit])
        for i, way in enumerate(WAYS):
            pl.manual_seed(100 + seed)
            model = begin(way, learned)
            results[seed, i, j] = fit(model, few, y - 5, STEPS, seed, RATES[i], others)

# --- The verdict ------------------------------------------------------------------------------------------------
end = results[..., -1]  # (seeds, ways, examples)
print(f"\n5 to 9, {len(others)} pictures kept back: accuracy after {STEPS} steps, mean of {SEEDS} seeds (range)")
print(f"{'examples of each':<16}" + "".join(f"{n:>24}" for n in EXAMPLES))
for i, way in enumerate(WAYS):
    cells = [f"{r.mean():.3f} ({r.min():.3f} .. {r.max():.3f})" for r in end[:, i].T]
    print(f"{way:<16}" + "".join(f"{cell:>24}" for cell in cells))
for i, way in enumerate(WAYS[1:], 1):
    print(f"{way} beats from scratch in {', '.join(map(str, (end[:, i] > end[:, 0]).sum(axis=0)))} of {SEEDS} seeds")

at_20 = results[:, :, EXAMPLES.index(20)].mean(axis=0)  # (ways, looks)
print("\n20 examples of each: accuracy by steps")
print(f"{'':<16}" + "".join(f"{n:>8}" for n in LOOKS))
for way, row in zip(WAYS, at_20, strict=True):
    print(f"{way:<16}" + "".join(f"{a:8.3f}" for a in row))

# --- What the numbers say ---------------------------------------------------------------------------------------
# With ten pictures of each digit or more, the three end within a point of each other. The frozen kernels of 0 to 4 are
# good enough for 5 to 9, and a fifteenth of the parameters is learned; so strokes are indeed handed on, as dense layers
# could not. To let all of it learn on is best or equal best, and sooner there. With two pictures, what was thrown away
# to tell 0 to 4 apart is missed again. Digits of 64 pixels are learned from scratch so easily that little can be saved.

# --- The picture ------------------------------------------------------------------------------------------------
left, right = panels(2, width=5.2, height=4.2)
for i, (way, color, dashes) in enumerate(zip(WAYS, ("#7d828c", "#2f7ed8", "#d9730d"), (":", "-", "--"), strict=True)):
    at = np.arange(len(EXAMPLES)) + 0.1 * (i - 1)
    left.plot(at, end[:, i].mean(axis=0), color=color, linestyle=dashes, linewidth=2.2, label=way)
    left.plot(at, end[:, i].T, "o", color=color, markersize=4, alpha=0.5)
    right.plot(LOOKS, at_20[i], "o", color=color, linestyle=dashes, linewidth=2.2, markersize=4)
left.set(xticks=range(len(EXAMPLES)), xticklabels=EXAMPLES, xlabel="examples of each new digit")
left.set(ylabel="accuracy on pictures kept back", title=f"5 to 9 after 0 to 4: {STEPS} steps")
left.legend(loc="lower right")
right.set(xscale="log", xticks=LOOKS, xticklabels=LOOKS, xlabel="steps", title="20 examples of each: how soon")
right.minorticks_off()
save(left)

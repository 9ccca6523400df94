"""Chapter 12: overfitting, and what can be done about it.

A large network that sees few rows learns them by heart, the mistakes in them included. Its training loss falls and
falls, while it gets worse on rows that it never saw. Five remedies are recommended. Here is each of them on the same
data, judged on a thousand held-out rows, several times, with other rows and other weights: one run proves little.
"""

import numpy as np
from picture import panels, save

import pellucid as pl
from pellucid import optim, plot
from pellucid.data import DataLoader, TensorDataset, load_digits, split_rows
from pellucid.models import MLP
from pellucid.nn import functional as F
from pellucid.nn.utils import l1_penalty, l2_penalty

DRAWS, EPOCHS, ROWS, WRONG = 3, 40, 200, 0.2

digits = load_digits()
X = digits.frame.drop(columns=digits.target).to_numpy(dtype=np.float32) / 16
y = digits.frame[digits.target].to_numpy(dtype=np.int64)


def draw(seed):
    """Return training, validation and test rows; a part of the labels we learn from is wrong, as in life."""
    split = split_rows(len(y), labels=y, test_size=1000, validation_size=ROWS, seed=seed)
    random = pl.Generator(seed).numpy("wrong labels")
    labels = y.copy()
    known = np.concatenate([split.train, split.validation])
    wrong = known[random.random(len(known)) < WRONG]
    labels[wrong] = random.integers(0, 10, len(wrong))  # the labels of the test rows stay right
    parts = (split.train[:ROWS], split.validation, split.test)
    return [TensorDataset(pl.tensor(X[rows]), pl.tensor(labels[rows])) for rows in parts]


def judge(model, dataset):
    """Return loss and accuracy on a data set."""
    inputs, targets = dataset.tensors
    model.eval()  # dropout off; batch norm with the averages of training
    with pl.no_grad():
        logits = model(inputs)
        return F.cross_entropy(logits, targets).item(), (logits.argmax(1) == targets).float().mean().item()


def train(seed, penalty=None, early=False, **options):
    """Train one network and return its losses by epoch, and its loss and accuracy on the test rows."""
    learned_from, validation, test = draw(seed)
    pl.manual_seed(seed)
    model = MLP([64, 128, 128, 10], **options)
    optimizer = optim.Adam(model.parameters(), lr=3e-3)
    loader = DataLoader(learned_from, batch_size=50, shuffle=True, seed=seed)
    history = {"loss": [], "validation_loss": []}
    for _ in range(EPOCHS):
        model.train()
        for inputs, targets in loader:
            loss = F.cross_entropy(model(inputs), targets)
            if penalty is not None:
                loss = loss + penalty([p for p in model.parameters() if p.ndim == 2])  # weights, not biases
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        history["loss"].append(judge(model, learned_from)[0])
        history["validation_loss"].append(judge(model, validation)[0])
        if early and history["validation_loss"][-1] == min(history["validation_loss"]):
            best = {name: value.clone() for name, value in model.state_dict().items()}
    if early:
        model.load_state_dict(best)  # chosen by the validation rows; the test rows have no say
    return history, judge(model, learned_from)[0], *judge(model, test)


# --- The remedies -------------------------------------------------------------------------------------------
#   early stopping  go back to where the validation loss was lowest
#   dropout         silence half of the hidden units at random in every step: none can rely on another
#   L1              every weight costs its size, so weights without use go to zero
#   L2              every weight costs its square, so large ones shrink ("weight decay")
#   batch norm      every unit is standardised over the batch; meant for speed, and often named here too
remedies = {
    "nothing": {},
    "early stopping": {"early": True},
    "dropout": {"dropout": 0.5},
    "L1": {"penalty": lambda weights: 1e-3 * l1_penalty(weights)},
    "L2": {"penalty": lambda weights: 2e-2 * l2_penalty(weights)},
    "batch norm": {"batch_norm": True},
}
print(f"{ROWS} training rows, {WRONG:.0%} of them with a label drawn at random; {DRAWS} draws of rows and weights")
print("                 training loss   test loss   test accuracy: mean, and from .. to   better than nothing in")
accuracies = {}
for name, options in remedies.items():
    results = [train(seed, **options) for seed in range(DRAWS)]
    if name == "nothing":
        history = results[0][0]
    accuracies[name] = np.array([result[3] for result in results])
    wins = "" if name == "nothing" else f"{(accuracies[name] > accuracies['nothing']).sum()} of {DRAWS}"
    losses = [np.mean([result[i] for result in results]) for i in (1, 2)]
    low, mean, high = accuracies[name].min(), accuracies[name].mean(), accuracies[name].max()
    print(f"  {name:<15}{losses[0]:12.3f}{losses[1]:14.3f}{mean:14.3f}   {low:.3f} .. {high:.3f}{wins:>24}")

# --- What the numbers say -----------------------------------------------------------------------------------
validation = history["validation_loss"]
print(f"\nWith nothing done (first draw), the training loss has fallen to {history['loss'][-1]:.2f} in epoch {EPOCHS}.")
print(
    f"The validation loss was lowest in epoch {np.argmin(validation) + 1}, at {min(validation):.2f};"
    f" it has risen to {validation[-1]:.2f}."
)
gains = {name: (values - accuracies["nothing"]).mean() for name, values in accuracies.items() if name != "nothing"}
print("Mean gain in accuracy:")
for name, gain in sorted(gains.items(), key=lambda item: -item[1]):
    print(f"  {name:<15} {gain:+.3f}")
spread = max(np.ptp(values) for values in accuracies.values())
print(f"Other rows and weights alone move the same remedy's accuracy by up to {spread:.3f}: one run proves little.")

# Batch norm learns fastest: look at its training loss. That is what it is for, and it learns wrong labels as fast
# as right ones. The strengths of the others were set once and not tuned; other data will give another order.

# --- The picture --------------------------------------------------------------------------------------------
left, right = panels(2, width=4.8, height=4)
plot.learning_curves(history, ax=left)
left.set_title("Nothing done about it: learned by heart", pad=26)
for place, values in enumerate(reversed(accuracies.values())):
    right.plot(values, np.full(DRAWS, place), "o", color="#2f7ed8", markersize=6)
    right.plot(values.mean(), place, "|", color="#1d2127", markersize=20, markeredgewidth=2)
right.axvline(accuracies["nothing"].mean(), color="#7d828c", linestyle=":")
right.set(yticks=range(len(accuracies)), yticklabels=reversed(accuracies), ylim=(-0.6, len(accuracies) - 0.4))
right.set(xlabel="accuracy on test rows: each draw, and their mean", title="What remedies do about it")
right.grid(axis="y", visible=False)
save(left)

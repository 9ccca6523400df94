"""Chapter 14: dying ReLUs.

A ReLU that is off for every row passes no gradient back, so nothing can ever switch it on again: it is dead, and so
much smaller is the network. One step that was too large is enough. Here we kill some, count them, and compare what
helps: smaller steps, another start, another activation.
"""

import math

import numpy as np
from picture import panels, save

import pellucid as pl
from pellucid import nn, optim
from pellucid.data import load_digits
from pellucid.nn import functional as F

# --- One death, by hand -------------------------------------------------------------------------------------
# y = relu(w x + b) for three rows. As long as one of them is on, w and b have a gradient.
x, target = pl.tensor([0.5, 1.0, 2.0]), pl.tensor([0.1, 0.2, 0.4])
w, b = pl.tensor(1.0, requires_grad=True), pl.tensor(0.2, requires_grad=True)
optimizer = optim.SGD([w, b], lr=0.9)
print("step       w       b    loss   rows on   gradient of w")
for step in range(4):
    z = w * x + b
    loss = F.mse_loss(F.relu(z), target)
    optimizer.zero_grad()
    loss.backward()
    print(
        f"{step:4d}{w.item():8.2f}{b.item():8.2f}{loss.item():8.2f}{(z > 0).sum().item():10d}{w.grad.item() + 0:16.2f}"
    )
    optimizer.step()
print("After one step too far no row is on: there is a loss, but no gradient, and no later step can mend it.")

# --- Counting the dead --------------------------------------------------------------------------------------
# A unit whose weights get a gradient of exactly zero, for all rows together, learns nothing. We count those. (One in
# the second layer may come back when the layer below it changes. In the first layer, dead is dead.)
digits = load_digits()
X = pl.tensor(digits.frame.drop(columns=digits.target).to_numpy(dtype=np.float32) / 16)
y = pl.tensor(digits.frame[digits.target].to_numpy(dtype=np.int64))
TRAIN, STEPS, SEEDS = 600, 80, 4


def train(seed, lr=0.4, activation=nn.ReLU, he=False):
    """Train two hidden layers; return the share of units without gradient at every step, and the accuracy."""
    pl.manual_seed(seed)
    model = nn.Sequential(nn.Linear(64, 64), activation(), nn.Linear(64, 64), activation(), nn.Linear(64, 10))
    for p in model.parameters():
        if p.ndim == 1:
            nn.init.zeros_(p)
        elif he:
            nn.init.kaiming_normal_(p, nonlinearity="relu")
        else:
            nn.init.normal_(p, std=0.5)  # too large: chapter 13
    optimizer = optim.SGD(model.parameters(), lr=lr)
    silent = []
    for _ in range(STEPS):
        loss = F.cross_entropy(model(X[:TRAIN]), y[:TRAIN])
        if not math.isfinite(loss.item()):
            return silent, math.nan
        optimizer.zero_grad()
        loss.backward()
        weights = (model[0].weight, model[2].weight)  # (64, 64), a row for each unit
        silent.append(np.mean([(w.grad.numpy() == 0).all(axis=1).mean() for w in weights]))
        optimizer.step()
    with pl.no_grad():
        return silent, (model(X[TRAIN:]).argmax(1) == y[TRAIN:]).float().mean().item()


# --- What helps ---------------------------------------------------------------------------------------------
# Large weights and large steps kill. Each remedy changes one thing only.
remedies = {
    "ReLU, large weights, lr 0.4": {},
    "the same with lr 0.1": {"lr": 0.1},
    "the same with He's start": {"he": True},
    "the same with LeakyReLU": {"activation": nn.LeakyReLU},
}
print(f"\n{STEPS} steps on {TRAIN} digits; means of {SEEDS} seeds")
print("                                without gradient: at first   at the end   test accuracy")
curves = {}
for name, options in remedies.items():
    runs = [train(seed, **options) for seed in range(SEEDS)]
    curves[name] = np.mean([silent for silent, _ in runs], axis=0)
    accuracy = [right for _, right in runs]
    print(
        f"  {name:<28}{curves[name][0]:28.1%}{curves[name][-1]:13.1%}"
        f"{np.mean(accuracy):10.3f} ({min(accuracy):.3f} .. {max(accuracy):.3f})"
    )

# LeakyReLU lets a hundredth of the gradient through where it is off, so its units cannot die. But it does not make
# too large a step right. One notch more, and what would have killed ReLUs drives its weights to infinity.
for activation in (nn.ReLU, nn.LeakyReLU):
    runs = [train(seed, lr=0.6, activation=activation) for seed in range(SEEDS)]
    blown_up = sum(math.isnan(right) for _, right in runs)
    dead = np.mean([silent[-1] for silent, _ in runs])
    print(
        f"lr 0.6 with {activation.__name__}: {blown_up} of {SEEDS} runs blew up; {dead:.0%} of units without gradient"
    )
print("So mend the cause first, the steps and the start; then the activation.")

# --- The picture --------------------------------------------------------------------------------------------
left, right = panels(2, width=4.8, height=3.8)
z = pl.linspace(-3, 3, 301)
left.plot(z.numpy(), F.relu(z).numpy(), color="#2f7ed8", linewidth=2.2, label="ReLU: flat where it is off")
leaky = F.leaky_relu(z, 0.1).numpy()
left.plot(z.numpy(), leaky, color="#d9730d", linestyle="--", linewidth=2.2, label="LeakyReLU (here with slope 0.1)")
left.set(xlabel="z = w x + b", ylabel="output", title="Why one dies and the other does not")
left.legend(loc="upper left")
styles = [("#1d2127", "-"), ("#7d828c", ":"), ("#2f7ed8", "-."), ("#d9730d", "--")]
for (name, silent), (color, dashes) in zip(curves.items(), styles, strict=True):
    right.plot(range(1, STEPS + 1), 100 * silent, color=color, linestyle=dashes, linewidth=2.2, label=name)
right.set(xlabel="step", ylabel="% of units without gradient", title="Units that learn nothing", ylim=(-2, 60))
right.legend(loc="upper left")
save(left)

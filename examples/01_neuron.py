"""Chapter 1: a neuron.

A neuron weighs its inputs, adds a bias, and squeezes the sum by an activation function:

    z = w1 x1 + w2 x2 + ... + b,    y = f(z).

Here a neuron with one input learns who passes an exam from the hours of practice.
"""

import math

import numpy as np
from picture import panels, save

import pellucid as pl
from pellucid.models import Neuron
from pellucid.nn import functional as F

pl.manual_seed(0)

# --- What it computes ---------------------------------------------------------------------------------------
# With given weights there is no magic at all: a sum of products, then the sigmoid 1 / (1 + e^-z), which turns
# any number into one between 0 and 1, so that we may read it as a probability.
neuron = Neuron(2, activation="sigmoid")
neuron.load_state_dict({"weight": [0.8, -0.5], "bias": 0.1})
x = pl.tensor([1.0, 2.0])

z = 0.8 * 1.0 + -0.5 * 2.0 + 0.1
y = 1 / (1 + math.exp(-z))
print(f"By hand:     z = {z:.4f}, y = sigmoid(z) = {y:.4f}")
print(f"The neuron:  y = {neuron(x).item():.4f}")

# --- What it learns -----------------------------------------------------------------------------------------
# Ten people, their hours of practice, and whether they passed (1) or not (0). Nobody passes for sure: the two
# groups overlap, and the neuron can only say how likely it is.
hours = pl.tensor([[0.5], [1.0], [1.5], [2.0], [2.5], [3.0], [3.5], [4.0], [4.5], [5.0]])
passed = pl.tensor([0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0])

neuron = Neuron(1)
grid = pl.linspace(0, 6, 200).reshape(-1, 1)
with pl.no_grad():
    before = neuron(grid).numpy()

# Learning is three lines, again and again: measure how wrong the neuron is (the loss), find in which direction
# each weight makes it worse (the gradient), and take a small step in the other direction. Chapters 5, 8 and 9
# open up each of the three.
lr = 0.5
losses = []
for _ in range(2000):
    loss = F.binary_cross_entropy(neuron(hours), passed)
    loss.backward()
    with pl.no_grad():
        neuron.weight -= lr * neuron.weight.grad
        neuron.bias -= lr * neuron.bias.grad
    neuron.zero_grad()
    losses.append(loss.item())

w, b = neuron.weight.item(), neuron.bias.item()
print(f"\nThe loss fell from {losses[0]:.3f} to {losses[-1]:.3f}.")
print(f"It learned the weight w = {w:.2f} and the bias b = {b:.2f}.")
print(f"Its probability passes one half where w x + b = 0: at x = -b / w = {-b / w:.2f} hours.")

with pl.no_grad():
    p = neuron(hours).numpy()
    after = neuron(grid).numpy()
print("\nhours  passed  probability")
for h, t, q in zip(hours.numpy()[:, 0], passed.numpy(), p, strict=True):
    print(f"{h:5.1f}  {t:6.0f}  {q:11.2f}")
right = int(((p > 0.5) == passed.numpy()).sum())
print(f"With the threshold one half it is right for {right} of {len(p)} people.")

# --- The picture --------------------------------------------------------------------------------------------
(ax,) = panels(1, width=6.4, height=4)
ax.plot(grid.numpy()[:, 0], before, color="#7d828c", linestyle="--", label="before learning")
ax.plot(grid.numpy()[:, 0], after, color="#2f7ed8", linewidth=2.4, label="after learning: sigmoid(w x + b)")
ax.axvline(-b / w, color="#7d828c", linewidth=1, linestyle=":", label="probability one half")
ax.scatter(hours.numpy()[:, 0], passed.numpy(), color=np.where(passed.numpy(), "#149a6c", "#d9730d"), zorder=3)
ax.set(
    xlabel="hours of practice", ylabel="probability of passing", xlim=(0, 6), title="One neuron learns from ten people"
)
ax.legend(loc="center left", bbox_to_anchor=(0.0, 0.75))
save(ax)

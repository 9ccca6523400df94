"""Chapter 4: forward propagation by hand.

A network is neurons in layers: what one layer gives is what the next one takes. To compute its answer from its
input, layer by layer, is forward propagation. We do it three times: neuron by neuron, layer by layer with
matrices, and with Pellucid's layers. All three must agree.
"""

import math

import numpy as np
from picture import save

import pellucid as pl
from pellucid import nn, plot

# A network with two inputs, three hidden neurons, and one output: 2-3-1. Row i of W1 holds the weights of hidden
# neuron i, one for each input.
W1 = np.array([[0.5, -0.6], [1.0, 0.4], [-0.7, 0.9]])  # (hidden, inputs) = (3, 2)
b1 = np.array([0.1, -0.2, 0.3])  # (3,)
W2 = np.array([[0.8, -1.1, 0.6]])  # (outputs, hidden) = (1, 3)
b2 = np.array([0.05])  # (1,)
x = np.array([1.0, 2.0])  # (2,)


def sigmoid(z):
    """Return 1 / (1 + e^-z)."""
    return 1 / (1 + np.exp(-z))


# --- Neuron by neuron ---------------------------------------------------------------------------------------
print(f"input: x = {x.tolist()}\n")
h = []
for i in range(3):
    z = W1[i, 0] * x[0] + W1[i, 1] * x[1] + b1[i]
    h.append(1 / (1 + math.exp(-z)))
    print(f"hidden {i + 1}: z = {W1[i, 0]:g}·{x[0]:g} + {W1[i, 1]:g}·{x[1]:g} + {b1[i]:g} = {z:.4f},  h = {h[i]:.4f}")
z = W2[0, 0] * h[0] + W2[0, 1] * h[1] + W2[0, 2] * h[2] + b2[0]
by_hand = 1 / (1 + math.exp(-z))
terms = " + ".join(f"{weight:g}·{value:.4f}" for weight, value in zip(W2[0], h, strict=True))
print(f"output:   z = {terms} + {b2[0]:g} = {z:.4f},  y = {by_hand:.4f}")
print(f"\nneuron by neuron:     y = {by_hand:.6f}")

# --- Layer by layer -----------------------------------------------------------------------------------------
# A matrix times a vector is exactly that list of weighted sums, so a layer is one line.
hidden = sigmoid(W1 @ x + b1)
y = sigmoid(W2 @ hidden + b2)
print(f"with matrices:        y = {y[0]:.6f}")

# --- With Pellucid ------------------------------------------------------------------------------------------
# nn.Linear is W x + b, and nn.Sequential passes each layer's output on to the next one.
model = nn.Sequential(nn.Linear(2, 3), nn.Sigmoid(), nn.Linear(3, 1), nn.Sigmoid()).double()
model.load_state_dict({"0.weight": W1, "0.bias": b1, "2.weight": W2, "2.bias": b2})
with pl.no_grad():
    answer = model(pl.tensor(x)).item()
print(f"with Pellucid:        y = {answer:.6f}")
print(f"largest difference:   {max(abs(by_hand - answer), abs(y[0] - answer)):.0e}")

# --- A batch ------------------------------------------------------------------------------------------------
# Many inputs at once are the rows of a matrix X. Then X W^T + b gives a row of answers for each, with one
# multiplication of matrices: that, and not a loop over neurons, is what computers are fast at.
X = np.array([[1.0, 2.0], [0.0, 0.0], [-1.0, 0.5], [2.0, -2.0]])  # (rows, inputs) = (4, 2)
H = sigmoid(X @ W1.T + b1)  # (4, 3)
Y = sigmoid(H @ W2.T + b2)  # (4, 1)
with pl.no_grad():
    batch = model(pl.tensor(X)).numpy()
print(f"\na batch of {len(X)} rows: {X.shape} -> {H.shape} -> {Y.shape}")
print(f"answers: {Y[:, 0].round(4).tolist()}")
print(f"largest difference from Pellucid: {np.abs(Y - batch).max():.0e}")

# --- The picture --------------------------------------------------------------------------------------------
# Blue lines are positive weights, orange ones negative, and the number in each neuron is what it gives.
ax = plot.network(model)
for circle, value in zip(ax.patches, [*x, *hidden, *y], strict=True):
    ax.text(*circle.center, f"{value:.2f}", ha="center", va="center", color="white", fontsize=8)
save(ax)

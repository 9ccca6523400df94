"""Chapter 3: activation functions and their derivatives.

Without an activation function, layers would be pointless: a linear function of a linear function is again a
linear function. The activation bends it. Its derivative decides how well the network learns, because each
layer multiplies the gradient by it on the way back.
"""

import numpy as np
from picture import panels, save

import pellucid as pl
from pellucid import nn, plot
from pellucid.nn import functional as F

pl.manual_seed(0)

# --- Why bend at all? ---------------------------------------------------------------------------------------
# Two linear layers on top of each other are one: W2 (W1 x + b1) + b2 = (W2 W1) x + (W2 b1 + b2).
first, second = nn.Linear(3, 5), nn.Linear(5, 2)
x = pl.randn(4, 3)
with pl.no_grad():
    W = second.weight @ first.weight
    b = second.weight @ first.bias + second.bias
    difference = (second(first(x)) - (x @ W.t() + b)).abs().max().item()
print(f"Two linear layers and the one that replaces them differ by {difference:.0e}: only rounding.")

# --- Values and derivatives ---------------------------------------------------------------------------------
# The derivative comes from the tape: compute y = f(x), call backward, read x.grad.
functions = {
    "sigmoid": F.sigmoid,
    "tanh": F.tanh,
    "relu": F.relu,
    "leaky_relu": F.leaky_relu,
    "gelu": F.gelu,
    "softplus": F.softplus,
}
points = [-4.0, -1.0, 0.0, 1.0, 4.0]


def derivative(f, values):
    """Return f' at each of the values."""
    x = pl.tensor(values, requires_grad=True)
    f(x).sum().backward()
    return x.grad.numpy()


print("\n   f(x) at x =" + "".join(f"{p:8.1f}" for p in points) + "      f'(x) at the same x")
for name, f in functions.items():
    y = f(pl.tensor(points)).numpy()
    dy = derivative(f, points)
    print(f"{name:>13}" + "".join(f"{v:8.3f}" for v in y) + "   " + "".join(f"{v:8.3f}" for v in dy))

# The textbook has a formula for each. For the sigmoid it is f' = f (1 - f), so the derivative costs nothing
# once the value is known.
sigma = F.sigmoid(pl.tensor(points)).numpy()
error = np.abs(sigma * (1 - sigma) - derivative(F.sigmoid, points)).max()
print(f"\nsigmoid' = sigmoid (1 - sigmoid): formula and tape differ by {error:.0e}.")

# --- What the derivative does to learning -------------------------------------------------------------------
# Where the derivative is nearly 0 the function is saturated, and nothing is learned through it. The sigmoid's
# is never above a quarter. Ten sigmoid layers shrink a gradient at least by that factor ten times over. ReLU
# has the derivative 1 wherever it is on, and hands the gradient on unchanged. That is why it is the default
# between layers today, and the sigmoid is kept for the output.
grid = np.linspace(-5, 5, 1001).tolist()
layers = 10
print(f"\nlargest derivative, and what {layers} layers leave of a gradient at best:")
for name in ("sigmoid", "tanh", "relu"):
    largest = derivative(functions[name], grid).max()
    print(f"{name:>8}: {largest:.2f}   {largest:.2f}^{layers} = {largest**layers:.1e}")

# --- The picture --------------------------------------------------------------------------------------------
axes = panels(3, rows=2, width=3.6, height=3)
for ax, f in zip(axes, functions.values(), strict=True):
    plot.activation(f, ax=ax)
save(axes[0])

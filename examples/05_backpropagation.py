"""Chapter 5: backpropagation, step by step.

How does the loss change when one weight changes a little? That slope is the gradient, and the chain rule gives
it: multiply the slopes of all steps between the weight and the loss. Backpropagation does this from the loss
backwards, so that every product is used again by the layer before. The smallest network shows all of it:

    z1 = w1 x + b1,  h = sigmoid(z1),  z2 = w2 h + b2,  y = sigmoid(z2),  L = (y - t)².
"""

import math

import numpy as np
from picture import panels, save

import pellucid as pl


def sigmoid(z):
    """Return 1 / (1 + e^-z)."""
    return 1 / (1 + math.exp(-z))


x, t = 1.5, 0.2  # the input, and the target: the answer we want
w1, b1, w2, b2 = 0.8, -0.4, 1.2, 0.3  # what can be learned


def loss_of(w1, b1, w2, b2):
    """Return L: the whole network in one line."""
    return (sigmoid(w2 * sigmoid(w1 * x + b1) + b2) - t) ** 2


# --- Forward ------------------------------------------------------------------------------------------------
z1 = w1 * x + b1
h = sigmoid(z1)
z2 = w2 * h + b2
y = sigmoid(z2)
L = (y - t) ** 2
print("forward")
print(f"  z1 = w1 x + b1   = {z1:.4f}\n  h  = sigmoid(z1) = {h:.4f}")
print(f"  z2 = w2 h + b2   = {z2:.4f}\n  y  = sigmoid(z2) = {y:.4f}\n  L  = (y - t)²    = {L:.4f}")

# --- Backward -----------------------------------------------------------------------------------------------
# Start at the end. dL/dy, for short dy, says how the loss changes with y. Every line below takes one above it
# and multiplies by one more local slope: that is the chain rule, and it is all there is.
dy = 2 * (y - t)  # the slope of the square
dz2 = dy * y * (1 - y)  # times the slope of the sigmoid (chapter 3)
dw2 = dz2 * h  # z2 = w2 h + b2 has the slope h by w2 ...
db2 = dz2 * 1  # ... 1 by b2 ...
dh = dz2 * w2  # ... and w2 by h, which leads on to the layer before.
dz1 = dh * h * (1 - h)
dw1 = dz1 * x
db1 = dz1 * 1
print("\nbackward")
print(f"  dy  = 2 (y - t)     = {dy:.6f}")
print(f"  dz2 = dy  · y (1-y) = {dy:.6f} · {y * (1 - y):.6f} = {dz2:.6f}")
print(f"  dw2 = dz2 · h       = {dz2:.6f} · {h:.6f} = {dw2:.6f}")
print(f"  dh  = dz2 · w2      = {dz2:.6f} · {w2:.6f} = {dh:.6f}")
print(f"  dz1 = dh  · h (1-h) = {dh:.6f} · {h * (1 - h):.6f} = {dz1:.6f}")
print(f"  dw1 = dz1 · x       = {dz1:.6f} · {x:.6f} = {dw1:.6f}")

# --- The same from the tape ---------------------------------------------------------------------------------
# Pellucid writes each operation on a tape while it computes forward; backward() walks the tape from its end,
# with the very multiplications above. retain_grad() keeps the numbers in between for us to look at.
parameters = [pl.tensor(value, dtype=pl.float64, requires_grad=True) for value in (w1, b1, w2, b2)]
W1, B1, W2, B2 = parameters
Z1 = W1 * x + B1
H = Z1.sigmoid()
Z2 = W2 * H + B2
Y = Z2.sigmoid()
for between in (Z1, H, Z2, Y):
    between.retain_grad()
loss = (Y - t) ** 2
loss.backward()

# And a third time without any calculus: move one parameter a little to both sides and see what the loss does.
eps = 1e-6
values = np.array([w1, b1, w2, b2])
measured = [(loss_of(*(values + step)) - loss_of(*(values - step))) / (2 * eps) for step in eps * np.eye(4)]

print("\n          chain rule        tape    measured")
rows = [("y", dy, Y), ("z2", dz2, Z2), ("h", dh, H), ("z1", dz1, Z1)]
for name, by_hand, tensor in rows:
    print(f"dL/d{name:<3}  {by_hand:10.6f}  {tensor.grad.item():10.6f}")
rows = [("w1", dw1, W1), ("b1", db1, B1), ("w2", dw2, W2), ("b2", db2, B2)]
for (name, by_hand, tensor), slope in zip(rows, measured, strict=True):
    print(f"dL/d{name:<3}  {by_hand:10.6f}  {tensor.grad.item():10.6f}  {slope:10.6f}")
worst = max(abs(by_hand - tensor.grad.item()) for _, by_hand, tensor in rows)
print(f"largest difference between chain rule and tape: {worst:.0e}")

# --- What it is for -----------------------------------------------------------------------------------------
# The gradient points uphill, so a step against it lowers the loss.
lr = 1.0
after = loss_of(*(values - lr * np.array([dw1, db1, dw2, db2])))
print(f"\nOne step against the gradient: the loss goes from {L:.4f} to {after:.4f}.")

# --- The picture --------------------------------------------------------------------------------------------
# The loss as each weight moves alone. The gradient is the slope of the tangent.
axes = panels(2, width=4.4, height=3.8, sharey=True)
for ax, i, slope in [(axes[0], 0, dw1), (axes[1], 2, dw2)]:
    line = np.linspace(values[i] - 3, values[i] + 3, 200)
    curve = [loss_of(*np.where(np.arange(4) == i, w, values)) for w in line]
    near = np.array([-1.6, 1.6])
    ax.plot(line, curve, color="#2f7ed8", linewidth=2.4, label="loss")
    ax.plot(values[i] + near, L + slope * near, color="#d9730d", linestyle="--", label=f"slope {slope:.3f}")
    ax.plot([values[i]], [L], "o", color="#d9730d")
    ax.set(xlabel=("w1", "b1", "w2", "b2")[i], title=f"the loss as {('w1', 'b1', 'w2', 'b2')[i]} changes")
    ax.legend(loc="upper left")
axes[0].set_ylabel("L")
save(axes[0])

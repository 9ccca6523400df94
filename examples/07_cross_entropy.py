"""Chapter 7: the 3-4-2 exercise with cross-entropy.

A network with three inputs, four hidden neurons and two classes, every gradient written out in NumPy and
compared with the tape. Who has done this once by hand has understood deep learning; the rest is bigger matrices.

    z1 = W1 x + b1,  h = relu(z1),  z2 = W2 h + b2,  p = softmax(z2),  L = -log p_t      t: the right class
"""

import numpy as np
from picture import panels, save

import pellucid as pl
from pellucid import nn
from pellucid.nn import functional as F

pl.manual_seed(28)
np.set_printoptions(precision=4, suppress=True, floatmode="fixed")

model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)).double()
names = ["W1", "b1", "W2", "b2"]  # of shape (4, 3), (4,), (2, 4), (2,)
weights = {name: p.detach().numpy().copy() for name, p in zip(names, model.parameters(), strict=True)}
x = np.array([1.0, -0.5, 2.0])
t = 1


# --- Forward ------------------------------------------------------------------------------------------------
def forward(W1, b1, W2, b2):
    """Return everything on the way from x to the loss."""
    z1 = W1 @ x + b1  # (4,)
    h = np.maximum(z1, 0)  # relu
    z2 = W2 @ h + b2  # (2,), the logits: any numbers, the larger the likelier
    e = np.exp(z2 - z2.max())  # softmax does not change when all logits shift; so no e^z can overflow
    p = e / e.sum()  # (2,), the probabilities: positive, with the sum 1
    return z1, h, z2, p, -np.log(p[t])


z1, h, z2, p, L = forward(**weights)
print(f"hidden before relu  z1 = {z1}\nhidden              h  = {h}")
print(f"logits              z2 = {z2}\nprobabilities       p  = {p}")
print(f"right class         t  = {t}\nloss     L = -log p[{t}] = {L:.4f}")


# --- Backward, by hand --------------------------------------------------------------------------------------
# As in chapter 5, dz2 is short for dL/dz2. The derivatives of softmax and logarithm are both ugly, but together
# they collapse into the nicest formula of the field: dz2 = p - y, where y is 1 for the right class and 0 for the
# other. What the network said, minus what it should have said.
def backward(W2):
    """Return the gradient by each weight, from the last layer back to the first."""
    y = np.eye(2)[t]
    dz2 = p - y  # (2,)
    dW2 = np.outer(dz2, h)  # (2, 4), shaped as W2: the error of each output times the input of each weight
    dh = W2.T @ dz2  # (4,), the errors, sent back through the same weights
    dz1 = np.where(z1 > 0, dh, 0)  # relu passes the gradient where it was on, and stops it where it was off
    dW1 = np.outer(dz1, x)  # (4, 3)
    return {"W1": dW1, "b1": dz1, "W2": dW2, "b2": dz2}


gradients = backward(weights["W2"])
for name, gradient in gradients.items():
    print(f"\ndL/d{name} =\n{gradient + 0.0}")  # + 0.0 turns -0 into 0

# --- Backward, by the tape ----------------------------------------------------------------------------------
# cross_entropy takes the logits and does softmax and logarithm itself; never put a softmax before it.
loss = F.cross_entropy(model(pl.tensor(x[None])), pl.tensor([t]))  # [None]: a batch of one row
loss.backward()
print(f"\nloss by hand {L:.10f}, by the tape {loss.item():.10f}")
for (name, by_hand), parameter in zip(gradients.items(), model.parameters(), strict=True):
    difference = np.abs(parameter.grad.numpy() - by_hand).max()
    print(f"dL/d{name}: by hand and by the tape differ by at most {difference:.0e}")

# --- One update ---------------------------------------------------------------------------------------------
lr = 0.1
*_, p_after, L_after = forward(**{name: weights[name] - lr * gradients[name] for name in names})
print(f"\nafter one update with lr = {lr}:")
print(f"  the probability of the right class rises from {p[t]:.4f} to {p_after[t]:.4f}")
print(f"  the loss falls from {L:.4f} to {L_after:.4f}")

# The tape's gradients and the same rule give the same new loss.
with pl.no_grad():
    for parameter in model.parameters():
        parameter.sub_(lr * parameter.grad)
    same = F.cross_entropy(model(pl.tensor(x[None])), pl.tensor([t])).item()
print(f"  the tape's network now has the loss {same:.4f}")

# --- The picture --------------------------------------------------------------------------------------------
left, right = panels(2, width=4.4, height=3.6)
places = np.arange(2)
left.bar(places - 0.2, p, 0.36, color="#7d828c", label="before the update")
left.bar(places + 0.2, p_after, 0.36, color="#2f7ed8", label="after it")
left.set(xticks=places, xticklabels=["class 0", "class 1 (right)"], ylabel="probability", ylim=(0, 1))
left.set_title("What the network says")
left.grid(axis="x", visible=False)
left.legend()
table = gradients["W1"]
strongest = 1.6 * np.abs(table).max()  # a little more than the largest, so that the numbers stay readable
right.imshow(table, cmap="RdBu", vmin=-strongest, vmax=strongest, aspect="auto")
for i, j in np.ndindex(table.shape):
    right.text(j, i, f"{table[i, j] + 0:.3f}", ha="center", va="center", fontsize=9)
right.set(xticks=range(3), xticklabels=["x1", "x2", "x3"], yticks=range(4), yticklabels=["h1", "h2", "h3", "h4"])
right.set_title("dL/dW1: who is to blame")
right.grid(visible=False)
save(left)

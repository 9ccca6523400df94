"""Chapter 22: recurrence: networks with a memory, and the LSTM's gates by hand.

A recurrent network reads a sequence step by step and keeps a state: h_t = tanh(W x_t + U h_{t-1} + b). Going back
through time, the gradient is multiplied by U once a step: after fifty steps hardly anything is left of it. The LSTM
(Hochreiter and Schmidhuber, 1997; with a forget gate Gers, Schmidhuber and Cummins, 2000) adds a second state that is
carried along unchanged, unless gates say otherwise.
"""

import numpy as np
from picture import panels, save

import pellucid as pl
from pellucid import nn, optim
from pellucid.nn import functional as F


def sigmoid(z):
    """Return 1 / (1 + exp(-z)): how far a gate is open."""
    return 1 / (1 + np.exp(-z))


# --- One step of an LSTM, by hand ---------------------------------------------------------------------------
#   i, f, o = sigmoid(...)   the input gate, the forget gate, the output gate
#   g       = tanh(...)      what might be remembered
#   c_t = f c_{t-1} + i g    keep some of the old, add some of the new
#   h_t = o tanh(c_t)        and show some of it
# With one input and one unit every gate has two weights and a bias.
W = {"i": (1.0, 0.0, 0.0), "f": (0.0, 0.0, 2.0), "g": (2.0, 0.5, 0.0), "o": (0.0, 0.0, 1.0)}  # of x, of h, bias
x, h, c = [1.0, 0.0, -1.0, 0.0], 0.0, 0.0
print("  t     x     i     f     g     o      c      h")
for t, x_t in enumerate(x):
    z = {gate: w * x_t + u * h + b for gate, (w, u, b) in W.items()}
    i, f, o, g = sigmoid(z["i"]), sigmoid(z["f"]), sigmoid(z["o"]), np.tanh(z["g"])
    c = f * c + i * g
    h = o * np.tanh(c)
    print(f"  {t + 1} {x_t:5.1f} {i:5.2f} {f:5.2f} {g:5.2f} {o:5.2f} {c:6.3f} {h:6.3f}")

cell = nn.LSTM(1, 1)
with pl.no_grad():  # PyTorch's order of the gates: i, f, g, o; its second bias is not needed
    cell.weight_ih_l0.copy_(pl.tensor([[W[gate][0]] for gate in "ifgo"]))
    cell.weight_hh_l0.copy_(pl.tensor([[W[gate][1]] for gate in "ifgo"]))
    cell.bias_ih_l0.copy_(pl.tensor([W[gate][2] for gate in "ifgo"]))
    cell.bias_hh_l0.zero_()
    output, (h_n, c_n) = cell(pl.tensor(x).reshape(4, 1, 1))
print(f"the library says the same: {np.allclose([h, c], [h_n.item(), c_n.item()], atol=1e-6)}")

# --- How far a gradient reaches -----------------------------------------------------------------------------
# How much does the last output change when the input t steps before it is changed a little?
STEPS, UNITS = 60, 16
reach = {}
for name, kind in (("RNN", nn.RNN), ("LSTM", nn.LSTM), ("LSTM, forget bias 3", nn.LSTM)):
    pl.manual_seed(0)
    layer = kind(1, UNITS)
    if "forget" in name:
        with pl.no_grad():
            layer.bias_ih_l0[UNITS : 2 * UNITS] = 3.0  # f starts near 1: remember unless told otherwise
    inputs = pl.tensor(pl.Generator(0).numpy("x").normal(size=(STEPS, 8, 1))).float().requires_grad_()
    layer(inputs)[0][-1].sum().backward()
    reach[name] = np.abs(inputs.grad.numpy()).mean(axis=(1, 2))[::-1]
print(f"\nsize of the gradient at the last input, and 10, 30, {STEPS - 1} steps before")
for name, sizes in reach.items():
    print(f"  {name:<19} " + "  ".join(f"{sizes[t]:.1e}" for t in (0, 10, 30, STEPS - 1)))


# --- A task that needs memory -------------------------------------------------------------------------------
# The first of 30 numbers decides the class, +1 or -1; the 29 others are noise.
def sequences(n, seed, length=30):
    """Return noise with a sign in front, (length, n, 1), and what the sign was."""
    random = pl.Generator(seed).numpy("sequences")
    noise, sign = random.normal(size=(length, n, 1)) * 0.5, random.integers(0, 2, n)
    noise[0, :, 0] = 2 * sign - 1
    return pl.tensor(noise).float(), pl.tensor(sign)


class Reader(nn.Module):
    """A recurrent layer, and two scores of its last output."""

    def __init__(self, kind):
        super().__init__()
        self.layer = kind(1, UNITS)
        self.output = nn.Linear(UNITS, 2)

    def forward(self, x):
        """Return the scores, (N, 2)."""
        return self.output(self.layer(x)[0][-1])


curves = {}
unseen, truth = sequences(500, seed=1)
print("\nwhich sign was the first of 30? accuracy on unseen sequences after 50, 150, 300 steps")
for name, kind in (("RNN", nn.RNN), ("GRU", nn.GRU), ("LSTM", nn.LSTM), ("LSTM, forget bias 3", nn.LSTM)):
    pl.manual_seed(0)
    reader = Reader(kind)
    if "forget" in name:
        with pl.no_grad():
            reader.layer.bias_ih_l0[UNITS : 2 * UNITS] = 3.0
    optimizer = optim.Adam(reader.parameters(), lr=0.01)
    course = []
    for step in range(1, 301):
        inputs, targets = sequences(32, seed=1000 + step)
        loss = F.cross_entropy(reader(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
        optimizer.step()
        if step % 10 == 0:
            with pl.no_grad():
                course.append((reader(unseen).argmax(1) == truth).float().mean().item())
    curves[name] = course
    print(f"  {name:<19} " + "  ".join(f"{course[i]:.3f}" for i in (4, 14, 29)))

# --- The picture --------------------------------------------------------------------------------------------
left, right = panels(2, width=4.9)
colors = {"RNN": "#7d828c", "GRU": "#3a9a5b", "LSTM": "#2f7ed8", "LSTM, forget bias 3": "#d9730d"}
for name, sizes in reach.items():
    left.semilogy(range(STEPS), sizes, color=colors[name], linewidth=2.2, label=name)
left.set(xlabel="steps before the last", ylabel="size of the gradient", title="How far back is anything felt?")
left.legend()
for name, course in curves.items():
    right.plot(range(10, 301, 10), course, color=colors[name], linewidth=2.2, label=name)
right.set(xlabel="training step", ylabel="accuracy", title="Remember the first of 30 numbers", ylim=(0.4, 1.03))
right.legend(loc="center right")
save(left)

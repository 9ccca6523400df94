"""Chapter 13: initial weights, and gradients that vanish or explode.

On the way back, each layer multiplies the gradient by its weights and by the derivative of its activation. Twenty
layers multiply twenty times: a little less than 1 each, and nothing arrives; a little more, and it explodes. The
initial weights decide which, before the first step is taken.
"""

import math

import numpy as np
from picture import panels, save

import pellucid as pl
from pellucid import nn, optim
from pellucid.data import load_digits
from pellucid.models import MLP
from pellucid.nn import functional as F

pl.manual_seed(0)
DEPTH, WIDTH = 20, 64
digits = load_digits()
X = pl.tensor(digits.frame.drop(columns=digits.target).to_numpy(dtype=np.float32)[:200] / 8 - 1)  # from -1 to 1
y = pl.tensor(digits.frame[digits.target].to_numpy(dtype=np.int64)[:200])

# --- Four ways to start -------------------------------------------------------------------------------------
# A unit adds up n inputs. With weights of variance v, the sum has n v times the variance of an input. Xavier
# (Glorot and Bengio, 2010) chooses v so that n v = 1, halfway between n inputs and n outputs. ReLU throws one half
# away, so He and others (2015) double it: v = 2 / n.
starts = {
    "small": lambda W: nn.init.normal_(W, std=0.01),
    "large": lambda W: nn.init.normal_(W, std=1.0),
    "Xavier": nn.init.xavier_normal_,
    "He": lambda W: nn.init.kaiming_normal_(W, nonlinearity="relu"),
}
print(f"standard deviation of the weights of a layer with {WIDTH} inputs and {WIDTH} outputs:")
for name, start in starts.items():
    W = start(pl.empty(WIDTH, WIDTH))
    print(f"  {name:<7} {W.std().item():.3f}")
print(
    f"  (Xavier: sqrt(1 / {WIDTH}) = {math.sqrt(1 / WIDTH):.3f};  He: sqrt(2 / {WIDTH}) = {math.sqrt(2 / WIDTH):.3f})"
)


def deep(activation, start, seed=0):
    """Return a network of 20 hidden layers that starts so, with biases at zero."""
    pl.manual_seed(seed)
    model = MLP([64] + [WIDTH] * DEPTH + [10], activation=activation)
    for p in model.parameters():
        start(p) if p.ndim == 2 else nn.init.zeros_(p)
    return model


# --- Gradients, layer by layer ------------------------------------------------------------------------------
# One pass forward and one back. What a layer's weights learn from is a product: the signal that comes in from below,
# times the gradient that comes back from above. Both have to survive the way.
print(f"\n{DEPTH} hidden layers   signal in the last   gradient by the weights of the first   of the last")
norms = {}
for activation in ("sigmoid", "tanh", "relu"):
    for name, start in starts.items():
        model = deep(activation, start).double()  # float32 ends at 1e-38; the vanishing does not
        signal = model.layers[:-1](X.double())  # (rows, WIDTH), what the last hidden layer says
        F.cross_entropy(model.layers[-1](signal), y).backward()
        norms[activation, name] = [p.grad.norm().item() for p in model.parameters() if p.ndim == 2][:DEPTH]
        spread = signal.std(dim=0).mean().item()  # how much it says depends on the row
        first, *_, last = norms[activation, name]
        print(f"  {activation:<8} {name:<7}{spread:20.1e}{first:40.1e}{last:14.1e}")

# The sigmoid's derivative is at most a quarter (chapter 3): unless the weights are large, its gradients vanish on the
# way back. With small weights, tanh and ReLU lose the signal on the way forward, and with it every layer's gradient.
# With large ones, ReLU's signal explodes, and tanh's gradient. Xavier keeps tanh in balance; ReLU needs He's doubled
# variance, or it fades.

# --- What it means for learning -----------------------------------------------------------------------------
# The same rows, optimizer and number of steps; only the start differs.
print(f"\ntraining loss after 50 steps of Adam; knowing nothing gives log(10) = {math.log(10):.2f}")
for activation in ("sigmoid", "tanh", "relu"):
    reached = []
    for name, start in starts.items():
        model = deep(activation, start)
        optimizer = optim.Adam(model.parameters(), lr=1e-3)
        for _ in range(50):
            loss = F.cross_entropy(model(X), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        reached.append(f"{name} {loss.item():.3g}")
    print(f"  {activation:<8} {',  '.join(reached)}")

# --- The picture --------------------------------------------------------------------------------------------
styles = [("#7d828c", ":"), ("#b0429a", "-."), ("#2f7ed8", "--"), ("#d9730d", "-")]
axes = panels(3, width=3.7, height=3.8, sharey=True)
for ax, activation in zip(axes, ("sigmoid", "tanh", "relu"), strict=True):
    for name, (color, dashes) in zip(starts, styles, strict=True):
        values = norms[activation, name]
        ax.plot(range(1, DEPTH + 1), values, color=color, linestyle=dashes, linewidth=2.2, label=name)
    ax.set(yscale="log", xlabel="hidden layer", title=activation, xticks=[1, 5, 10, 15, 20])
axes[0].set_ylabel("norm of the gradient")
axes[0].legend(loc="lower right")
save(axes[0])

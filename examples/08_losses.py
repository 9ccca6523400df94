"""Chapter 8: loss functions.

The loss is one number for how wrong the network is, and the only thing that training knows about our wishes.
To choose it is to choose which mistakes hurt how much.
"""

import math

import numpy as np
from picture import panels, save

import pellucid as pl
from pellucid.nn import functional as F

# --- Numbers: squared, absolute, Huber ----------------------------------------------------------------------
# For a number to predict, the error is e = prediction - truth.
#     MSE = e²: large errors hurt very much.      L1 = |e|: each error hurts by its size.
#     Huber: squared near zero, straight beyond delta; smooth like the one, calm like the other.
errors = pl.tensor([0.1, 1.0, 3.0, 10.0])
zero = pl.zeros(4)
regression = {"MSE": F.mse_loss, "L1": F.l1_loss, "Huber": F.huber_loss}
print("error" + "".join(f"{e:9.1f}" for e in errors.tolist()))
for name, loss in regression.items():
    print(f"{name:<5}" + "".join(f"{v:9.3f}" for v in loss(errors, zero, reduction="none").tolist()))

# The loss decides what is learned. Six salaries, one of them a director's: which single number describes them
# best? Gradient descent answers, and the answers are old friends: the mean and the median.
salaries = pl.tensor([2.1, 2.3, 2.4, 2.6, 2.8, 15.0])
print(f"\nsalaries: {[round(s, 1) for s in salaries.tolist()]}")
for name, loss in regression.items():
    guess = pl.tensor(0.0, requires_grad=True)
    for step in range(4000):
        loss(guess.expand(6), salaries).backward()
        with pl.no_grad():
            guess -= 0.3 / (1 + 0.05 * step) * guess.grad  # ever smaller steps, for L1 has a corner
        guess.grad = None
    print(f"  {name:<5} settles at {guess.item():.2f}")
low, high = salaries.tolist()[2:4]
print(f"  The mean is {salaries.mean().item():.2f}; a median is every number from {low:.1f} to {high:.1f}.")

# --- Yes or no: binary cross-entropy ------------------------------------------------------------------------
# For probabilities the loss is -log of what was said about the truth. To be unsure costs a little; to be sure
# and wrong costs without limit.
print("\nsaid about the truth   cross-entropy   squared error")
for q in (0.99, 0.9, 0.5, 0.1, 0.01):
    said = pl.tensor([q])
    bce = F.binary_cross_entropy(said, pl.ones(1)).item()
    print(f"{q:20.2f}   {bce:13.3f}   {(1 - q) ** 2:13.3f}")

# Why not the squared error? Because of the gradient. When the network is sure and wrong, the sigmoid is flat,
# and the squared error's gradient dies there. The cross-entropy's logarithm undoes the sigmoid: its gradient by
# the logit is just p - y.
z = pl.tensor([-6.0], requires_grad=True)
F.mse_loss(z.sigmoid(), pl.ones(1)).backward()
squared = z.grad.item()
z.grad = None
F.binary_cross_entropy_with_logits(z, pl.ones(1)).backward()
print(f"\nthe gradient at the logit {z.item():.0f}, where yes is right")
print(f"  of the squared error: {squared:.4f}\n  of the cross-entropy: {z.grad.item():.4f}")

# --- Many classes: cross-entropy ----------------------------------------------------------------------------
# Logits in, class index out of the data. A network that knows nothing gives every class the same logit, and has
# the loss log(classes): if training does not get below that, it has learned nothing.
classes = 10
nothing = F.cross_entropy(pl.zeros(1, classes), pl.tensor([3])).item()
print(f"\nknowing nothing about {classes} classes: {nothing:.4f} = log({classes}) = {math.log(classes):.4f}")

# --- A trap that Pellucid closes ----------------------------------------------------------------------------
# Predictions (n, 1) minus targets (n,) would broadcast to a table (n, n), and the loss would be nonsense
# without any sign of it. Here that is an error.
try:
    F.mse_loss(pl.zeros(6, 1), salaries)
except ValueError as error:
    print(f"\nrefused: {error}")

# --- The picture --------------------------------------------------------------------------------------------
left, right = panels(2, width=4.6, height=3.8)
styles = [("#2f7ed8", "-"), ("#d9730d", "--"), ("#149a6c", ":")]
e = pl.linspace(-4, 4, 401)
for (name, loss), (color, dashes) in zip(regression.items(), styles, strict=True):
    values = loss(e, pl.zeros(401), reduction="none").numpy()
    left.plot(e.numpy(), values, color=color, linestyle=dashes, linewidth=2.2, label=name)
left.set(ylim=(0, 6), xlabel="prediction - truth", ylabel="loss", title="For numbers")
left.legend(loc="upper center")
z = pl.linspace(-6, 6, 401)
cross_entropy = F.binary_cross_entropy_with_logits(z, pl.ones(401), reduction="none").numpy()
right.plot(z.numpy(), cross_entropy, color=styles[0][0], linewidth=2.2, label="cross-entropy")
squares = np.square(1 - z.sigmoid().numpy())
right.plot(z.numpy(), squares, color=styles[1][0], linestyle="--", linewidth=2.2, label="squared error of the sigmoid")
right.set(xlabel="logit, where yes is right", ylabel="loss", title="For yes or no")
right.legend(loc="upper right")
save(left)

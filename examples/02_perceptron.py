"""Chapter 2: the perceptron and the AND gate.

The oldest learning neuron (Rosenblatt, 1958) answers 1 when w1 x1 + w2 x2 + b >= 0, and else 0. It needs no
gradients. It looks at one row at a time, and only a mistake teaches it something:

    w  <-  w + (t - y) x,    b  <-  b + (t - y),    t: the right answer, y: its own.
"""

import numpy as np
from picture import panels, save

from pellucid import plot
from pellucid.data import make_and, make_xor
from pellucid.models import Perceptron

# --- The rule by hand ---------------------------------------------------------------------------------------
# A gate's truth table is our whole data set: four rows of two inputs, and the answer for each.
X, t = make_and()
w, b = np.zeros(2), 0.0
print("The AND gate, first epoch, row by row")
print("  x1  x2   t   w·x + b   y   what the rule does")
for x, target in zip(X, t, strict=True):
    z = w @ x + b
    y = int(z >= 0)
    w, b = w + (target - y) * x, b + (target - y)
    deed = "nothing: it was right" if y == target else f"w = ({w[0]:g}, {w[1]:g}), b = {b:g}"
    print(f"{x[0]:4.0f}{x[1]:4.0f}{target:4d}{z:10g}{y:4d}   {deed}")

# --- Until there are no mistakes ----------------------------------------------------------------------------
# Rosenblatt's rule comes with a proof (Novikoff, 1962): if any straight line separates the two classes, the
# rule finds one after finitely many mistakes.
gate = Perceptron(2)
history = gate.fit(X, t)
print(f"\nAND: mistakes in each epoch: {list(history.errors)}")
print(f"AND: {history}")
w1, w2 = gate.weight.tolist()
print(f"AND: the answer is 1 where {w1:g} x1 + {w2:g} x2 {gate.bias.item():+g} >= 0")
print(f"AND: it answers {gate.predict(X).tolist()}, the table says {t.tolist()}")

# --- Where it must fail -------------------------------------------------------------------------------------
# XOR is 1 when exactly one input is 1. Look at the picture: the two classes stand crosswise, and no straight
# line has both circles on one side and both squares on the other. The rule never ends. Because the
# rows come in the same order each time, weights that come back prove that it would go round for ever.
X_xor, t_xor = make_xor()
xor = Perceptron(2)
history_xor = xor.fit(X_xor, t_xor, epochs=1000)
print(f"\nXOR: mistakes in each epoch: {list(history_xor.errors)}")
print(f"XOR: {history_xor}")
# Minsky and Papert showed this in 1969. The way out, a layer of neurons between input and output, is chapter 6.

# --- The picture --------------------------------------------------------------------------------------------
# The orange side, with the line itself, is where the perceptron answers 1.
left, right = panels(2, width=4.4, height=4)
for ax, model, title, rows, answers in [
    (left, gate, "AND: one line separates the classes", X, t),
    (right, xor, "XOR: whatever the line, it fails", X_xor, t_xor),
]:
    plot.decision_boundary(model.predict, rows, answers, ax=ax)
    ax.set_title(title)
    ax.get_legend().remove()
    for x, target in zip(rows, answers, strict=True):
        ax.annotate(str(target), x, xytext=(7, 7), textcoords="offset points")
save(left)

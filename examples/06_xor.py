"""Chapter 6: XOR with a 2-3-1 network of sigmoids.

One neuron draws one line, and XOR needs two (chapter 2). Three neurons in a hidden layer draw three lines; the
output neuron combines the half planes. Nobody tells the hidden neurons which lines to draw: backpropagation
(Rumelhart, Hinton and Williams, 1986) finds them.
"""

from picture import panels, save

import pellucid as pl
from pellucid import nn, optim, plot
from pellucid.data import make_xor

pl.manual_seed(1)

X, t = make_xor()
inputs = pl.tensor(X)  # (4, 2)
targets = pl.tensor(t).float().unsqueeze(1)  # (4, 1), one row of one output for each row of inputs

# --- The network --------------------------------------------------------------------------------------------
# The weights must start random. Were they all equal, the three hidden neurons would get equal gradients and
# stay copies of each other for ever.
model = nn.Sequential(nn.Linear(2, 3), nn.Sigmoid(), nn.Linear(3, 1), nn.Sigmoid())
print(model)
print(f"parameters: {sum(p.numel() for p in model.parameters())}")

# --- Training -----------------------------------------------------------------------------------------------
# BCE, the binary cross-entropy, is the loss for yes-or-no answers (chapter 8); SGD with momentum takes the
# steps (chapter 9).
criterion = nn.BCELoss()
optimizer = optim.SGD(model.parameters(), lr=0.5, momentum=0.9)

history = {"loss": []}
for epoch in range(1, 1001):
    loss = criterion(model(inputs), targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    history["loss"].append(loss.item())
    if epoch in {1, 10, 100, 300, 1000}:
        print(f"epoch {epoch:4d}: loss {loss.item():.4f}")

# --- What it learned ----------------------------------------------------------------------------------------
with pl.no_grad():
    hidden = model[1](model[0](inputs)).numpy()
    answers = model(inputs).numpy()[:, 0]
print("\nx1  x2   the three hidden neurons    answer   XOR")
for x, h, y, target in zip(X, hidden, answers, t, strict=True):
    print(f"{x[0]:2.0f}  {x[1]:2.0f}   {h[0]:.3f}   {h[1]:.3f}   {h[2]:.3f}      {y:.3f}    {target}")
print(f"right answers: {int(((answers > 0.5) == t).sum())} of {len(t)}")

# --- The picture --------------------------------------------------------------------------------------------
left, right = panels(2, width=4.6, height=4)


def probability(points):
    """Return the network's answer at each point of the plane."""
    with pl.no_grad():
        return model(pl.tensor(points)).numpy()


plot.decision_boundary(probability, X, t, ax=left)
for (w1, w2), b in zip(model[0].weight.tolist(), model[0].bias.tolist(), strict=True):
    left.axline((0, -b / w2), slope=-w1 / w2, color="#1d2127", linewidth=1, linestyle=":")
left.set_title("The answer, and the hidden neurons' lines")
left.get_legend().remove()
plot.learning_curves(history, log=True, ax=right)
right.get_legend().remove()
right.set_title("How it got there")
save(left)

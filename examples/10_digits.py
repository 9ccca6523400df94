"""Chapter 10: a multilayer perceptron reads handwritten digits.

Everything so far, put together on real data: images of 8 by 8 pixels in, ten classes out, batches of rows, an
epoch loop, and a part of the data that the network never sees while it learns, to find out what it is worth.
"""

import numpy as np
from picture import panels, save

import pellucid as pl
from pellucid import nn, optim, plot
from pellucid.data import DataLoader, TensorDataset, load_digits, split_rows
from pellucid.inspect import summary
from pellucid.models import MLP

pl.manual_seed(0)

# --- The data -----------------------------------------------------------------------------------------------
digits = load_digits()
X = digits.frame.drop(columns=digits.target).to_numpy(dtype=np.float32) / 16  # pixels are 0 to 16, now 0 to 1
y = digits.frame[digits.target].to_numpy(dtype=np.int64)
split = split_rows(len(y), labels=y, test_size=0.2, validation_size=0.2, seed=0)
print(f"{len(y)} images of {X.shape[1]} pixels, {len(np.unique(y))} classes; rows: {split.sizes()}")

train, validation, test = (
    TensorDataset(pl.tensor(X[rows]), pl.tensor(y[rows])) for rows in (split.train, split.validation, split.test)
)
loader = DataLoader(train, batch_size=32, shuffle=True, seed=0)

# --- The model ----------------------------------------------------------------------------------------------
model = MLP([64, 64, 32, 10], activation="relu", dropout=0.1)
print(f"\n{summary(model, (1, 64))}\n")
criterion = nn.CrossEntropyLoss()  # logits and class indices, as in chapter 7
optimizer = optim.Adam(model.parameters(), lr=3e-3)


def judge(dataset):
    """Return loss and accuracy on a data set, in evaluation mode: without dropout, off the tape."""
    inputs, targets = dataset.tensors
    model.eval()
    with pl.no_grad():
        logits = model(inputs)
        loss = criterion(logits, targets).item()
        accuracy = (logits.argmax(1) == targets).float().mean().item()
    return loss, accuracy


# --- The loop -----------------------------------------------------------------------------------------------
# One epoch is one pass through the training rows, in a new order each time, a batch at a step.
history = {"loss": [], "validation_loss": []}
for epoch in range(1, 21):
    model.train()
    total = 0.0
    for inputs, targets in loader:
        loss = criterion(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(targets)  # weighted by rows: the last batch is smaller
    validation_loss, validation_accuracy = judge(validation)
    history["loss"].append(total / len(train))
    history["validation_loss"].append(validation_loss)
    if epoch in {1, 2, 5, 10, 20}:
        print(
            f"epoch {epoch:2d}: training loss {history['loss'][-1]:.3f}, validation loss {validation_loss:.3f}, "
            f"validation accuracy {validation_accuracy:.3f}"
        )

# --- The verdict --------------------------------------------------------------------------------------------
# The test rows were never looked at: not for learning, and not to choose anything.
_, accuracy = judge(test)
print(f"\ntest accuracy: {accuracy:.3f}")

inputs, targets = test.tensors
with pl.no_grad():
    probabilities = model(inputs).softmax(1)
confidence, guesses = probabilities.max(1)
wrong = np.flatnonzero((guesses != targets).numpy())
print(f"wrong on {len(wrong)} of {len(test)} test images")
surest = wrong[np.argsort(-confidence.numpy()[wrong])][:3]
for row in surest:
    print(f"  said {guesses[row].item()} with {confidence[row].item():.2f}, but it was a {targets[row].item()}")

# --- The picture --------------------------------------------------------------------------------------------
left, right = panels(2, width=4.8, height=4.4)
plot.learning_curves(history, ax=left)
plot.confusion_matrix((targets.numpy(), guesses.numpy()), classes=[str(d) for d in range(10)], ax=right)
save(left)

"""Chapter 19: the training loop, written out by hand, and the same with Trainer.

Everything that a real training needs, with nothing hidden: batches in a new order every epoch, validation, early
stopping, the best weights in a file. Then the same in a few lines with Trainer. Both must give the same numbers: a
Trainer does nothing that you could not write yourself.
"""

import shutil
import tempfile
from pathlib import Path

import numpy as np
from picture import panels, save

import pellucid as pl
from pellucid import nn, optim, plot
from pellucid.data import DataLoader, TensorDataset, load_breast_cancer, split_rows
from pellucid.data.preprocessing import Standardizer
from pellucid.models import MLP
from pellucid.train import EarlyStopping, ModelCheckpoint, Trainer

SEED, EPOCHS, PATIENCE, BATCH = 0, 60, 6, 32

# --- The data -----------------------------------------------------------------------------------------------
# Thirty measurements of cells; is the tumour benign or malignant?
cancer = load_breast_cancer()
X = cancer.frame.drop(columns=cancer.target).to_numpy(dtype=np.float64)
classes, y = np.unique(cancer.frame[cancer.target], return_inverse=True)
split = split_rows(len(y), labels=y, test_size=0.2, validation_size=0.2, seed=SEED)
scaler = Standardizer().fit(X[split.train])  # the training rows only: chapter 11
train, validation, test = (
    TensorDataset(pl.tensor(scaler.transform(X[rows])).float(), pl.tensor(y[rows]))
    for rows in (split.train, split.validation, split.test)
)
print(f"rows: {split.sizes()}; classes: {', '.join(map(str, classes))}")


def start():
    """Return a network with its loss and optimizer; the same ones every time."""
    pl.manual_seed(SEED)
    model = MLP([X.shape[1], 32, 2], dropout=0.2)
    return model, nn.CrossEntropyLoss(), optim.Adam(model.parameters(), lr=3e-3)


# --- By hand ------------------------------------------------------------------------------------------------
model, criterion, optimizer = start()
loader = DataLoader(train, batch_size=BATCH, shuffle=True, seed=SEED)


def judge(dataset):
    """Return loss and accuracy in evaluation mode: no dropout, no tape."""
    inputs, targets = dataset.tensors
    model.eval()
    with pl.no_grad():
        outputs = model(inputs)
        return criterion(outputs, targets).item(), (outputs.argmax(1) == targets).float().mean().item()


folder = Path(tempfile.mkdtemp())
history = {"loss": [], "validation_loss": []}
best_loss, best_epoch, step = float("inf"), 0, 0
for epoch in range(1, EPOCHS + 1):
    model.train()  # dropout on
    total = 0.0
    for inputs, targets in loader:
        # What dropout draws depends on the seed and the number of the step, and on nothing before: so a training
        # that was interrupted can go on with the very same numbers.
        with pl.random.default_generator.at(SEED, step):
            optimizer.zero_grad()  # gradients add up; forget those of the step before
            loss = criterion(model(inputs), targets)
            loss.backward()
            optimizer.step()
        step += 1
        total += loss.item() * len(targets)  # the last batch is smaller, and must count less
    history["loss"].append(total / len(train))
    history["validation_loss"].append(judge(validation)[0])
    if history["validation_loss"][-1] < best_loss:
        best_loss, best_epoch = history["validation_loss"][-1], epoch
        checkpoint = {"epoch": epoch, "model": model.state_dict(), "optimizer": optimizer.state_dict()}
        pl.save(checkpoint, folder / "best.safetensors")  # whole or not at all; the optimizer is in it to go on with
    if epoch in {1, 2, 5, 10, 20}:
        print(f"epoch {epoch:2}: loss {history['loss'][-1]:.4f}, validation loss {history['validation_loss'][-1]:.4f}")
    if epoch - best_epoch >= PATIENCE:
        print(f"stopped after epoch {epoch}: no improvement for {PATIENCE} epochs")
        break

saved = pl.load(folder / "best.safetensors")
model.load_state_dict(saved["model"])
by_hand_loss, by_hand_accuracy = judge(test)
print(f"by hand:      best epoch {saved['epoch']}, test loss {by_hand_loss:.6f}, test accuracy {by_hand_accuracy:.4f}")

# --- With Trainer -------------------------------------------------------------------------------------------
model, criterion, optimizer = start()
trainer = Trainer(
    model,
    criterion,
    optimizer,
    callbacks=[EarlyStopping(patience=PATIENCE), ModelCheckpoint(folder / "trainer")],
    seed=SEED,
)
report = trainer.fit(train, validation, epochs=EPOCHS, batch_size=BATCH)
trainer_loss, trainer_accuracy = judge(test)
print(
    f"with Trainer: best epoch {report.best_epoch}, test loss {trainer_loss:.6f}, test accuracy {trainer_accuracy:.4f}"
)
print(f"Trainer says: {report.stopped}")

# --- The same? ----------------------------------------------------------------------------------------------
same = all(history[name] == report[name] for name in history)
print(f"losses of all {report.epochs} epochs equal to the last bit: {same}")
weights = model.state_dict()
same = all(np.array_equal(value.numpy(), weights[name].numpy()) for name, value in saved["model"].items())
print(f"weights equal to the last bit: {same}")
shutil.rmtree(folder)

# --- The picture --------------------------------------------------------------------------------------------
left, right = panels(2, width=4.8, height=3.9)
plot.learning_curves(history, best_epoch=best_epoch, ax=left)
epochs = range(1, report.epochs + 1)
right.plot(epochs, history["validation_loss"], color="#2f7ed8", linewidth=2.2, label="by hand")
right.plot(epochs, report["validation_loss"], "o", color="#d9730d", markersize=5, label="with Trainer")
right.set(xlabel="epoch", ylabel="validation loss", title="The same numbers")
right.legend()
save(left)

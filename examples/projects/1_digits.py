"""Project 1: a convolutional network reads handwritten digits.

The multilayer perceptron of chapter 10 sees 64 numbers and does not know which pixels are neighbours. A convolution
looks at 3 by 3 pixels with the same few weights everywhere, so a stroke is the same stroke wherever it is. Then the
image is halved, and the next layer sees strokes of strokes. So it learns more from the same rows: of the digits that
were kept back it misreads about half as many as a perceptron of the same size.
"""

import numpy as np
from picture import panels, save

import pellucid as pl
from pellucid import nn, optim, plot
from pellucid.data import DataLoader, TensorDataset, load_digits, split_rows
from pellucid.inspect import summary
from pellucid.models import CNN, MLP

EPOCHS, BATCH = 20, 64
digits = load_digits()
X = digits.frame.drop(columns=digits.target).to_numpy(dtype=np.float32).reshape(-1, 1, 8, 8) / 16
y = digits.frame[digits.target].to_numpy(dtype=np.int64)


def fit(model, train, seed):
    """Train with Adam, the rate rising first and then falling to nothing; return the loss of each epoch."""
    loader = DataLoader(TensorDataset(*train), batch_size=BATCH, shuffle=True, seed=seed)
    optimizer = optim.Adam(model.parameters(), lr=3e-3)
    schedule = optim.lr_scheduler.OneCycleLR(optimizer, max_lr=3e-3, total_steps=EPOCHS * len(loader))
    criterion = nn.CrossEntropyLoss(label_smoothing=0.05)  # 0.95 for the right digit, the rest for all
    losses = []
    for _ in range(EPOCHS):
        model.train()
        total = 0.0
        for images, labels in loader:
            loss = criterion(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item() * len(labels)
        losses.append(total / len(train[0]))
    return losses


def ask(model, images):
    """Return the classes that the model gives, and how sure it is."""
    model.eval()
    with pl.no_grad():
        probabilities = model(images).softmax(1)
    sure, classes = probabilities.max(1)
    return classes.numpy(), sure.numpy()


def parts(seed):
    """Return training and test images with labels; the test's are never looked at while learning."""
    split = split_rows(len(y), labels=y, test_size=0.2, validation_size=0, seed=seed)
    return [(pl.tensor(X[rows]), pl.tensor(y[rows])) for rows in (split.train, split.test)]


def cnn():
    """Return the network: two stages of 3 x 3 kernels, batch norm, ReLU and halving; then one linear layer."""
    return CNN((1, 8, 8), num_classes=10, channels=[32, 64], dropout=0.3)


# --- The network ------------------------------------------------------------------------------------------------
pl.manual_seed(0)
train, test = parts(seed=0)
model = cnn()
print(f"{len(train[0])} images to learn from, {len(test[0])} kept back\n")
print(f"{summary(model, (1, 1, 8, 8))}\n")

losses = fit(model, train, seed=0)
classes, sure = ask(model, test[0])
truth = test[1].numpy()
print(f"loss: {losses[0]:.3f} in the first epoch, {losses[-1]:.3f} in the last")
print(f"test accuracy: {np.mean(classes == truth):.4f}, wrong on {np.sum(classes != truth)} of {len(truth)}")


# --- What the convolutions are worth, and whether it was luck -----------------------------------------------------
# A perceptron with somewhat more parameters, the same rows, epochs and schedule; and three other splits for both.
def perceptron():
    """Return a network that does not know which pixels are neighbours."""
    return nn.Sequential(nn.Flatten(), MLP([64, 160, 80, 10], dropout=0.3, batch_norm=True))


pl.manual_seed(0)
other = perceptron()
curves = {"CNN": losses, "perceptron": fit(other, train, seed=0)}
accuracies = {"CNN": [np.mean(classes == truth)], "perceptron": [np.mean(ask(other, test[0])[0] == truth)]}
for seed in (1, 2, 3):
    some, others = parts(seed)
    for name, make in (("CNN", cnn), ("perceptron", perceptron)):
        pl.manual_seed(seed)
        contestant = make()
        fit(contestant, some, seed)
        accuracies[name].append(np.mean(ask(contestant, others[0])[0] == others[1].numpy()))
print("\ntest accuracy of four splits and starts")
for name, contestant in (("CNN", model), ("perceptron", other)):
    n_parameters = sum(p.numel() for p in contestant.parameters())
    print(f"{name:<11} {n_parameters:,} parameters: {' '.join(f'{a:.4f}' for a in accuracies[name])}")

# --- The picture ------------------------------------------------------------------------------------------------
axes = panels(2, rows=2, width=5.2, height=4.2)
for name, curve in curves.items():
    axes[0].plot(range(1, EPOCHS + 1), curve, label=name, linewidth=2)
axes[0].set(xlabel="epoch", xticks=range(0, EPOCHS + 1, 5), ylabel="training loss", yscale="log", title="learning")
axes[0].legend()
plot.confusion_matrix((truth, classes), classes=[str(d) for d in range(10)], ax=axes[1])


def tiled(images, columns):
    """Return small images beside and below each other, with a white line between."""
    framed = np.pad(images, ((0, 0), (0, 1), (0, 1)), constant_values=1)  # (n, h + 1, w + 1)
    rows = framed.reshape(-1, columns, *framed.shape[1:])
    return rows.swapaxes(1, 2).reshape(-1, columns * framed.shape[2])


example = int(np.flatnonzero(truth == 4)[0])
with pl.no_grad():
    maps = model.layers[:3](test[0][example : example + 1]).numpy()[0]  # (32, 8, 8)
tiles = np.concatenate([test[0].numpy()[example], maps / maps.max()])[:32]
axes[2].imshow(tiled(tiles, 8), cmap="gray", vmin=0, vmax=1)
axes[2].set(title="a 4, and what 31 kernels of the first layer see in it")
doubtful = list(dict.fromkeys([*np.flatnonzero(classes != truth), *np.argsort(sure)]))[:10]
axes[3].imshow(
    tiled(np.pad(1 - test[0].numpy()[doubtful, 0], ((0, 0), (1, 3), (1, 1)), constant_values=1), 5), cmap="gray"
)
for place, row in enumerate(doubtful):
    said = f"{truth[row]}" if classes[row] == truth[row] else f"{classes[row]}, is {truth[row]}"
    color = "#20242c" if classes[row] == truth[row] else "#c0392b"
    axes[3].text(11 * (place % 5) + 4.5, 13 * (place // 5) + 10.5, said, ha="center", va="center", color=color)
axes[3].set(title="what it said of mistakes (red) and of the least clear")
for ax in axes[2:]:
    ax.axis("off")
save(axes[0])

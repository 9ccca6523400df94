"""Project 7: a plane of digits, and pictures cleaned of noise.

An autoencoder squeezes a picture through a few numbers. If it may use two, every digit becomes a point in a plane. A
variational autoencoder also keeps the points together around zero without holes, so that any point can be made into a
picture: walk through the plane, and one digit turns into another. The second half of the project asks the network for
something useful: it gets pictures with noise, and has to give them without.
"""

import numpy as np
from picture import panels, save
from sklearn.decomposition import PCA
from sklearn.neighbors import KNeighborsClassifier

import pellucid as pl
from pellucid import nn, optim
from pellucid.data import DataLoader, TensorDataset, load_digits, split_rows
from pellucid.models import ConvAutoencoder, DenoisingAutoencoder, VariationalAutoencoder, variational_loss
from pellucid.train import Trainer

digits = load_digits()
X = digits.frame.drop(columns=digits.target).to_numpy(dtype=np.float32) / 16
y = digits.frame[digits.target].to_numpy(dtype=np.int64)
split = split_rows(len(y), labels=y, test_size=0.2, validation_size=0, seed=0)
train, test = X[split.train], X[split.test]


# --- The plane --------------------------------------------------------------------------------------------------
def learn_plane(seed, epochs=150):
    """Return a variational autoencoder of two numbers, and its loss on the training rows by epoch."""
    pl.manual_seed(seed)
    model = VariationalAutoencoder([64, 128, 64, 2])
    loader = DataLoader(TensorDataset(pl.tensor(train)), batch_size=64, shuffle=True, seed=seed)
    optimizer = optim.Adam(model.parameters(), lr=4e-3)
    schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for (rows,) in loader:
            loss = variational_loss(model(rows), rows)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        schedule.step()
        losses.append(total / len(train))
    return model.eval(), losses


def places(model, rows):
    """Return where rows lie in the plane."""
    with pl.no_grad():
        return model.encode(pl.tensor(rows))[0].numpy()


def neighbours_agree(train_points, test_points):
    """Return how often the fifteen nearest training digits in the plane say which one a test digit is."""
    judge = KNeighborsClassifier(15).fit(train_points, y[split.train])
    return judge.score(test_points, y[split.test])


model, losses = learn_plane(seed=0)
points = places(model, test)
with pl.no_grad():
    held_out = variational_loss(model(pl.tensor(test)), pl.tensor(test)).item()
print(f"nats a picture: {losses[0]:.1f} in the first epoch, {losses[-1]:.1f} in the last, {held_out:.1f} on test rows")
mean, deviation = points.mean(0), points.std(0)
print(f"test points: mean {mean[0]:.2f}, {mean[1]:.2f}; standard deviation {deviation[0]:.2f}, {deviation[1]:.2f}")

pca = PCA(2).fit(train)
flat = neighbours_agree(pca.transform(train), pca.transform(test))
agree = [neighbours_agree(places(m, train), places(m, test)) for m in (model, *(learn_plane(s)[0] for s in (1, 2)))]
print("\ntest digits told by their neighbours in the plane")
print(f"  two principal components: {flat:.3f}")
print(f"  variational autoencoder, three starts: {' '.join(f'{a:.3f}' for a in agree)}")


# --- Noise ------------------------------------------------------------------------------------------------------
# The pictures get noise of a deviation of 0.3, where white is 1 and black 0; each epoch another. Plain rivals: the
# picture as it is, and as many principal components as clean best.
NOISE = 0.3
pl.manual_seed(0)
cleaner = DenoisingAutoencoder(ConvAutoencoder((1, 8, 8), channels=[32, 64], code_size=48), noise=NOISE)
images = train.reshape(-1, 1, 8, 8)
optimizer = optim.Adam(cleaner.parameters(), lr=2e-3)
schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=60)
history = Trainer(cleaner, nn.MSELoss(), optimizer, scheduler=schedule, seed=0).fit((images, images), epochs=60)

noisy = test + NOISE * pl.Generator(1).numpy("noise").normal(size=test.shape).astype(np.float32)
with pl.no_grad():
    clean = cleaner.eval()(pl.tensor(noisy.reshape(-1, 1, 8, 8))).numpy().reshape(-1, 64)
components = {k: PCA(k).fit(train) for k in range(4, 40, 2)}
projected = {k: p.inverse_transform(p.transform(noisy)) for k, p in components.items()}
best = min(projected, key=lambda k: np.mean((projected[k] - test) ** 2))


def decibels(pictures):
    """Return the peak signal to noise ratio: 10 more is a tenth of the squared error."""
    return -10 * np.log10(np.mean((pictures - test) ** 2))


print("\npeak signal to noise ratio of test pictures")
print(f"  with noise: {decibels(noisy):.1f} dB")
print(f"  {best} principal components, the best number for these very pictures: {decibels(projected[best]):.1f} dB")
print(f"  denoising autoencoder: {decibels(clean):.1f} dB")


# --- The picture ------------------------------------------------------------------------------------------------
def tiled(pictures, columns):
    """Return pictures of 64 pixels beside and below each other."""
    squares = np.pad(1 - pictures.reshape(-1, 8, 8), ((0, 0), (0, 1), (0, 1)), constant_values=1)
    rows = squares.reshape(-1, columns, 9, 9)
    return rows.swapaxes(1, 2).reshape(-1, columns * 9)


left, middle, right = panels(3, width=4.6, height=4.4)
scatter = left.scatter(*points.T, c=y[split.test], cmap="tab10", s=14)
left.set(title="test digits in the plane", xlabel="first number", ylabel="second number")
left.legend(*scatter.legend_elements(), loc="upper right", ncols=2, fontsize=8, columnspacing=0.6, handletextpad=0)
steps = np.linspace(-2, 2, 15, dtype=np.float32)
grid = np.stack(np.meshgrid(steps, -steps), -1).reshape(-1, 2)
with pl.no_grad():
    decoded = model.decode(pl.tensor(grid)).numpy()
middle.imshow(tiled(decoded, 15), cmap="gray", extent=(-2.14, 2.14, -2.14, 2.14))
middle.set(title="pictures of points in it")
middle.grid(visible=False)
parts = {"noisy": noisy, "components": projected[best], "network": clean, "truth": test}
shown = np.stack([np.clip(part[:5], 0, 1) for part in parts.values()], axis=1)  # (5, 4, 64)
right.imshow(tiled(shown.reshape(-1, 64), 4), cmap="gray")
right.set(title="noise taken away", yticks=[], xticks=[4, 13, 22, 31], xticklabels=parts)
right.grid(visible=False)
save(left)

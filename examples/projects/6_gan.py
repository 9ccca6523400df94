"""Project 6: two networks play against each other, and one of them learns to write digits.

The generator makes pictures of random numbers. The discriminator says of a picture how real it looks. Each is trained
against the other. Nothing says which digit to make or how. That is the charm, and the danger: a generator that has
found one good eight may make nothing but eights. So three numbers are watched: how far the pictures are from real ones,
how many of the ten digits come, and how different the pictures are among themselves.
"""

import numpy as np
from picture import panels, save

import pellucid as pl
from pellucid import nn, optim
from pellucid.data import DataLoader, TensorDataset, load_digits
from pellucid.models import CNN, DCGANGenerator
from pellucid.nn import functional as F

digits = load_digits()
X = digits.frame.drop(columns=digits.target).to_numpy(dtype=np.float32).reshape(-1, 1, 8, 8) / 8 - 1  # from -1 to 1
y = digits.frame[digits.target].to_numpy(dtype=np.int64)
LATENT, EPOCHS, LOOKS = 32, 80, (1, 5, 10, 20, 40, 80)


# --- A reader, to judge by --------------------------------------------------------------------------------------
def reader():
    """Return a classifier of digits; the last layer but one gives the features that pictures are compared by."""
    model = CNN((1, 8, 8), num_classes=10, channels=[32, 64], dropout=0.0)
    loader = DataLoader(TensorDataset(pl.tensor(X), pl.tensor(y)), batch_size=64, shuffle=True, seed=0)
    optimizer = optim.Adam(model.parameters(), lr=2e-3)
    for _ in range(8):
        for images, labels in loader:
            loss = F.cross_entropy(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return model.eval()


def features(images):
    """Return (n, 256) numbers for pictures: what the reader's last layer sees."""
    with pl.no_grad():
        return judge.layers[:-1](pl.tensor(images)).numpy()


def frechet_distance(a, b):
    """Return |m - n|² + tr(C + D - 2 (C D)^½) of two sets' means m, n and covariances C, D (Heusel et al., 2017)."""
    C, D = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    values, vectors = np.linalg.eigh(C)
    root = vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
    both = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ D @ root), 0)).sum()
    return float(np.sum((a.mean(0) - b.mean(0)) ** 2) + np.trace(C) + np.trace(D) - 2 * both)


def watch(images):
    """Return the distance from real pictures, how many digits come one time in fifty or more, and the variety."""
    seen = features(images)
    with pl.no_grad():
        said = judge.layers.output(pl.tensor(seen)).argmax(1).numpy()
    shares = np.bincount(said, minlength=10) / len(said)
    half = len(images) // 2
    variety = np.mean((images[:half] - images[half : 2 * half]) ** 2)
    return frechet_distance(seen, features(X)), int((shares >= 0.02).sum()), variety / REAL_VARIETY


def report(distance, kinds, variety):
    """Return a line of what was seen, with a warning where it looks like a collapse."""
    return f"{distance:8.1f}  {kinds:16d}  {variety:7.2f}" + ("   <- collapsed?" if kinds < 8 or variety < 0.4 else "")


pl.manual_seed(0)
judge = reader()
order = pl.Generator(0).numpy("halves").permutation(len(X))
half = len(X) // 2
REAL_VARIETY = np.mean((X[order[:half]] - X[order[half : 2 * half]]) ** 2)
floor = frechet_distance(features(X[order[:half]]), features(X[order[half:]]))
print(f"distance of one half of the real pictures from the other: {floor:.1f}")
random_pictures = pl.Generator(1).numpy("noise").uniform(-1, 1, size=(1000, 1, 8, 8)).astype(np.float32)


print("\n               distance  digits that come  variety")
print(f"real digits    {0:8.1f}  {10:16d}  {1:7.2f}")
for name, images in (("noise", random_pictures), ("only eights", X[y == 8])):
    print(f"{name:<13}  {report(*watch(images))}")


# --- The game ---------------------------------------------------------------------------------------------------
def play(seed):
    """Train both; return the losses of each epoch, and pictures with what was seen of them at each look."""
    pl.manual_seed(seed)
    generator = DCGANGenerator(LATENT, channels=1, size=8, width=128)
    # DCGANDiscriminator halves at every layer, and in 8 by 8 pixels only once: too shallow. So this one is a CNN.
    discriminator = CNN((1, 8, 8), 1, channels=[48, 96], activation="leaky_relu", dropout=0.3, batch_norm=False)
    optimizers = [
        optim.Adam(model.parameters(), lr=lr, betas=(0.5, 0.999))
        for model, lr in ((generator, 1e-3), (discriminator, 5e-4))
    ]
    loader = DataLoader(TensorDataset(pl.tensor(X)), batch_size=64, shuffle=True, drop_last=True, seed=seed)
    criterion = nn.BCEWithLogitsLoss()
    fixed = pl.randn(1000, LATENT)
    steady = DCGANGenerator(LATENT, channels=1, size=8, width=128).eval()
    mean = {name: value.numpy().copy() for name, value in generator.state_dict().items()}
    losses, looks = [], []
    for epoch in range(1, EPOCHS + 1):
        # Tricks: a small beta1; real pictures are called 0.9, so that nobody gets too sure; both kinds come with noise
        # that fades, for at first the two are so different that nothing can be learned from it; and the pictures shown
        # are of the mean of the last few hundred weights, as the two go round each other for ever.
        noise = 0.3 * (1 - epoch / EPOCHS)
        totals = np.zeros(2)
        for (written,) in loader:
            made = generator(pl.randn(len(written), LATENT))
            made, real = (x + noise * pl.randn_like(x) for x in (made, written))
            # The discriminator's turn. The generator is left out of it: detach.
            loss_d = criterion(discriminator(real), 0.9 * pl.ones(len(real), 1))
            loss_d = loss_d + criterion(discriminator(made.detach()), pl.zeros(len(real), 1))
            optimizers[1].zero_grad()
            loss_d.backward()
            optimizers[1].step()
            # The generator's turn: it wants its pictures to be called real.
            loss_g = criterion(discriminator(made), pl.ones(len(real), 1))
            optimizers[0].zero_grad()
            loss_g.backward()
            optimizers[0].step()
            for name, value in generator.state_dict().items():
                mean[name] = mean[name] + 0.005 * (value.numpy() - mean[name])
            totals += loss_g.item(), loss_d.item()
        losses.append(totals / len(loader))
        if epoch in LOOKS:
            steady.load_state_dict(mean)
            with pl.no_grad():
                images = steady(fixed).numpy()
            looks.append((epoch, images, watch(images)))
    return np.array(losses), looks


losses, looks = play(seed=0)
for epoch, _, seen in looks:
    print(f"epoch {epoch:<7d}  {report(*seen)}")
(first, *_), (last, kinds, _) = looks[0][2], looks[-1][2]
print(f"\ndistance: {first:.1f} after the first epoch, {last:.1f} after the last; {kinds} of 10 digits come")


# --- The picture ------------------------------------------------------------------------------------------------
def tiled(pictures, columns):
    """Return pictures beside and below each other, black on white."""
    framed = np.pad(0.5 - 0.5 * pictures[:, 0], ((0, 0), (0, 1), (0, 1)), constant_values=1)
    rows = framed.reshape(-1, columns, 9, 9)
    return rows.swapaxes(1, 2).reshape(-1, columns * 9)


left, middle, right = panels(3, width=4.6, height=4.2)
shown = np.concatenate([images[:12] for _, images, _ in looks] + [X[order[:12]]])
left.imshow(tiled(shown, 12), cmap="gray", vmin=0, vmax=1)
left.set(title="the same random numbers, by epoch", xticks=[], yticks=[9 * k + 4 for k in range(len(looks) + 1)])
left.set_yticklabels([*(str(epoch) for epoch, *_ in looks), "real"])
left.grid(visible=False)
middle.plot(LOOKS, [distance for _, _, (distance, *_) in looks], "o-", color="#2f7ed8", linewidth=2, label="made")
middle.axhline(floor, color="#7d828c", linestyle=":", label="real, from the other half")
middle.set(xscale="log", yscale="log", xticks=LOOKS, xticklabels=LOOKS, xlabel="epoch", title="Fréchet distance")
middle.minorticks_off()
middle.legend()
for column, color, name in ((0, "#2f7ed8", "generator"), (1, "#d9730d", "discriminator")):
    right.plot(range(1, EPOCHS + 1), losses[:, column], color=color, linewidth=1.5, label=name)
right.set(xlabel="epoch", title="losses, while the noise fades")
right.legend()
save(left)

"""Chapter 20: convolution, step by step.

A dense layer looks at all pixels at once, with a weight of its own for each. A convolution looks through a small
window that slides over the picture, with the same few weights everywhere: what was learned in one corner holds in all
of them. Here it is done by hand, both ways, forward and backward, and compared with the library.
"""

import numpy as np
from picture import panels, save

import pellucid as pl
from pellucid import nn, optim
from pellucid.data import load_digits
from pellucid.nn import functional as F

digits = load_digits()
images = (digits.frame.drop(columns=digits.target).to_numpy(dtype=np.float32) / 16).reshape(-1, 8, 8)

# --- One axis -----------------------------------------------------------------------------------------------
# y_t = sum over u of w_u x_{t+u}. With w = (-1, 1) that is the difference of neighbours: zero where nothing changes.
x = np.array([0.0, 0, 0, 1, 1, 1, 0.5, 0.5])
w = np.array([-1.0, 1.0])
y = np.array([w @ x[t : t + 2] for t in range(len(x) - 1)])
library = F.conv1d(pl.tensor(x).reshape(1, 1, -1), pl.tensor(w).reshape(1, 1, -1))
print(f"signal      {x}\ndifferences {y}")
print(f"the library says the same: {np.allclose(y, library.numpy().ravel())}")


# --- Two axes -----------------------------------------------------------------------------------------------
def convolve(x, w):
    """Return y_ij = sum over u, v of w_uv x_{i+u, j+v}: the window's product with the picture, at every place."""
    height, width = x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1
    y = np.empty((height, width))
    for i in range(height):
        for j in range(width):
            y[i, j] = (w * x[i : i + w.shape[0], j : j + w.shape[1]]).sum()
    return y


image = images[0].astype(np.float64)
sideways = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]]) / 4  # Sobel's: right minus left
downwards = sideways.T
found = {"left to right": convolve(image, sideways), "top to bottom": convolve(image, downwards)}
X, W = pl.tensor(image).reshape(1, 1, 8, 8), pl.tensor(sideways).reshape(1, 1, 3, 3)
print(f"\npicture {image.shape}, window {sideways.shape}, result {found['left to right'].shape}")
print(f"the library says the same: {np.allclose(found['left to right'], F.conv2d(X, W).numpy()[0, 0])}")

# --- How large the result is --------------------------------------------------------------------------------
# Padding p puts zeros around, stride s skips places, dilation d spreads the window:
# size out = floor((size in + 2 p - d (k - 1) - 1) / s) + 1.
print("\nsize of the result of 28 pixels")
for k, p, s, d in ((3, 0, 1, 1), (3, 1, 1, 1), (5, 2, 1, 1), (3, 1, 2, 1), (3, 2, 1, 2), (7, 3, 2, 1)):
    by_formula = (28 + 2 * p - d * (k - 1) - 1) // s + 1
    layer = nn.Conv2d(1, 1, k, padding=p, stride=s, dilation=d)
    by_layer = layer(pl.zeros(1, 1, 28, 28)).shape[-1]
    print(
        f"  kernel {k}, padding {p}, stride {s}, dilation {d}: {by_formula:2} by the formula, {by_layer:2} by the layer"
    )

# --- Backward -----------------------------------------------------------------------------------------------
# Weight w_uv meets x_{i+u, j+v} at every place (i, j), so its gradient is the sum over all of them: once more a
# convolution, of the picture with dy as the window. Pixel x_mn meets w_{m-i, n-j}: a convolution of dy, padded all
# around, with the window turned by half a turn.
dy = pl.Generator(0).numpy("dy").normal(size=(6, 6))
X.requires_grad_()
W.requires_grad_()
F.conv2d(X, W).backward(pl.tensor(dy).reshape(1, 1, 6, 6))
by_hand = {"dW": convolve(image, dy), "dx": convolve(np.pad(dy, 2), sideways[::-1, ::-1])}
by_tape = {"dW": W.grad.numpy()[0, 0], "dx": X.grad.numpy()[0, 0]}
print()
for name, gradient in by_hand.items():
    print(f"{name} by hand and by the tape agree: {np.allclose(gradient, by_tape[name])}")

# --- What it saves, and what it knows -----------------------------------------------------------------------
dense, small = nn.Linear(28 * 28, 26 * 26), nn.Conv2d(1, 1, 3)
count = {name: sum(p.numel() for p in layer.parameters()) for name, layer in (("dense", dense), ("conv", small))}
print(f"\nweights from 28 x 28 to 26 x 26 pixels: dense {count['dense']:,}, convolution {count['conv']}")
moved = np.pad(image, ((0, 0), (1, 0)))[:, :8]  # one pixel to the right
same = np.allclose(convolve(moved, sideways)[:, 1:], found["left to right"][:, :-1])
print(f"a picture moved by a pixel gives the result moved by a pixel: {same}")

# --- Learning a window --------------------------------------------------------------------------------------
# Show a layer pictures and what Sobel's window makes of them: gradient descent finds the nine weights.
pl.manual_seed(0)
layer = nn.Conv2d(1, 1, 3, bias=False)
before = layer.weight.detach().numpy()[0, 0].copy()
inputs = pl.tensor(images[:200]).unsqueeze(1)  # (200, 1, 8, 8)
targets = F.conv2d(inputs, W.detach().float())
optimizer = optim.Adam(layer.parameters(), lr=0.03)
print("\nlearning Sobel's window from pictures")
for step in range(1, 301):
    loss = F.mse_loss(layer(inputs), targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step in {1, 30, 100, 300}:
        print(f"  step {step:3}: loss {loss.item():.2e}")
learned = layer.weight.detach().numpy()[0, 0]
print(f"largest difference from Sobel's weights: {np.abs(learned - sideways).max():.1e}")

# --- The picture --------------------------------------------------------------------------------------------
axes = panels(3, 2, width=2.9, height=2.9)
shown = {
    "a digit": image,
    "it changes left to right": found["left to right"],
    "it changes top to bottom": found["top to bottom"],
    "nine weights at first": before,
    "... and learned": learned,
    "Sobel's": sideways,
}
for ax, (title, values) in zip(axes, shown.items(), strict=True):
    if values is image:
        ax.imshow(values, cmap="gray_r")
    else:
        largest = np.abs(values).max()
        ax.imshow(values, cmap="RdBu_r", vmin=-largest, vmax=largest)
        if values.shape == (3, 3):
            for (i, j), weight in np.ndenumerate(values):
                bright = abs(weight) > 0.6 * largest
                ax.text(j, i, f"{weight:z.2f}", ha="center", va="center", color="white" if bright else "black")
    ax.set(title=title)
    ax.axis("off")
save(axes[0])

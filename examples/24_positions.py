"""Chapter 24: positions: how attention learns where things stand.

Attention sees a set: exchange two words and it gives the same results, exchanged. So the place has to be told. Here
are the two usual ways: waves of many lengths that are added to the words (Vaswani et al., 2017), and rotations of
queries and keys, so that their product depends on the distance alone (Su et al., 2021).
"""

import numpy as np
from picture import panels, save

import pellucid as pl
from pellucid import nn, optim
from pellucid.nn import functional as F

# --- A set, not a sequence ----------------------------------------------------------------------------------
pl.manual_seed(0)
attention = nn.MultiheadAttention(16, 2, batch_first=True)
x = pl.randn(1, 6, 16)
order = pl.tensor([3, 1, 5, 0, 4, 2])
with pl.no_grad():
    y = attention(x, x, x)[0]
    z = x[:, order]
    exchanged = attention(z, z, z)[0]
print(f"words exchanged, results exchanged, and nothing else: {np.allclose(exchanged, y[:, order], atol=1e-6)}")


# --- Waves --------------------------------------------------------------------------------------------------
# P[t, 2i] = sin(t / 10000^(2i / E)),  P[t, 2i + 1] = cos(t / 10000^(2i / E)): hands of clocks, from fast to slow.
def waves(length, features):
    """Return the codes of the places, (length, features)."""
    codes = np.empty((length, features))
    for t in range(length):
        for i in range(features // 2):
            angle = t / 10000 ** (2 * i / features)
            codes[t, 2 * i], codes[t, 2 * i + 1] = np.sin(angle), np.cos(angle)
    return codes


P = waves(64, 32)
library = nn.SinusoidalPositions(32)(pl.zeros(64, 32)).numpy()
print(f"\nthe library's waves are the same: {np.allclose(P, library, atol=1e-6)}")
print("product of the codes of two places:")
for distance in (0, 1, 5, 20):
    products = [P[t] @ P[t + distance] for t in (0, 10, 40)]
    print(f"  {distance:2} apart, at 0, 10 and 40: {' '.join(f'{product:6.2f}' for product in products)}")
print("it depends on the distance alone: sin a sin b + cos a cos b = cos(a - b)")

# --- Rotations ----------------------------------------------------------------------------------------------
# The same clocks, but they turn the query and the key, pair of features by pair, instead of being added.
rotate = nn.RotaryPositions(8)
q, k = pl.randn(8), pl.randn(8)
turned_q, turned_k = (rotate(a.expand(64, 8)).numpy() for a in (q, k))  # the same at every place, (64, 8)
print(f"\nrotated query · rotated key; not rotated: {(q * k).sum().item():.4f}")
for distance in (0, 1, 5, 20):
    products = [turned_q[t] @ turned_k[t + distance] for t in (0, 10, 40)]
    print(f"  {distance:2} apart, at 0, 10 and 40: {' '.join(f'{product:7.4f}' for product in products)}")

# --- What it is good for ------------------------------------------------------------------------------------
# Eight different letters; which of A and B comes first? Without places there is no way to tell.
LETTERS, SIZE = 8, 32


class WhichFirst(nn.Module):
    """Embeddings, perhaps places, one round of attention, the mean, and two scores."""

    def __init__(self, way):
        super().__init__()
        self.way = way
        self.letters = nn.Embedding(LETTERS, SIZE)
        self.waves = nn.SinusoidalPositions(SIZE, batch_first=True)
        self.rotate = nn.RotaryPositions(SIZE)
        self.query, self.key, self.value = (nn.Linear(SIZE, SIZE) for _ in range(3))
        self.output = nn.Sequential(nn.Linear(SIZE, SIZE), nn.ReLU(), nn.Linear(SIZE, 2))

    def forward(self, letters):
        """Return the scores of "A" and "B", (N, 2)."""
        x = self.letters(letters)  # (N, 8, SIZE)
        if self.way == "waves":
            x = self.waves(x)
        q, k, v = self.query(x), self.key(x), self.value(x)
        if self.way == "rotations":
            q, k = self.rotate(q), self.rotate(k)
        return self.output(F.scaled_dot_product_attention(q, k, v).mean(1))


def words(n, random):
    """Return n orders of the letters, and 1 where B (number 1) comes before A (number 0)."""
    orders = np.argsort(random.random((n, LETTERS)), axis=1)
    places = np.argsort(orders, axis=1)
    return pl.tensor(orders), pl.tensor((places[:, 1] < places[:, 0]).astype(np.int64))


curves = {}
unseen, truth = words(1000, pl.Generator(1).numpy("words"))
print("\nA before B? accuracy on unseen orders after 20, 60, 200 steps")
for way in ("nothing", "waves", "rotations"):
    pl.manual_seed(0)
    model = WhichFirst(way)
    optimizer = optim.Adam(model.parameters(), lr=3e-3)
    random = pl.Generator(2).numpy("words")
    course = []
    for step in range(1, 201):
        letters, answers = words(64, random)
        loss = F.cross_entropy(model(letters), answers)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 10 == 0:
            with pl.no_grad():
                course.append((model(unseen).argmax(1) == truth).float().mean().item())
    curves[way] = course
    print(f"  {way:<9}  {course[1]:.3f}  {course[5]:.3f}  {course[19]:.3f}")

# --- The picture --------------------------------------------------------------------------------------------
left, middle, right = panels(3, width=4.1, height=3.6)
left.imshow(P.T, cmap="RdBu_r", aspect="auto", vmin=-1, vmax=1)
left.grid(visible=False)
left.set(xlabel="place", ylabel="feature", title="Waves, from fast to slow")
for t, color in ((10, "#2f7ed8"), (40, "#d9730d")):
    middle.plot(P @ P[t], color=color, linewidth=2.2, label=f"with place {t}")
middle.set(xlabel="place", title="Product of two places' codes", ylim=(4.5, 18.5))
middle.legend(loc="upper center", ncols=2)
for (way, course), color in zip(curves.items(), ("#7d828c", "#2f7ed8", "#d9730d"), strict=True):
    right.plot(range(10, 201, 10), course, color=color, linewidth=2.2, label=way)
right.set(xlabel="training step", ylabel="accuracy", ylim=(0.4, 1.03), title="Which letter comes first?")
right.legend(loc="center right")
save(left)

"""Chapter 23: attention, by hand.

Every element of a sequence asks the others: it has a query; each of them has a key, and a value to give. How well key
and query agree says how much of the value is taken: y = softmax(q kᵀ / √d) v (Vaswani et al., 2017). No step waits for
another, and the first element is as near as the last. Here are the numbers, forward and backward, and a layer that
learns to look things up.
"""

import numpy as np
from picture import panels, save

import pellucid as pl
from pellucid import nn, optim
from pellucid.nn import functional as F


def softmax(scores):
    """Return exp(s) / sum exp(s) of each row: positive shares that sum to one."""
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


# --- Three elements, with numbers ---------------------------------------------------------------------------
q = np.array([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]])  # what each asks for
k = np.array([[2.0, 0.0], [0.0, 2.0], [-1.0, 0.0]])  # what each has to say about itself
v = np.array([[10.0, 0.0], [0.0, 10.0], [5.0, 5.0]])  # what each gives
scores = q @ k.T / np.sqrt(2)
shares = softmax(scores)
y = shares @ v
for i in range(3):
    print(
        f"element {i + 1}: scores {np.round(scores[i], 2)}, shares {np.round(shares[i], 2)}, takes {np.round(y[i], 2)}"
    )
Q, K, V = (pl.tensor(a).reshape(1, 1, 3, 2).requires_grad_() for a in (q, k, v))
library = F.scaled_dot_product_attention(Q, K, V)
print(f"the library says the same: {np.allclose(y, library.detach().numpy())}")

# --- Backward -----------------------------------------------------------------------------------------------
# y = P v with P = softmax(S) and S = q kᵀ / √d. Three products and the softmax's own gradient:
dy = np.array([[1.0, -1.0], [0.5, 0.0], [0.0, 2.0]])
dv = shares.T @ dy
share_gradient = dy @ v.T
score_gradient = shares * (share_gradient - (share_gradient * shares).sum(axis=1, keepdims=True))
dq, dk = score_gradient @ k / np.sqrt(2), score_gradient.T @ q / np.sqrt(2)
library.backward(pl.tensor(dy).reshape(1, 1, 3, 2))
agree = [np.allclose(a, b.grad.numpy()) for a, b in ((dq, Q), (dk, K), (dv, V))]
print(f"gradients by hand and by the tape agree: {all(agree)}")

# --- Who may look at whom -----------------------------------------------------------------------------------
# A model that writes must not see what comes next: those scores become minus infinity, and their shares 0.
causal = softmax(np.where(np.tri(3, dtype=bool), scores, -np.inf))
print("\ncausal shares\n" + str(np.round(causal, 2)))
library = F.scaled_dot_product_attention(Q, K, V, is_causal=True)
print(f"the library says the same: {np.allclose(causal @ v, library.detach().numpy())}")

# --- Why the root -------------------------------------------------------------------------------------------
# The product of d random numbers with d others has the standard deviation √d. Undivided, the largest score would take
# all: the softmax is saturated, and its gradient gone.
random = pl.Generator(0).numpy("keys")
print("\nlargest share among 20 random keys, with and without the division by √d")
for d in (4, 64, 1024):
    s = random.normal(size=(200, 1, d)) @ random.normal(size=(200, d, 20))  # (200, 1, 20)
    with_root, without = softmax(s / np.sqrt(d)).max(axis=-1).mean(), softmax(s).max(axis=-1).mean()
    print(f"  d = {d:4}: {with_root:.2f} with, {without:.2f} without")

# --- Learning to look things up -----------------------------------------------------------------------------
# Eight cards, each with a letter and a number; then a letter. Which number stood beside it? One layer of attention has
# to find the card of the same letter: what queries, keys and values should be, it learns.
CARDS, LETTERS, NUMBERS, SIZE = 8, 8, 10, 32


class LookUp(nn.Module):
    """Letters and numbers get embeddings; the question attends to the cards; a linear layer names the number."""

    def __init__(self):
        super().__init__()
        self.letters = nn.Embedding(LETTERS, SIZE)
        self.numbers = nn.Embedding(NUMBERS, SIZE)
        self.attention = nn.MultiheadAttention(SIZE, 1, batch_first=True)
        self.output = nn.Linear(SIZE, NUMBERS)

    def forward(self, letters, numbers, question):
        """Return scores of the numbers, (N, 10), and the shares that the question takes of the cards, (N, 8)."""
        cards = self.letters(letters) + self.numbers(numbers)  # (N, 8, SIZE)
        found, shares = self.attention(self.letters(question).unsqueeze(1), cards, cards)
        return self.output(found.squeeze(1)), shares.squeeze(1)


def deal(n, random):
    """Return n games: letters in any order, a number for each, the letter asked for, and the right answer."""
    letters = np.argsort(random.random((n, LETTERS)), axis=1)
    numbers = random.integers(0, NUMBERS, (n, CARDS))
    asked = random.integers(0, CARDS, n)  # the place of the card
    rows = np.arange(n)
    return [pl.tensor(a) for a in (letters, numbers, letters[rows, asked], numbers[rows, asked], asked)]


pl.manual_seed(0)
model = LookUp()
optimizer = optim.Adam(model.parameters(), lr=3e-3)
random = pl.Generator(1).numpy("cards")
test = deal(500, pl.Generator(2).numpy("cards"))
print("\nwhich number stood beside the letter? (guessing: 0.1)")
for step in range(1, 121):
    letters, numbers, question, answer, _ = deal(64, random)
    loss = F.cross_entropy(model(letters, numbers, question)[0], answer)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step in {10, 20, 40, 120}:
        with pl.no_grad():
            guesses, weights = model(*test[:3])
        accuracy = (guesses.argmax(1) == test[3]).float().mean().item()
        on_the_card = weights.numpy()[np.arange(500), test[4].numpy()].mean()
        print(f"  step {step:3}: accuracy {accuracy:.3f}, share of the right card {on_the_card:.2f}")

# --- The picture --------------------------------------------------------------------------------------------
left, right = panels(2, width=4.4, height=4.0)
names, found = "ABCDEFGH", weights.numpy()[:8]
cards = [[f"{names[test[0][i, j].item()]}{test[1][i, j].item()}" for j in range(CARDS)] for i in range(8)]
texts = ([[f"{share:.2f}" for share in row] for row in shares], cards)
for ax, values, text in zip((left, right), (shares, found), texts, strict=True):
    ax.imshow(values, cmap="Blues", vmin=0, vmax=1)
    for (i, j), share in np.ndenumerate(values):
        ax.text(j, i, text[i][j], ha="center", va="center", fontsize=9, color="white" if share > 0.5 else "black")
    ax.grid(visible=False)
left.set(xticks=[], yticks=range(3), yticklabels=["1 asks", "2 asks", "3 asks"], title="What three elements take")
asked = [f"{names[letter]}?" for letter in test[2].tolist()[:8]]
right.set(xticks=[], yticks=range(8), yticklabels=asked, title="Learned: the card that counts")
save(left)

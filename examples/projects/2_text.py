"""Project 2: writing like Lewis Carroll, letter by letter: an LSTM and a small GPT.

A language model says of every letter how likely it is to come next. How good it is, is measured in bits for each
letter of text that it never saw: the last tenth of the first eight chapters of Alice's Adventures in Wonderland (1865).
Who knows nothing but the 64 different letters needs 6 bits; a letter says half of what comes next, and so on. To write,
let it draw a letter from its own probabilities, and read that as well.
"""

import time
from collections import Counter
from math import log, log2
from pathlib import Path

import numpy as np
from picture import panels, save

import pellucid as pl
from pellucid import nn, optim
from pellucid.data import CharTokenizer, LanguageModelWindows, split_in_order
from pellucid.models import GPT, RecurrentLanguageModel
from pellucid.nn import functional as F

LENGTH, BATCH = 64, 32  # letters of a window, windows of a batch
text = (Path(__file__).parent / "data" / "alice.txt").read_text(encoding="utf-8")
train, unseen, _ = split_in_order(text, validation_size=0.1)
tokenizer = CharTokenizer.fit([train])
ids = np.array(tokenizer.encode(train))
judged = LanguageModelWindows(tokenizer.encode(unseen), LENGTH)
print(f"{len(train):,} letters to learn from, {len(unseen):,} kept back, {len(tokenizer.vocabulary)} different tokens")


# --- What counting gives ------------------------------------------------------------------------------------
def bits_by_counting(order):
    """Return the bits of an unseen letter for who counted what follows `order` letters; every count begins at 0.1."""
    follows, times = Counter(), Counter()
    for i in range(order, len(train)):
        follows[train[i - order : i + 1]] += 1
        times[train[i - order : i]] += 1
    letters = len(set(train))
    total = 0.0
    for i in range(order, len(unseen)):
        total -= log2((follows[unseen[i - order : i + 1]] + 0.1) / (times[unseen[i - order : i]] + 0.1 * letters))
    return total / (len(unseen) - order)


print("\nbits of an unseen letter, by counting what followed the last letters")
counted = {order: bits_by_counting(order) for order in range(5)}
for order, bits in counted.items():
    print(f"  {order} letters: {bits:.3f}")


# --- Two networks -------------------------------------------------------------------------------------------
# The LSTM reads letter after letter and tells the next one from what it remembers. The GPT sees the last 64 at once.
def bits(model):
    """Return the bits of an unseen letter, in windows that each begin without a past."""
    model.eval()
    inputs, targets = judged.tensors
    with pl.no_grad():
        return F.cross_entropy(model(inputs).flatten(0, 1), targets.flatten()).item() / log(2)


def windows(steps):
    """Give batches of windows from anywhere in the text, a letter longer than what is read: (32, 65)."""
    random = pl.Generator(0).numpy("windows")
    for _ in range(steps):
        yield ids[random.integers(0, len(ids) - LENGTH, BATCH)[:, None] + np.arange(LENGTH + 1)]


def fit(model, steps, max_lr):
    """Train the network; return steps and bits of unseen letters on the way."""
    optimizer = optim.AdamW(model.parameters(), lr=max_lr)
    schedule = optim.lr_scheduler.OneCycleLR(optimizer, max_lr, total_steps=steps)
    course = []
    for step, batch in enumerate(windows(steps), start=1):
        model.train()
        scores = model(pl.tensor(batch[:, :-1]))
        loss = F.cross_entropy(scores.flatten(0, 1), pl.tensor(batch[:, 1:]).flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 50 == 0:
            course.append((step, bits(model)))
    return course


def make(name):
    """Return a network with new weights, how long to train it, and how fast."""
    pl.manual_seed(0)
    tokens = len(tokenizer)
    if name == "LSTM":
        return RecurrentLanguageModel(tokens, embedding_size=48, hidden_size=160, dropout=0.2), 1000, 1e-2
    return GPT(tokens, context=LENGTH, d_model=96, heads=4, layers=2, dropout=0.1), 1500, 8e-3


if __name__ == "__main__":
    courses, samples = {}, {}
    opening = "Alice looked "
    for name in ("LSTM", "GPT"):
        model, steps, max_lr = make(name)
        began = time.perf_counter()
        courses[name] = fit(model, steps, max_lr)
        parameters = sum(p.numel() for p in model.parameters())
        print(f"\n{name}: {parameters:,} parameters, {steps} steps in {time.perf_counter() - began:.0f} s")
        for step, value in courses[name]:
            if step in {100, 500, steps}:
                print(f"  step {step:4}: {value:.3f} bits of an unseen letter")
        start = np.array([tokenizer.encode(opening)])
        for temperature in (0.5, 0.8):
            written = tokenizer.decode(model.generate(start, 240, temperature=temperature)[0].tolist())
            print(f"  at temperature {temperature}: {written!r}")

    # --- The picture ----------------------------------------------------------------------------------------
    (ax,) = panels(1, width=7.2, height=4.4)
    for (name, course), color in zip(courses.items(), ("#2f7ed8", "#d9730d"), strict=True):
        ax.plot(*zip(*course, strict=True), color=color, linewidth=2.2, label=f"{name}: {course[-1][1]:.2f} bits")
    for order, value in counted.items():
        if order < 4:
            ax.axhline(value, color="#7d828c", linestyle=":", linewidth=1.6)
            what = f"counting what follows {order} letters"
            ax.text(1500, value + 0.03, what, ha="right", fontsize=8.5, color="#5c6068")
    ax.set(xlabel="training step", ylabel="bits of an unseen letter", title="Alice's Adventures, letter by letter")
    ax.legend(loc=(0.66, 0.66))
    save(ax)

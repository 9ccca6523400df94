"""Project 3: is an opinion good or bad? An LSTM and a transformer read sentences.

1,290 short sentences about films, meals and tools, half of them praise, half complaint. They come in twins that share
nearly all words: "The soup is not awful." and "The soup is not wonderful." So counting nice words does not help, and
it shows: a network that takes the mean of its words fails where something is negated. One that reads them in their
order does much better. Twins stay together, so that no test sentence has its twin among those learned from.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from picture import panels, save

import pellucid as pl
from pellucid import nn, optim
from pellucid.data import WordTokenizer, pad_batch
from pellucid.nn import functional as F
from pellucid.nn.utils.rnn import pack_padded_sequence

SEEDS, BATCH = 3, 32
table = pd.read_csv(Path(__file__).parent / "data" / "opinions.csv")
labels = (table["opinion"] == "positive").to_numpy(dtype=np.int64)
FORMS = ("plain", "negated", "mixed")


# --- From sentences to numbers ------------------------------------------------------------------------------
def divide(seed):
    """Return the rows to learn from, those of 4 of 5 pairs, and the others."""
    pairs = pl.Generator(seed).numpy("pairs").permutation(table["pair"].unique())
    learned = table["pair"].isin(pairs[: len(pairs) * 4 // 5]).to_numpy()
    return np.flatnonzero(learned), np.flatnonzero(~learned)


class Reader:
    """Give sentences as numbers, padded to the longest of the batch, and how long each is."""

    def __init__(self, tokenizer):
        self.encoded = [tokenizer.encode(sentence) for sentence in table["review"]]

    def __call__(self, rows):
        """Return the numbers (N, T) and lengths (N,) of some rows."""
        batch = pad_batch([self.encoded[row] for row in rows])
        return batch.ids, batch.lengths


# --- Three ways to read -------------------------------------------------------------------------------------
class MeanOfWords(nn.Module):
    """The mean of the words' embeddings: their order does not count."""

    def __init__(self, tokens, size=32):
        super().__init__()
        self.embedding = nn.Embedding(tokens, size, padding_idx=0)
        self.dropout = nn.Dropout(0.3)
        self.output = nn.Linear(size, 2)

    def forward(self, ids, lengths):
        """Return the scores of both classes, (N, 2)."""
        return self.output(self.dropout(mean_of(self.embedding(ids), ids, lengths)))


class LSTM(nn.Module):
    """What an LSTM remembers after the last word."""

    def __init__(self, tokens, size=64):
        super().__init__()
        self.embedding = nn.Embedding(tokens, size, padding_idx=0)
        self.lstm = nn.LSTM(size, size, batch_first=True)
        self.dropout = nn.Dropout(0.5)
        self.output = nn.Linear(size, 2)

    def forward(self, ids, lengths):
        """Return the scores of both classes, (N, 2)."""
        words = pack_padded_sequence(self.dropout(self.embedding(ids)), lengths, batch_first=True, enforce_sorted=False)
        _, (h, _) = self.lstm(words)  # h: (1, N, size)
        return self.output(self.dropout(h[-1]))


class Transformer(nn.Module):
    """Twice, every word looks at every other; where each stands was added to it. Then the mean."""

    def __init__(self, tokens, size=32):
        super().__init__()
        self.embedding = nn.Embedding(tokens, size, padding_idx=0)
        self.positions = nn.SinusoidalPositions(size, batch_first=True)
        layer = nn.TransformerEncoderLayer(size, 4, 2 * size, dropout=0.2, batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.dropout = nn.Dropout(0.2)
        self.output = nn.Linear(size, 2)

    def forward(self, ids, lengths):
        """Return the scores of both classes, (N, 2)."""
        words = self.dropout(self.positions(self.embedding(ids)))
        words = self.encoder(words, src_key_padding_mask=ids == 0)
        return self.output(self.dropout(mean_of(words, ids, lengths)))


def mean_of(words, ids, lengths):
    """Return the mean over the words that are there, (N, T, E) -> (N, E)."""
    return (words * (ids != 0).unsqueeze(-1)).sum(1) / lengths.unsqueeze(1)


# --- Learning -----------------------------------------------------------------------------------------------
def fit(kind, epochs, seed):
    """Train on four fifths of the pairs; return the model, its tokenizer, and what it says of the rest."""
    train, test = divide(seed)
    tokenizer = WordTokenizer.fit(table["review"].iloc[train], min_count=2)  # words seen once are "unknown"
    read = Reader(tokenizer)
    pl.manual_seed(seed)
    model = kind(len(tokenizer))
    optimizer = optim.Adam(model.parameters(), lr=3e-3)
    random = pl.Generator(seed).numpy("batches")
    for _ in range(epochs):
        order = random.permutation(train)
        for rows in np.split(order, range(BATCH, len(order), BATCH)):
            ids, lengths = read(rows)
            missed = pl.tensor(random.random(ids.shape) < 0.1) & (ids != 0)  # now and then a word is not understood
            loss = F.cross_entropy(
                model(ids.masked_fill(missed, tokenizer.unknown_id), lengths), pl.tensor(labels[rows])
            )
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.eval()
    with pl.no_grad():
        praise = model(*read(test)).softmax(1).numpy()[:, 1]
    return model, tokenizer, test, praise


ways = {"mean of words": (MeanOfWords, 30), "LSTM": (LSTM, 50), "transformer": (Transformer, 100)}
print(f"{len(table)} sentences in {table['pair'].nunique()} pairs; accuracy on the fifth kept back, {SEEDS} draws\n")
print(f"{'':15}    all (each draw)         " + "   ".join(f"{form:>7}" for form in FORMS))
scores, models = {}, {}
for name, (kind, epochs) in ways.items():
    draws, by_form = [], []
    for seed in range(SEEDS):
        model, tokenizer, test, praise = fit(kind, epochs, seed)
        right = (praise > 0.5) == labels[test]
        draws.append(right.mean())
        by_form.append([right[table["form"].iloc[test] == form].mean() for form in FORMS])
        models.setdefault(name, (model, tokenizer, test, praise))
    scores[name] = np.mean(by_form, axis=0)
    each = " ".join(f"{draw:.3f}" for draw in draws)
    print(f"{name:15}  {np.mean(draws):.3f} ({each})   " + "   ".join(f"{score:7.3f}" for score in scores[name]))

# --- Sentences of one's own ---------------------------------------------------------------------------------
model, tokenizer, test, praise = models["LSTM"]
mine = ["The soup is good.", "The soup is not good.", "The soup is bad.", "The soup is not bad."]
print("\nthe LSTM's probability of praise")
with pl.no_grad():
    for sentence in mine:
        batch = pad_batch([tokenizer.encode(sentence)])
        print(f"  {model(batch.ids, batch.lengths).softmax(1)[0, 1].item():.2f}  {sentence}")
print("its most certain mistakes")
wrong = test[np.argsort(-np.abs(praise - labels[test]))][:4]
for row in wrong:
    print(f"  {praise[test == row][0]:.2f}  {table['review'].iloc[row]}")

# --- The picture --------------------------------------------------------------------------------------------
left, right = panels(2, width=5.4, height=3.8)
for i, (name, color) in enumerate(zip(ways, ("#7d828c", "#2f7ed8", "#d9730d"), strict=True)):
    left.bar(np.arange(len(FORMS)) + 0.27 * (i - 1), scores[name], width=0.25, color=color, label=name)
left.axhline(0.5, color="#20242c", linestyle=":", linewidth=1.4)
left.set(xticks=range(len(FORMS)), xticklabels=FORMS, ylim=(0, 1.08), ylabel="accuracy", title="Three ways to read")
left.legend(loc="upper center", ncols=3)
for text, color in (("The film was good.", "#2f7ed8"), ("The film was not good at all.", "#c0392b")):
    words = tokenizer.split(text)
    with pl.no_grad():
        batches = [pad_batch([tokenizer.encode(" ".join(words[:n]))]) for n in range(1, len(words) + 1)]
        course = [model(batch.ids, batch.lengths).softmax(1)[0, 1].item() for batch in batches]
    right.plot(range(1, len(words) + 1), course, "o-", color=color, linewidth=2)
    for i, word in enumerate(words):
        right.annotate(word, (i + 1, course[i]), xytext=(0, 7), textcoords="offset points", ha="center", color=color)
right.set(xlabel="words read", ylabel="probability of praise", ylim=(-0.05, 1.12), title="The LSTM, word by word")
save(left)

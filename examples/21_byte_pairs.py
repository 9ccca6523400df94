"""Chapter 21: byte pairs: which pieces of text should a network read?

Letters are few, but texts of them are long, and a letter means little. Words mean much, but there is always one more
that nobody has seen. Byte pairs (Sennrich, Haddow and Birch, 2016) lie between: begin with single bytes and join,
again and again, the two neighbours that stand together most often. Frequent words become one token, rare ones stay in
pieces, and nothing is ever unknown. Here is the whole trainer, and how it compares with the library's.
"""

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

from picture import panels, save

from pellucid.data import BytePairTokenizer

# The first eight chapters of Alice's Adventures in Wonderland (Lewis Carroll, 1865): the last tenth is kept apart.
text = (Path(__file__).parent / "projects" / "data" / "alice.txt").read_text(encoding="utf-8")
cut = len(text) * 9 // 10
train, unseen = text[:cut], text[cut:]
SIZE = 1000


# --- The trainer --------------------------------------------------------------------------------------------
def words(text):
    """Split into words with the space before them, and whatever stands between: no pair is joined across these."""
    return re.findall(r" ?\w+| ?[^\w\s]+|\s+", text)


def join(pieces, pair):
    """Return the pieces with every occurrence of the pair made one."""
    joined, i = [], 0
    while i < len(pieces):
        if pieces[i : i + 2] == pair:
            joined.append(pieces[i] + pieces[i + 1])
            i += 2
        else:
            joined.append(pieces[i])
            i += 1
    return tuple(joined)


def train_byte_pairs(text, size):
    """Return the pairs in the order in which they were joined, and how often each stood in the text then."""
    counts = Counter(words(text))
    pieces = {word: tuple(bytes([byte]) for byte in word.encode()) for word in counts}  # each a tuple of single bytes
    merges = []
    while 256 + len(merges) < size:
        pairs = Counter()
        for word, count in counts.items():
            for pair in pairwise(pieces[word]):
                pairs[pair] += count
        pair, count = max(pairs.items(), key=lambda item: (item[1], item[0]))  # ties: any rule, but always the same
        merges.append((pair, count))
        pieces = {word: join(of_word, pair) if pair[0] in of_word else of_word for word, of_word in pieces.items()}
    return merges


def encode(text, merges):
    """Return the text's tokens: the joins of the training, in their order, word by word."""
    rank = {pair: i for i, (pair, _) in enumerate(merges)}
    tokens = []
    for word in words(text):
        pieces = tuple(bytes([byte]) for byte in word.encode())
        while len(pieces) > 1:
            best = min(pairwise(pieces), key=lambda pair: rank.get(pair, len(rank)))
            if best not in rank:
                break
            pieces = join(pieces, best)
        tokens += pieces
    return tokens


# --- A text of three words ----------------------------------------------------------------------------------
toy = "low " * 5 + "lower " * 2 + "newest " * 6 + "widest " * 3
print("joined first in low (5 times), lower (2), newest (6), widest (3):")
for (left, right), count in train_byte_pairs(toy, 256 + 5):
    print(f"  {left.decode()!r} + {right.decode()!r}: {count} times")

# --- A book -------------------------------------------------------------------------------------------------
merges = train_byte_pairs(train, SIZE)
print("\njoined in the book:")
for i in (0, 1, 2, 9, 49, 199, 743):
    (left, right), count = merges[i]
    print(f"  {i + 1:3}. {left.decode()!r} + {right.decode()!r}, {count} times")
sentence = "Alice thought the caterpillar uncommonly gluttonous."
print("\n" + "|".join(token.decode() for token in encode(sentence, merges)))

tokens = encode(unseen, merges)
back = b"".join(tokens).decode()
print(f"\n{len(unseen)} unseen characters are {len(tokens)} tokens: {len(unseen) / len(tokens):.2f} characters each")
print(f"and back again, without loss: {back == unseen}")
print("a word of another language:", "|".join(map(repr, encode("größer", merges))))

# --- The library's ------------------------------------------------------------------------------------------
# `BytePairTokenizer` splits words a little differently and is a hundred times faster; the idea is the same.
library = BytePairTokenizer.fit([train], size=SIZE + 2)  # its tokens 0 and 1 are padding and "unknown"
print(f"the library: {len(unseen) / len(library.encode(unseen)):.2f} characters each")

# --- What size is right? ------------------------------------------------------------------------------------
# More joins, shorter texts; but each token is seen less often, and needs a row of its own in the embedding.
sizes = (256, 300, 400, 600, 800, SIZE)
lengths = [len(unseen) / len(encode(unseen, merges[: size - 256])) for size in sizes]
print("\nsize of the vocabulary, characters in a token")
for size, length in zip(sizes, lengths, strict=True):
    print(f"  {size:4}  {length:.2f}")

# --- The picture --------------------------------------------------------------------------------------------
left, right = panels(2, width=4.9)
left.plot(sizes, lengths, "o-", color="#2f7ed8", linewidth=2.2)
left.set(xlabel="tokens in the vocabulary", ylabel="characters in a token", title="Unseen text gets shorter")
right.loglog(range(1, len(merges) + 1), [count for _, count in merges], color="#d9730d", linewidth=2.2)
for i in (0, 2, 9, 49, 199, 599):
    (first, second), count = merges[i]
    right.annotate(
        f"'{(first + second).decode()}'", (i + 1, count), xytext=(6, 4), textcoords="offset points", fontsize=9
    )
right.set(xlabel="join", ylabel="how often the pair stood there", title="The first joins are worth most")
save(left)

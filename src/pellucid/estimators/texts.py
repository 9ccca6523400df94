"""Texts, as a column, a list or an array, made ready for a network that reads tokens."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from pellucid import nn
from pellucid._suggest import nearest
from pellucid._tensor import Array, Tensor
from pellucid.data import BytePairTokenizer, CharTokenizer, Tokenizer, WordTokenizer, pad_batch
from pellucid.models import Model

__all__ = ["TOKENIZER_NAMES", "TokenReader", "as_texts", "fitted_tokenizer", "token_ids"]

TOKENIZER_NAMES = ("word", "char", "bpe")
"""What `TextClassifier(tokenizer=)` takes: words and signs, characters, byte pairs."""

_FEWEST = {"word": 1, "char": 1, "bpe": 258}


def as_texts(X: Any, who: str) -> list[str]:
    """Return texts as a list.

    Args:
        X: a list, tuple, pandas Series or 1-D array of strings.
        who: the estimator's name, for messages.

    Raises:
        ValueError: when there are several columns, or a text is missing, naming the row.
        TypeError: when a row holds something else, naming it, or for one string alone.
    """
    if isinstance(X, (str, bytes)):
        raise TypeError(f"{who} takes a list of texts; put the one text into a list: [text]")
    shape = getattr(X, "shape", None)
    if shape is not None and len(shape) == 2 and shape[1] == 1:
        X = X.iloc[:, 0] if hasattr(X, "iloc") else np.asarray(X)[:, 0]
    elif shape is not None and len(shape) != 1:
        raise ValueError(f"{who} takes one text for each row, got the shape {shape}; pick a column, as in X['text']")
    if not isinstance(X, Iterable):
        raise TypeError(f"{who} takes a list of texts, got {type(X).__name__}")
    texts = list(X)
    labels = getattr(X, "index", None) if hasattr(X, "iloc") else None
    for i, text in enumerate(texts):
        if isinstance(text, str):
            continue
        place = f"row {i}" if labels is None else f"row {i} (index {labels[i]})"
        if text is None or (isinstance(text, float) and np.isnan(text)) or str(text) in ("<NA>", "NaT"):
            raise ValueError(f"{who}: the text of {place} is missing ({text}); fill it or drop the row")
        raise TypeError(f"{who}: {place} is {text!r} ({type(text).__name__}), no text; turn numbers to text with str")
    return texts


def fitted_tokenizer(kind: str, texts: list[str], max_features: int | None, min_count: int, lowercase: bool) -> Any:
    """Return a tokenizer of a kind, whose tokens are those of training texts.

    Raises:
        ValueError: for another kind, or when no token is left.
    """
    if kind not in TOKENIZER_NAMES:
        raise ValueError(f"TextClassifier has no tokenizer {kind!r}{nearest(str(kind), TOKENIZER_NAMES)}")
    if max_features is not None and max_features < _FEWEST[kind]:
        raise ValueError(f"max_features must be at least {_FEWEST[kind]} for tokenizer {kind!r}, got {max_features}")
    if lowercase and kind != "word":
        texts = [text.lower() for text in texts]
    if kind == "bpe":
        return BytePairTokenizer.fit(texts, size=max_features or 2000)
    if kind == "char":
        return CharTokenizer.fit(texts, max_size=max_features, min_count=min_count)
    return WordTokenizer.fit(texts, max_size=max_features, min_count=min_count, lowercase=lowercase)


def token_ids(tokenizer: Tokenizer, texts: list[str], length: int | None, *, lowercase: bool) -> Array:
    """Return the texts' numbers as int64 (n, T), filled up with 0; texts longer than `length` are cut there.

    A text without any token counts as one unknown token.
    """
    if not texts:
        return np.zeros((0, 1), np.int64)
    small = (text.lower() for text in texts) if lowercase and not isinstance(tokenizer, WordTokenizer) else texts
    encoded = [tokenizer.encode(text) or [tokenizer.unknown_id] for text in small]
    return pad_batch(encoded, max_length=length).ids.array


class TokenReader(nn.Module):
    """Gives a model that reads tokens only the places that a batch needs: those of its longest text.

    In training, each token may be taken for an unknown one, so that the network learns what to do with those that no
    training text has (word dropout: Iyyer et al., 2015).

    Shapes: x (N, T) of integers, filled up with 0.

    Args:
        reader: the model.
        unknown: the probability with which a token is taken for an unknown one in training.
    """

    def __init__(self, reader: Model, unknown: float = 0.0) -> None:
        super().__init__()
        self.reader, self.unknown = reader, unknown

    def forward(self, x: Tensor) -> Tensor:
        """Return what the model answers."""
        from pellucid.random import default_generator

        ids = x.array
        used = np.flatnonzero((ids != Tokenizer.padding_id).any(0))
        ids = ids[:, : int(used[-1]) + 1 if used.size else 1]
        if self.training and self.unknown:
            missed = default_generator.numpy("dropout").random(ids.shape) < self.unknown
            ids = np.where(missed & (ids != Tokenizer.padding_id), Tokenizer.unknown_id, ids)
        return self.reader(Tensor(ids))

"""What networks that read tokens have in common."""

from collections.abc import Sequence

from pellucid._suggest import nearest
from pellucid.data import BytePairTokenizer, CharTokenizer, Tokenizer, WordTokenizer
from pellucid.data.tokenizers import TOKENIZERS
from pellucid.train.config import ConfigError

__all__ = ["fit_tokenizer", "heads_of", "layers_of"]


def fit_tokenizer(kind: str, texts: Sequence[str], size: int, *, lowercase: bool = True) -> Tokenizer:
    """Return a tokenizer of a kind, fitted on training texts, of at most `size` tokens.

    Raises:
        ConfigError: for another kind, or a size that the kind cannot have.
    """
    if kind not in TOKENIZERS:
        raise ConfigError(f"tokenizer {kind!r} is not known{nearest(kind, TOKENIZERS)}")
    if size < 3 or (kind == "bytepair" and size < 258):
        raise ConfigError(f"vocabulary must be at least {258 if kind == 'bytepair' else 3} for {kind!r}, got {size}")
    if kind == "char":
        return CharTokenizer.fit(texts, max_size=size - 2)
    if kind == "word":
        return WordTokenizer.fit(texts, max_size=size - 2, lowercase=lowercase)
    return BytePairTokenizer.fit(texts, size=size)


def heads_of(d_model: int) -> int:
    """Return into how many heads vectors of a size are cut: four, or as many as go.

    Example:
        >>> heads_of(64), heads_of(6), heads_of(5)
        (4, 2, 1)
    """
    return next(heads for heads in (4, 2, 1) if d_model % heads == 0)


def layers_of(hidden: tuple[int, ...] | None, suggested: tuple[int, ...]) -> tuple[int, int]:
    """Return the size and number of layers that are all of one size.

    Raises:
        ConfigError: when they are not, or there is none.
    """
    units = suggested if hidden is None else hidden
    if len(set(units)) != 1:
        raise ConfigError(f"hidden must be one number for each layer, all the same, such as 64,64; got {list(units)}")
    return units[0], len(units)

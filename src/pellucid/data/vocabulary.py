"""Vocabulary: tokens and their numbers."""

from collections import Counter
from collections.abc import Iterable, Sequence

__all__ = ["PADDING_ID", "UNKNOWN_ID", "Vocabulary"]

PADDING_ID, UNKNOWN_ID = 0, 1


class Vocabulary:
    """A list of different tokens; 0 stands for padding and 1 for every token that is not in the list.

    Args:
        tokens: the known tokens in the order of their numbers, which begin with 2.
        padding: how padding is written.
        unknown: how a token that is not known is written.

    Raises:
        ValueError: when a token comes twice.

    Example:
        >>> words = Vocabulary.build(["the", "cat", "the", "dog"], max_size=1)
        >>> len(words), words.ids(["the", "dog"]), words.tokens([0, 1, 2])
        (3, [2, 1], ['<pad>', '<unk>', 'the'])
    """

    def __init__(self, tokens: Sequence[str], padding: str = "<pad>", unknown: str = "<unk>") -> None:
        self.padding, self.unknown = padding, unknown
        self._tokens = [padding, unknown, *tokens]
        self._ids = {token: i for i, token in enumerate(self._tokens)}
        if len(self._ids) < len(self._tokens):
            twice = next(token for token, count in Counter(self._tokens).items() if count > 1)
            raise ValueError(f"the vocabulary has the token {twice!r} twice")

    @classmethod
    def build(cls, tokens: Iterable[str], max_size: int | None = None, min_count: int = 1) -> "Vocabulary":
        """Make the vocabulary of a text: its most frequent tokens, those of equal count in their order as text.

        Args:
            tokens: all of the training text, and of no other.
            max_size: so many of them at most, padding and unknown not counted.
            min_count: tokens that come less often are left out.

        Raises:
            ValueError: when nothing is left.
        """
        counts = Counter(tokens)
        kept = sorted((t for t, n in counts.items() if n >= min_count), key=lambda t: (-counts[t], t))[:max_size]
        if not kept:
            raise ValueError(f"no token of {len(counts)} is left with max_size={max_size} and min_count={min_count}")
        return cls(kept)

    def ids(self, tokens: Iterable[str]) -> list[int]:
        """Return the tokens' numbers, 1 for those that are not known."""
        return [self._ids.get(token, UNKNOWN_ID) for token in tokens]

    def tokens(self, ids: Iterable[int]) -> list[str]:
        """Return the tokens of numbers.

        Raises:
            ValueError: for a number that stands for none.
        """
        found = []
        for i in ids:
            if not 0 <= i < len(self._tokens):
                raise ValueError(f"there is no token {i}; a vocabulary of {len(self)} has 0..{len(self) - 1}")
            found.append(self._tokens[i])
        return found

    @property
    def known(self) -> list[str]:
        """The known tokens, without padding and unknown."""
        return self._tokens[2:]

    def __contains__(self, token: object) -> bool:
        return token in self._ids

    def __len__(self) -> int:
        return len(self._tokens)

    def __repr__(self) -> str:
        return f"Vocabulary of {len(self)} tokens: {', '.join(map(repr, self._tokens[:5]))} ..."

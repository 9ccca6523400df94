"""From text to whole numbers and back: by character, by word, by byte pairs."""

import os
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, ClassVar, Self

from pellucid._extras import require
from pellucid._files import read_json, write_json
from pellucid.data.errors import DataError, nearest
from pellucid.data.vocabulary import PADDING_ID, UNKNOWN_ID, Vocabulary

__all__ = ["TOKENIZERS", "BytePairTokenizer", "CharTokenizer", "Tokenizer", "WordTokenizer", "load_tokenizer"]

_FORMAT = 1
_WORDS = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")


class Tokenizer(ABC):
    """What all tokenizers do. Number 0 is padding and 1 an unknown token, whatever the kind."""

    kind: ClassVar[str]
    padding_id: ClassVar[int] = PADDING_ID
    unknown_id: ClassVar[int] = UNKNOWN_ID

    @abstractmethod
    def encode(self, text: str) -> list[int]:
        """Return the text's tokens as numbers."""

    @abstractmethod
    def decode(self, ids: Iterable[int]) -> str:
        """Return the text of numbers; padding is left out."""

    @abstractmethod
    def __len__(self) -> int:
        """Return how many different numbers there are, 0 and 1 included."""

    @abstractmethod
    def state(self) -> dict[str, Any]:
        """Return what `from_state` needs, as JSON can hold it."""

    @classmethod
    @abstractmethod
    def from_state(cls, state: dict[str, Any]) -> "Tokenizer":
        """Make the tokenizer again."""

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write one JSON file, whole or not at all."""
        write_json(path, {"format": _FORMAT, "kind": self.kind} | self.state())

    def __repr__(self) -> str:
        return f"{type(self).__name__} with {len(self)} tokens"


class _Listed(Tokenizer):
    """A tokenizer that looks its tokens up in a vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary

    @abstractmethod
    def split(self, text: str) -> list[str]:
        """Return the text's tokens as text."""

    def encode(self, text: str) -> list[int]:
        """Return the text's tokens as numbers; 1 for those that are not in the vocabulary."""
        return self.vocabulary.ids(self.split(text))

    def unknown(self, text: str) -> list[str]:
        """Return the text's different tokens that are not in the vocabulary."""
        return [token for token in dict.fromkeys(self.split(text)) if token not in self.vocabulary]

    def state(self) -> dict[str, Any]:
        return {"tokens": self.vocabulary.known}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        return cls(Vocabulary(state["tokens"]))

    def __len__(self) -> int:
        return len(self.vocabulary)


class CharTokenizer(_Listed):
    """One token for each character; what is decoded is the text itself.

    Example:
        >>> tokenizer = CharTokenizer.fit(["banana"])
        >>> tokenizer.encode("nab!"), tokenizer.decode([3, 2, 4])
        ([3, 2, 4, 1], 'nab')
    """

    kind = "char"

    @classmethod
    def fit(cls, texts: Iterable[str], *, max_size: int | None = None, min_count: int = 1) -> Self:
        """Learn the characters of the training texts; see `Vocabulary.build` for the bounds."""
        return cls(Vocabulary.build((char for text in _texts(texts) for char in text), max_size, min_count))

    def split(self, text: str) -> list[str]:
        """Return the characters."""
        return list(text)

    def decode(self, ids: Iterable[int]) -> str:
        """Return the characters in one string; "�" for unknown ones."""
        tokens = self.vocabulary.tokens(i for i in ids if i != PADDING_ID)
        return "".join("\N{REPLACEMENT CHARACTER}" if t == self.vocabulary.unknown else t for t in tokens)


class WordTokenizer(_Listed):
    """One token for each word and each sign of punctuation; white space divides and is lost.

    Args:
        vocabulary: the known words.
        lowercase: whether capitals are read as small letters.

    Example:
        >>> tokenizer = WordTokenizer.fit(["The cat, the dog."])
        >>> tokenizer.split("Don't, Cat!"), tokenizer.decode(tokenizer.encode("The  cat ."))
        (["don't", ',', 'cat', '!'], 'the cat.')
    """

    kind = "word"

    def __init__(self, vocabulary: Vocabulary, lowercase: bool = True) -> None:
        super().__init__(vocabulary)
        self.lowercase = lowercase

    @classmethod
    def fit(
        cls, texts: Iterable[str], *, max_size: int | None = None, min_count: int = 1, lowercase: bool = True
    ) -> Self:
        """Learn the words of the training texts; see `Vocabulary.build` for the bounds."""
        words = (word for text in _texts(texts) for word in _words(text, lowercase))
        return cls(Vocabulary.build(words, max_size, min_count), lowercase)

    def split(self, text: str) -> list[str]:
        """Return the words and signs."""
        return _words(text, self.lowercase)

    def decode(self, ids: Iterable[int]) -> str:
        """Return the words with a space between, and none before a sign that closes."""
        text = " ".join(self.vocabulary.tokens(i for i in ids if i != PADDING_ID))
        return re.sub(r" ([.,;:!?)\]}])", r"\1", text)

    def state(self) -> dict[str, Any]:
        """Return the words and whether capitals count."""
        return super().state() | {"lowercase": self.lowercase}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """Make the tokenizer again."""
        return cls(Vocabulary(state["tokens"]), bool(state["lowercase"]))


def _texts(texts: Iterable[str]) -> Iterable[str]:
    """Refuse one text where several are expected: its characters would be taken for texts."""
    if isinstance(texts, str):
        raise TypeError("fit takes a list of texts; put the one text into a list: fit([text])")
    return texts


def _words(text: str, lowercase: bool) -> list[str]:
    return _WORDS.findall(text.lower() if lowercase else text)


class BytePairTokenizer(Tokenizer):
    """Byte-pair encoding of UTF-8: frequent sequences of bytes become one token; no text is unknown.

    Training begins with the 256 bytes and merges the most frequent pair of neighbours again and again, within words
    and never across them (Sennrich, Haddow and Birch, 2016; bytes as in GPT-2, Radford et al., 2019). What is
    decoded is the text itself. The library `tokenizers` does the work.

    Args:
        inner: a `tokenizers.Tokenizer`; `fit` makes one.

    Example:
        >>> tokenizer = BytePairTokenizer.fit(["low lower lowest"] * 9, size=262)
        >>> len(tokenizer), len(tokenizer.encode("lowest")), tokenizer.decode(tokenizer.encode("schön"))
        (262, 4, 'schön')
    """

    kind = "bytepair"
    # The library's own special tokens would be found in any text that happens to spell them.
    _FIRST = 2

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    @classmethod
    def fit(cls, texts: Iterable[str], *, size: int = 2000) -> Self:
        """Learn merges from the training texts until there are `size` tokens, or nothing comes twice.

        Raises:
            ValueError: when `size` does not even hold the bytes, padding and unknown.
        """
        if size < 256 + cls._FIRST:
            raise ValueError(f"size must be at least {256 + cls._FIRST}: 256 bytes, padding, unknown; got {size}")
        library = require("tokenizers", "text")
        inner = library.Tokenizer(library.models.BPE())
        inner.pre_tokenizer = library.pre_tokenizers.ByteLevel(add_prefix_space=False)
        inner.decoder = library.decoders.ByteLevel()
        trainer = library.trainers.BpeTrainer(
            vocab_size=size - cls._FIRST,
            min_frequency=2,
            initial_alphabet=sorted(library.pre_tokenizers.ByteLevel.alphabet()),
            show_progress=False,
        )
        inner.train_from_iterator(_texts(texts), trainer)
        return cls(inner)

    def encode(self, text: str) -> list[int]:
        """Return the text's tokens as numbers."""
        return [i + self._FIRST for i in self._inner.encode(text).ids]

    def decode(self, ids: Iterable[int]) -> str:
        """Return the text; bytes that are no UTF-8 together become "�"."""
        shifted = [i - self._FIRST for i in ids if i >= self._FIRST]
        if shifted and max(shifted) >= self._inner.get_vocab_size():
            raise ValueError(f"there is no token {max(shifted) + self._FIRST}; this tokenizer has {len(self)}")
        text: str = self._inner.decode(shifted)
        return text

    def __len__(self) -> int:
        return self._FIRST + int(self._inner.get_vocab_size())

    def state(self) -> dict[str, Any]:
        """Return the merges as the library writes them."""
        return {"tokenizer": self._inner.to_str()}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """Make the tokenizer again."""
        return cls(require("tokenizers", "text").Tokenizer.from_str(state["tokenizer"]))


TOKENIZERS: dict[str, type[Any]] = {kind.kind: kind for kind in (CharTokenizer, WordTokenizer, BytePairTokenizer)}
"""Every kind by its name: a closed list, so that loading a file never imports by name."""


def load_tokenizer(path: str | os.PathLike[str]) -> Tokenizer:
    """Read what `Tokenizer.save` wrote; nothing in the file is executed.

    Raises:
        DataError: when the file is missing, damaged, or of a later format.

    Example:
        >>> import pathlib, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "tokenizer.json"
        >>> CharTokenizer.fit(["abc"]).save(path)
        >>> load_tokenizer(path).encode("cab")
        [4, 2, 3]
    """
    try:
        state = read_json(path)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise DataError(str(error)) from None
    if not isinstance(state, dict) or "kind" not in state or "format" not in state:
        raise DataError(f"{path} is no tokenizer that Pellucid saved")
    if state["format"] != _FORMAT:
        raise DataError(f"{path} has format {state['format']!r}, this version reads {_FORMAT}; upgrade pellucid")
    if state["kind"] not in TOKENIZERS:
        raise DataError(f"{path}: there is no tokenizer {state['kind']!r}{nearest(str(state['kind']), TOKENIZERS)}")
    try:
        loaded: Tokenizer = TOKENIZERS[state["kind"]].from_state(state)
    except ImportError:
        raise
    except Exception as error:  # noqa: BLE001 - the library raises no kind of its own
        raise DataError(f"{path} is damaged ({error}); copy it again or train again") from None
    return loaded

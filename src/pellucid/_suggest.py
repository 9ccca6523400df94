"""The known word most like a mistyped one."""

import difflib
from collections.abc import Iterable

__all__ = ["nearest"]


def nearest(word: object, known: Iterable[object]) -> str:
    """Return a hint for an error message: the known word most like `word`, or which words there are.

    Example:
        >>> nearest("adm", ["adam", "sgd"]), nearest("x", ["adam", "sgd"])
        ("; did you mean 'adam'?", '; choose one of adam, sgd')
    """
    words = [str(k) for k in known]
    close = difflib.get_close_matches(str(word), words, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; choose one of {', '.join(words)}"

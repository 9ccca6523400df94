"""How many layers and units to begin with."""

import math
from itertools import pairwise

from pellucid._suggest import nearest

__all__ = ["suggest_architecture"]

TASKS = ("binary", "multiclass", "regression")
NARROWEST, WIDEST = 4, 512
ROWS_FOR_TWO_LAYERS = 10_000


def suggest_architecture(n_inputs: int, n_outputs: int, task: str, n_rows: int | None = None) -> tuple[int, ...]:
    """Return sizes for an `MLP` to begin with, by rules of thumb.

    1. One hidden layer approximates any continuous function (Cybenko, 1989): one is the start. From 10,000 rows on
       there are two, the second half as wide; that bound is ours, a convention and no theorem.
    2. Width: twice the inputs plus outputs, at least 32, rounded up to a power of two, at most 512. Generous, because
       with early stopping a net too wide costs less than one too narrow (Caruana, Lawrence and Giles, 2000); how
       this compares with narrower rules on the embedded tables is measured by `python -m benchmarks.architecture`.
    3. With `n_rows` known: halve the widths while there are more weights than numbers to learn from, n_rows ×
       n_outputs, but not below 4. That a net wants rows in proportion to its weights is Baum and Haussler's
       result (1989); the factor of one is far milder than theirs, since early stopping also limits the net.

    They give a first try, not the best net: compare by validation loss.

    Args:
        n_inputs: how many features there are, after one-hot encoding.
        n_outputs: how many outputs: classes, or numbers to predict; two classes may have 1 output or 2.
        task: "binary", "multiclass" or "regression"; it must go with `n_outputs`.
        n_rows: how many training rows there are, when that is known.

    Returns:
        sizes: (n_inputs, hidden ..., n_outputs).

    Raises:
        ValueError: when a number is below 1, the task is unknown, or the task and n_outputs do not go together.

    Example:
        >>> suggest_architecture(64, 10, "multiclass", n_rows=1078)
        (64, 128, 10)
        >>> suggest_architecture(4, 3, "multiclass", n_rows=90)
        (4, 32, 3)
        >>> suggest_architecture(200, 1, "regression", n_rows=50_000)
        (200, 128, 64, 1)
    """
    _check(n_inputs, n_outputs, task, n_rows)
    width = min(WIDEST, max(32, 2 ** math.ceil(math.log2(2 * (n_inputs + n_outputs)))))
    two = n_rows is not None and n_rows >= ROWS_FOR_TWO_LAYERS
    while True:
        hidden = (width, width // 2) if two else (width,)
        sizes = (n_inputs, *hidden, n_outputs)
        enough = n_rows is None or _n_weights(sizes) <= n_rows * n_outputs
        if enough or hidden[-1] <= NARROWEST:
            return sizes
        width //= 2


def _n_weights(sizes: tuple[int, ...]) -> int:
    return sum((n_in + 1) * n_out for n_in, n_out in pairwise(sizes))


def _check(n_inputs: int, n_outputs: int, task: str, n_rows: int | None) -> None:
    if task not in TASKS:
        raise ValueError(f"there is no task {task!r}{nearest(task, TASKS)}")
    for name, n in (("n_inputs", n_inputs), ("n_outputs", n_outputs), ("n_rows", n_rows)):
        if n is not None and n < 1:
            raise ValueError(f"{name} is at least 1, got {n}")
    if task == "binary" and n_outputs > 2:
        raise ValueError(f"a binary task has 1 or 2 outputs, got {n_outputs}; more classes are 'multiclass'")
    if task == "multiclass" and n_outputs < 2:
        raise ValueError(f"a multiclass task has an output for each class, got {n_outputs}; yes or no is 'binary'")

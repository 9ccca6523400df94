"""The perceptron and its learning rule, the first that was proved to end."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from pellucid import nn
from pellucid._tensor import Array, Tensor, as_array
from pellucid.models._arguments import checked_inputs
from pellucid.models.model import Model
from pellucid.ops import activation, creation

__all__ = ["Perceptron", "PerceptronHistory"]


@dataclass(frozen=True)
class PerceptronHistory:
    """What the perceptron rule did, epoch by epoch.

    Attributes:
        errors: how many rows were wrong, and so moved the weights, in each epoch.
        n_rows: how many rows there were.
        cycle: the epochs (first, second) that began with the very same weights, or None. Then the rule goes round
            for ever; by the convergence theorem (Novikoff, 1962) no line separates the classes.

    Example:
        >>> print(PerceptronHistory(errors=(2, 1, 0), n_rows=4))
        linearly separable: no row was wrong in epoch 3
        >>> print(PerceptronHistory(errors=(2, 3), n_rows=4))
        not linearly separable within 2 epochs: 3 of 4 rows were wrong in epoch 2; more epochs may or may not help
    """

    errors: tuple[int, ...]
    n_rows: int
    cycle: tuple[int, int] | None = None

    @property
    def converged(self) -> bool:
        """Whether the last epoch had no error: the classes are separated."""
        return self.errors[-1] == 0

    def __str__(self) -> str:
        epochs = len(self.errors)
        if self.converged:
            return f"linearly separable: no row was wrong in epoch {epochs}"
        wrong = f"{self.errors[-1]} of {self.n_rows} rows were wrong in epoch {epochs}"
        if self.cycle is None:
            return f"not linearly separable within {epochs} epochs: {wrong}; more epochs may or may not help"
        first, second = self.cycle
        return (
            f"not linearly separable: {wrong}, and epoch {second} would begin with the same weights as epoch {first}, "
            "so the rule goes round for ever"
        )


class Perceptron(Model):
    """The perceptron: y = 1 where w · x + b >= 0, else 0, taught by its own rule and not by gradients.

    For each row in turn, with the target t of 0 or 1:  w += lr (t - y) x;  b += lr (t - y).

    When a line (a plane, for more inputs) separates the classes, the rule finds one after finitely many updates
    (Novikoff, 1962). When none does, as for XOR (Minsky and Papert, 1969), `fit` says so in what it returns.
    Source: Rosenblatt (1958). w and b start at 0. They do not require gradients: the step's are zero.

    Shapes: x (..., n_inputs), w (n_inputs,), b (), y (...).

    Args:
        n_inputs: how many inputs there are.

    Raises:
        ValueError: when there are no inputs.
        TypeError: when n_inputs is no integer.

    Example:
        >>> from pellucid.data import make_and, make_xor
        >>> print(Perceptron(2).fit(*make_and()))
        linearly separable: no row was wrong in epoch 6
        >>> Perceptron(2).fit(*make_xor()).converged
        False
    """

    def __init__(self, n_inputs: int) -> None:
        super().__init__()
        self.n_inputs = checked_inputs("Perceptron", n_inputs)
        self.weight = nn.Parameter(creation.zeros(self.n_inputs), requires_grad=False)
        self.bias = nn.Parameter(creation.zeros(()), requires_grad=False)

    def forward(self, x: Tensor) -> Tensor:
        """Return 0 or 1 for every row."""
        if x.ndim < 1 or x.shape[-1] != self.n_inputs:
            raise ValueError(f"this Perceptron has {self.n_inputs} inputs, but x has the shape {tuple(x.shape)}")
        return activation.heaviside((x * self.weight).sum(-1) + self.bias, 1.0)

    def predict(self, X: Any) -> Array:
        """Return 0 or 1 for every row of X, as int64.

        Args:
            X: (n, n_inputs), an array, a tensor or a list.

        Raises:
            ValueError: when X has another shape, or NaN or infinity.
        """
        return self(Tensor(self._checked_rows(X))).array.astype(np.int64)

    def fit(self, X: Any, y: Any, epochs: int = 100, lr: float = 1.0) -> PerceptronHistory:
        """Learn from zero weights, row by row in the order given, until an epoch has no error.

        Args:
            X: (n, n_inputs), an array, a tensor or a list.
            y: n targets, 0 or 1.
            epochs: passes through the rows at most.
            lr: the step. Started from 0 it scales w and b, and changes no decision.

        Returns:
            the errors of each epoch; printed, it says whether the classes were separated, and if not, whether that
            is proved. It does not raise then: the weights of a perceptron that is wrong now and then can be of use.

        Raises:
            ValueError: when shapes or values do not fit, or epochs or lr are not above 0.
            RuntimeError: when the weights pass the largest number.
        """
        rows, targets = self._checked_rows(X), _checked_targets(y).astype(self.weight.dtype)
        if len(rows) != len(targets) or not len(rows):
            raise ValueError(f"fit needs one target a row, and at least one row: X has {len(rows)}, y {len(targets)}")
        if epochs < 1 or not (np.isfinite(lr) and lr > 0):
            raise ValueError(f"fit needs at least one epoch and a finite lr above 0, got epochs={epochs}, lr={lr}")
        w, b = np.zeros_like(self.weight.array), np.zeros_like(self.bias.array)[()]
        seen: dict[bytes, int] = {}
        errors: list[int] = []
        cycle = None
        for epoch in range(1, epochs + 1):
            seen[_bits(w, b)] = epoch
            w, b, wrong = _one_epoch(w, b, rows, targets, b.dtype.type(lr))
            errors.append(wrong)
            if not (np.isfinite(w).all() and np.isfinite(b)):
                raise RuntimeError(f"the weights overflowed in epoch {epoch}; scale X down, or take a smaller lr")
            if wrong == 0:
                break
            if _bits(w, b) in seen:
                cycle = (seen[_bits(w, b)], epoch + 1)
                break
        self.weight.data, self.bias.data = w, np.asarray(b)
        return PerceptronHistory(tuple(errors), len(rows), cycle)

    def _checked_rows(self, X: Any) -> Array:
        with np.errstate(over="ignore"):  # what does not fit becomes infinite, and is refused below
            rows = as_array(X).astype(self.weight.dtype)
        if rows.ndim != 2 or rows.shape[1] != self.n_inputs:
            raise ValueError(f"X must have the shape (n, {self.n_inputs}), got {rows.shape}")
        if not np.isfinite(rows).all():
            raise ValueError("X must be finite; NaN or infinity is among its values")
        return rows


def _one_epoch(w: Array, b: Any, rows: Array, targets: Array, lr: Any) -> tuple[Array, Any, int]:
    """Apply the rule to every row in turn; give the new w and b, and how many rows were wrong."""
    wrong = 0
    with np.errstate(over="ignore", invalid="ignore"):  # fit refuses what is not finite
        for x, t in zip(rows, targets, strict=True):
            y = int((x * w).sum() + b >= 0)  # as forward rounds it
            if y != t:
                w, b = w + lr * (t - y) * x, b + lr * (t - y)
                wrong += 1
    return w, b, wrong


def _bits(w: Array, b: Any) -> bytes:
    return (w + 0.0).tobytes() + (b + 0.0).tobytes()  # + 0.0 makes -0.0 and 0.0 the same


def _checked_targets(y: Any) -> Array:
    targets = as_array(y)
    if targets.ndim != 1:
        raise ValueError(f"y must have the shape (n,), got {targets.shape}")
    if not np.isin(targets, (0, 1)).all():
        found = np.unique(targets)[:5].tolist()
        raise ValueError(f"y must hold 0 and 1 only, got {found}; write (y > 0) for targets of -1 and 1")
    return targets

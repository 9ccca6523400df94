"""The cases on which every loss is compared with PyTorch: its arguments, and the options it is built with."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

_rng = np.random.default_rng(20)


@dataclass(frozen=True)
class Case:
    """One loss with options and arguments; the first `differentiable` arguments have gradients."""

    loss: str
    arguments: tuple[np.ndarray, ...]
    differentiable: int
    options: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        shapes = "-".join("x".join(map(str, a.shape)) or "number" for a in self.arguments)
        return "-".join([self.loss, shapes, *self.options])


def normal(*shape):
    return np.asarray(_rng.normal(size=shape))


def unit(*shape):
    return np.asarray(_rng.uniform(0.05, 0.95, shape))


def positive(*shape):
    return np.asarray(_rng.uniform(0.5, 2.0, shape))


def counts(*shape):
    return np.asarray(_rng.integers(0, 6, shape), dtype=np.float64)


def signs(*shape):
    """Labels of 1 and -1, of both kinds where there is more than one."""
    flat = np.ones(int(np.prod(shape)))
    flat[1::2] = -1
    return flat.reshape(shape)


def classes(n_classes, *shape):
    """Class indices from 1, so that class 0 can be ignored in one place without emptying the batch."""
    index = _rng.integers(1, n_classes, shape)
    if index.size > 1:
        index.flat[0] = 0
    return np.asarray(index)


def spread(a):
    """An array made wider, so that kinks at 1 and beyond are passed on both sides."""
    return 3 * a


def _elementwise():
    for shape in [(6,), (4, 3), (2, 3, 4), (1, 1), ()]:
        yield Case("MSELoss", (normal(*shape), normal(*shape)), 2)
        yield Case("L1Loss", (normal(*shape), normal(*shape)), 2)
        yield Case("SmoothL1Loss", (spread(normal(*shape)), normal(*shape)), 2)
        yield Case("HuberLoss", (spread(normal(*shape)), normal(*shape)), 2)
        yield Case("BCELoss", (unit(*shape), unit(*shape)), 2)
        yield Case("BCEWithLogitsLoss", (spread(normal(*shape)), unit(*shape)), 2)
        yield Case("KLDivLoss", (normal(*shape), unit(*shape)), 2)
        yield Case("KLDivLoss", (normal(*shape), unit(*shape)), 2, {"log_target": True})
        yield Case("PoissonNLLLoss", (normal(*shape), positive(*shape)), 2)
        yield Case("GaussianNLLLoss", (normal(*shape), normal(*shape), positive(*shape)), 3)
        yield Case("HingeEmbeddingLoss", (normal(*shape), signs(*shape)), 1)
        yield Case("SoftMarginLoss", (spread(normal(*shape)), signs(*shape)), 1)
        yield Case("MarginRankingLoss", (normal(*shape), normal(*shape), signs(*shape)), 2)
    yield Case("SmoothL1Loss", (normal(4, 3), normal(4, 3)), 2, {"beta": 0.4})
    yield Case("SmoothL1Loss", (normal(4, 3), normal(4, 3)), 2, {"beta": 0})
    yield Case("HuberLoss", (normal(4, 3), normal(4, 3)), 2, {"delta": 0.4})
    yield Case("BCELoss", (unit(4, 3), unit(4, 3)), 2, {"weight": positive(3)})
    yield Case("BCELoss", (np.array([0.0, 1.0, 0.0, 1.0]), np.array([0.0, 1.0, 1.0, 0.0])), 0)
    yield Case("BCEWithLogitsLoss", (normal(4, 3), unit(4, 3)), 2, {"weight": positive(4, 1)})
    yield Case("BCEWithLogitsLoss", (normal(4, 3), unit(4, 3)), 2, {"pos_weight": positive(3)})
    yield Case("BCEWithLogitsLoss", (normal(4, 3), unit(4, 3)), 2, {"weight": positive(3), "pos_weight": positive(3)})
    yield Case("PoissonNLLLoss", (normal(4, 3), counts(4, 3)), 1, {"full": True})
    yield Case("PoissonNLLLoss", (normal(4, 3), spread(positive(4, 3))), 2, {"full": True})
    yield Case("PoissonNLLLoss", (positive(4, 3), counts(4, 3)), 1, {"log_input": False})
    yield Case("PoissonNLLLoss", (positive(4, 3), positive(4, 3)), 2, {"log_input": False, "eps": 0.1})
    yield Case("GaussianNLLLoss", (normal(4, 3), normal(4, 3), positive(4, 3)), 3, {"full": True})
    yield Case("GaussianNLLLoss", (normal(4, 3), normal(4, 3), positive(4)), 3)
    yield Case("GaussianNLLLoss", (normal(4, 3, 2), normal(4, 3, 2), positive(4, 1, 2)), 3)
    yield Case("HingeEmbeddingLoss", (normal(4, 3), signs(4, 3)), 1, {"margin": 0.3})
    yield Case("MarginRankingLoss", (normal(4, 3), normal(4, 3), signs(4, 3)), 2, {"margin": 0.3})


def _of_classes():
    for shape in [(4, 3), (2, 3, 4), (2, 3, 2, 2), (1, 2), (5,)]:
        n_classes = shape[min(len(shape) - 1, 1)]
        rest = (shape[0], *shape[2:]) if len(shape) > 1 else ()
        for weight in [{}, {"weight": positive(n_classes)}]:
            index = classes(n_classes, *rest)
            yield Case("CrossEntropyLoss", (spread(normal(*shape)), index), 1, weight)
            yield Case("CrossEntropyLoss", (normal(*shape), unit(*shape)), 2, weight)
            yield Case("NLLLoss", (normal(*shape), index), 1, weight)
            yield Case("CrossEntropyLoss", (normal(*shape), index), 1, {**weight, "label_smoothing": 0.2})
            yield Case("CrossEntropyLoss", (normal(*shape), unit(*shape)), 2, {**weight, "label_smoothing": 0.2})
            if index.size > 1:
                ignoring = {**weight, "ignore_index": 0}
                yield Case("CrossEntropyLoss", (normal(*shape), index), 1, ignoring)
                yield Case("CrossEntropyLoss", (normal(*shape), index), 1, {**ignoring, "label_smoothing": 0.2})
                yield Case("NLLLoss", (normal(*shape), index), 1, ignoring)
    for shape in [(4, 5), (1, 2), (5,)]:
        index = classes(shape[-1], *shape[:-1])
        yield Case("MultiMarginLoss", (normal(*shape), index), 1)
        yield Case("MultiMarginLoss", (normal(*shape), index), 1, {"p": 2})
        yield Case("MultiMarginLoss", (normal(*shape), index), 1, {"margin": 0.3, "weight": positive(shape[-1])})
        labels = np.broadcast_to([1, -1] if shape[-1] == 2 else [1, 0, -1, 1, 1], shape).copy()
        yield Case("MultiLabelMarginLoss", (normal(*shape), labels), 1)
    twice = np.array([[2, 2, -1, 0], [3, 1, 0, 2], [-1, 0, 0, 0]])  # one label twice, all labels, none
    yield Case("MultiLabelMarginLoss", (normal(3, 4), twice), 1)
    for shape in [(4, 3), (1, 1), (2, 3, 4), (5,)]:
        yield Case("MultiLabelSoftMarginLoss", (spread(normal(*shape)), unit(*shape)), 2)
    yield Case("MultiLabelSoftMarginLoss", (normal(4, 3), unit(4, 3)), 2, {"weight": positive(3)})


def _of_rows():
    def manhattan(x, y):
        return (x - y).abs().sum(-1)

    for shape in [(4, 3), (1, 2), (5,)]:
        rows = tuple(normal(*shape) for _ in range(3))
        yield Case("CosineEmbeddingLoss", (*rows[:2], signs(*shape[:-1])), 2)
        yield Case("TripletMarginLoss", rows, 3)
        yield Case("TripletMarginWithDistanceLoss", rows, 3)
    pairs = (normal(6, 3), normal(6, 3), signs(6))
    yield Case("CosineEmbeddingLoss", pairs, 2, {"margin": -0.8})
    rows = (normal(8, 3), normal(8, 3), spread(normal(8, 3)))
    yield Case("TripletMarginLoss", rows, 3, {"margin": 3.0})
    yield Case("TripletMarginLoss", rows, 3, {"p": 1.0})
    yield Case("TripletMarginLoss", rows, 3, {"p": 3.0, "eps": 0.5})
    spreading = (spread(normal(8, 3)), normal(8, 3), normal(8, 3))
    yield Case("TripletMarginLoss", spreading, 3, {"swap": True})
    yield Case("TripletMarginWithDistanceLoss", spreading, 3, {"margin": 3.0, "swap": True})
    yield Case("TripletMarginWithDistanceLoss", rows, 3, {"distance_function": manhattan})


def _with_small_variances():
    """Variances below eps have no honest finite differences: the gradient passes the maximum, as PyTorch's."""
    yield Case("GaussianNLLLoss", (normal(4, 3), normal(4, 3), unit(4, 3)), 3, {"eps": 1.5})


SMOOTH = [*_elementwise(), *_of_classes(), *_of_rows()]


def _of_sequences():
    """Not smooth: the gradient by the log-probabilities is, as PyTorch's, the one by the numbers before them."""
    steps = np.array([6, 4, 5])
    targets, lengths = np.array([[1, 2, 2], [3, 1, 0], [2, 0, 0]]), np.array([3, 2, 0])
    z = normal(6, 3, 4)
    log_probs = z - np.log(np.exp(z).sum(axis=2, keepdims=True))
    yield Case("CTCLoss", (log_probs, targets, steps, lengths), 1)
    yield Case("CTCLoss", (log_probs, np.array([1, 2, 2, 3, 1]), steps, lengths), 1)
    yield Case("CTCLoss", (log_probs, targets % 3, steps, lengths), 1, {"blank": 3})
    too_short = np.array([3, 4, 5])  # the first one's 1 2 2 needs a blank between, so four steps
    yield Case("CTCLoss", (log_probs, targets, too_short, lengths), 1, {"zero_infinity": True})


CASES = [*SMOOTH, *_with_small_variances(), *_of_sequences()]

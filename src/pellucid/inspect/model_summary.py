"""summary: every layer of a model with its output shape, parameters, memory and arithmetic, as one table."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from pellucid import random
from pellucid._tensor import Tensor, as_array
from pellucid.dtypes import get_default_dtype
from pellucid.grad_mode import no_grad
from pellucid.inspect.flops import layer_flops
from pellucid.nn.module import Module

__all__ = ["LayerSummary", "Summary", "summary"]


@dataclass(frozen=True)
class LayerSummary:
    """One layer of a model.

    Attributes:
        path: where it stands in the model, such as "layers.linear1"; "" is the model itself.
        kind: its class.
        output_shape: the shape of what it returned last, the batch axis included; None when it was not called,
            or returned something else than one tensor.
        trainable: its own parameters that require gradients; one that several layers share counts at the first.
        frozen: its own parameters that do not.
        parameter_bytes: memory of its parameters and buffers.
        output_bytes: memory of what it returned, for the rows that were given, over all calls.
        calls: how often the forward pass called it.
        flops: floating-point operations of its sums over weights, over all calls, as `layer_flops` counts them; None
            for a layer of a kind that is not counted there.
    """

    path: str
    kind: str
    output_shape: tuple[int, ...] | None
    trainable: int
    frozen: int
    parameter_bytes: int
    output_bytes: int
    calls: int
    flops: int | None

    @property
    def parameters(self) -> int:
        """How many numbers it holds as parameters, trainable and frozen."""
        return self.trainable + self.frozen


@dataclass(frozen=True, repr=False)
class Summary:
    """A model's layers, in the order of their declaration; it prints as a table, in notebooks too.

    Attributes:
        kind: the model's class.
        layers: a `LayerSummary` for each module that has parameters, buffers, or no modules inside it.
        input_shape: the shape that the forward pass was given.
        output_shape: the shape that it returned, or None when that was not one tensor.
    """

    kind: str
    layers: tuple[LayerSummary, ...]
    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...] | None

    @property
    def trainable_parameters(self) -> int:
        """How many parameters training changes."""
        return sum(layer.trainable for layer in self.layers)

    @property
    def frozen_parameters(self) -> int:
        """How many parameters training leaves alone."""
        return sum(layer.frozen for layer in self.layers)

    @property
    def total_parameters(self) -> int:
        """How many parameters there are."""
        return self.trainable_parameters + self.frozen_parameters

    @property
    def parameter_bytes(self) -> int:
        """Memory of all parameters and buffers."""
        return sum(layer.parameter_bytes for layer in self.layers)

    @property
    def output_bytes(self) -> int:
        """Memory of what all layers returned, for the rows that were given."""
        return sum(layer.output_bytes for layer in self.layers)

    @property
    def flops(self) -> int:
        """Floating-point operations of the layers that are counted, for the rows that were given."""
        return sum(layer.flops or 0 for layer in self.layers)

    def __str__(self) -> str:
        rows = [_HEAD, *self._rows()]
        widths = [max(len(row[i]) for row in rows) for i in range(len(_HEAD))]
        lines = [
            "  ".join(
                cell.ljust(width) if i in _LEFT else cell.rjust(width)
                for i, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in rows
        ]
        rule = "-" * max(map(len, lines))
        return "\n".join([self._title(), rule, lines[0], rule, *lines[1:], rule, *self._totals()])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        def row(tag: str, cells: Sequence[str]) -> str:
            return (
                "<tr>"
                + "".join(
                    f'<{tag} style="text-align: {"left" if i in _LEFT else "right"}">{escape(cell)}</{tag}>'
                    for i, cell in enumerate(cells)
                )
                + "</tr>"
            )

        body = "".join(row("td", cells) for cells in self._rows())
        totals = "<br>".join(escape(line) for line in self._totals())
        return (
            f"<table><caption>{escape(self._title())}</caption><thead>{row('th', _HEAD)}</thead>"
            f"<tbody>{body}</tbody></table><p>{totals}</p>"
        )

    def _title(self) -> str:
        return f"{self.kind}: {_shape(self.input_shape)} -> {_shape(self.output_shape)}"

    def _rows(self) -> list[tuple[str, ...]]:
        return [
            (
                layer.path or "(itself)",
                layer.kind,
                _shape(layer.output_shape) if layer.calls else "not called",
                f"{layer.trainable:,}",
                f"{layer.frozen:,}",
                _size(layer.parameter_bytes),
                _size(layer.output_bytes),
                "?" if layer.flops is None else _count(layer.flops),
            )
            for layer in self.layers
        ]

    def _totals(self) -> list[str]:
        counts = f"{self.trainable_parameters:,} trainable, {self.frozen_parameters:,} frozen"
        outputs = f"{_size(self.output_bytes)} of outputs for the input {_shape(self.input_shape)}"
        return [
            f"{self.total_parameters:,} parameters: {counts}",
            f"{_size(self.parameter_bytes)} of parameters and buffers, {outputs}",
            f"{_count(self.flops, 'FLOPs')} forward, two for each multiply-and-add{self._not_counted()}",
        ]

    def _not_counted(self) -> str:
        kinds = sorted({layer.kind for layer in self.layers if layer.flops is None})
        return f"; those of {', '.join(kinds)} are not counted" if kinds else ""


_HEAD = ("layer", "kind", "output shape", "trainable", "frozen", "parameters", "outputs", "FLOPs")
_LEFT = (0, 1, 2)
_LETTERS = ("k", "M", "G", "T")

_Calls = dict[int, list[tuple[Any, int | None]]]
"""What each module returned, by its id, and the operations it took, call by call."""


def summary(model: Module, input: Sequence[int] | Tensor | np.ndarray[Any, Any]) -> Summary:
    """Return a table of a model's layers: output shapes, parameters, memory, arithmetic.

    One forward pass in evaluation mode, off the tape, shows the shapes. Afterwards everything is as before: each
    module's mode, the buffers, the hooks and the count of random numbers.

    Args:
        model: the model.
        input: a shape with the batch axis, such as (1, 64), or a batch to pass through, as a tensor or an array;
            models that want integers (an embedding) need the batch.

    Raises:
        TypeError: when `model` is no module, or `input` neither a shape nor a batch.
        ValueError: when the shape holds a negative size.

    Example:
        >>> from pellucid.models import MLP
        >>> summary(MLP([64, 32, 10]), (1, 64))
        MLP: (1, 64) -> (1, 10)
        ---------------------------------------------------------------------------------------
        layer               kind    output shape  trainable  frozen  parameters  outputs  FLOPs
        ---------------------------------------------------------------------------------------
        layers.linear1      Linear  (1, 32)           2,080       0      8.3 kB    128 B  4.1 k
        layers.activation1  ReLU    (1, 32)               0       0         0 B    128 B      0
        layers.output       Linear  (1, 10)             330       0      1.3 kB     40 B    640
        ---------------------------------------------------------------------------------------
        2,410 parameters: 2,410 trainable, 0 frozen
        9.6 kB of parameters and buffers, 296 B of outputs for the input (1, 64)
        4.7 kFLOPs forward, two for each multiply-and-add
    """
    if not isinstance(model, Module):
        raise TypeError(f"summary needs a Module, got {type(model).__name__}")
    x = _example(model, input)
    outputs: _Calls = {}
    with _undisturbed(model, outputs), no_grad():
        y = model(x)
    return Summary(type(model).__name__, tuple(_layers(model, outputs)), tuple(x.shape), _shape_of(y))


def _example(model: Module, input: Sequence[int] | Tensor | np.ndarray[Any, Any]) -> Tensor:
    if isinstance(input, Tensor):
        return input
    if isinstance(input, np.ndarray):
        return Tensor(as_array(input))
    if not isinstance(input, (tuple, list)) or not all(isinstance(n, (int, np.integer)) for n in input):
        raise TypeError(f"summary needs a shape such as (1, 64), or a batch as a tensor or an array; got {input!r}")
    if any(n < 0 for n in input):
        raise ValueError(f"a shape has no negative sizes, got {tuple(input)}; write 1 for the batch axis")
    kinds = (p.dtype for p in model.parameters() if p.dtype.kind == "f")
    return Tensor(np.zeros(tuple(input), dtype=next(kinds, get_default_dtype())))


@contextmanager
def _undisturbed(model: Module, outputs: _Calls) -> Iterator[None]:
    """Collect what each module returns, in evaluation mode, and leave no trace."""
    modules = list(model.modules())
    modes = [module.training for module in modules]
    buffers = [(module, dict(module._buffers)) for module in modules]
    random_state = random.get_rng_state()

    def note(module: Module, x: tuple[Any, ...], y: Any) -> None:
        outputs.setdefault(id(module), []).append((y, layer_flops(module, x, y)))

    hooks = [module.register_forward_hook(note) for module in modules]
    model.eval()
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
        for module, mode in zip(modules, modes, strict=True):
            module.training = mode
        for module, before in buffers:
            module._buffers.update(before)
        random.set_rng_state(random_state)


def _layers(model: Module, outputs: _Calls) -> Iterator[LayerSummary]:
    seen: set[int] = set()
    for path, module in model.named_modules():
        own = list(module.parameters(recurse=False))
        buffers = list(module.buffers(recurse=False))
        if list(module.children()) and not own and not buffers:
            continue
        fresh, fresh_buffers = ([t for t in tensors if id(t) not in seen] for tensors in (own, buffers))
        seen.update(map(id, [*own, *buffers]))
        calls = outputs.get(id(module), [])
        returned, flops = [y for y, _ in calls], [n for _, n in calls]
        yield LayerSummary(
            path=path,
            kind=type(module).__name__,
            output_shape=_shape_of(returned[-1]) if returned else None,
            trainable=sum(p.array.size for p in fresh if p.requires_grad),
            frozen=sum(p.array.size for p in fresh if not p.requires_grad),
            parameter_bytes=sum(t.array.nbytes for t in [*fresh, *fresh_buffers]),
            output_bytes=sum(y.array.nbytes for y in returned if isinstance(y, Tensor)),
            calls=len(calls),
            flops=None if None in flops else sum(n for n in flops if n is not None),
        )


def _shape_of(y: Any) -> tuple[int, ...] | None:
    return tuple(y.shape) if isinstance(y, Tensor) else None


def _shape(shape: tuple[int, ...] | None) -> str:
    return "several" if shape is None else str(shape)


def _size(n_bytes: int) -> str:
    """Write bytes in the fitting unit."""
    return _count(n_bytes, "B")


def _count(n: int, unit: str = "") -> str:
    """Write a number with the letter that leaves one to three digits before the point: "12.3 k"."""
    if n < 1000:
        return f"{n} {unit}".strip()
    size, letter = n / 1000, 0
    while size >= 999.95 and letter < len(_LETTERS) - 1:
        size, letter = size / 1000, letter + 1
    return f"{size:.1f} {_LETTERS[letter]}{unit}"

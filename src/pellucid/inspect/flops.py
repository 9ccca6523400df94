"""How much arithmetic a layer does: two operations for each multiplication whose product is added up."""

from collections.abc import Callable
from typing import Any

from pellucid import nn
from pellucid._tensor import Tensor
from pellucid.nn.module import Module

__all__ = ["layer_flops"]


def layer_flops(layer: Module, inputs: tuple[Any, ...], output: Any) -> int | None:
    """Return the floating-point operations of one forward call, counted as papers on networks do.

    A product that is added to a sum is two operations; papers that count "multiply-adds" give half of this number.
    Only the sums over weights are counted. What is done number by number (bias, activation, norm, pooling) is left
    out: it is a small part, and its time goes into moving memory.

    Args:
        layer: the layer that was called.
        inputs: what it was called with.
        output: what it returned.

    Returns:
        the number, 0 for a layer without weights to sum over, or None for one that has weights but is not known here,
        and for attention that was called by keywords.

    Example:
        >>> import pellucid
        >>> layer, x = nn.Linear(3, 2), pellucid.zeros(5, 3)
        >>> layer_flops(layer, (x,), layer(x))  # 2 · 5 rows · 3 · 2 weights
        60
    """
    for kind, count in _COUNTS.items():
        if isinstance(layer, kind):
            return count(layer, inputs, output)
    return None if any(p.array.ndim > 1 for p in layer.parameters(recurse=False)) else 0


def _once_an_output_place(layer: Any, _inputs: tuple[Any, ...], output: Tensor) -> int:
    """Each weight is used once wherever the channels of the output are computed: its size over their number."""
    weight = layer.weight.array
    return 2 * weight.size * (output.array.size // weight.shape[0])


def _once_an_input_place(layer: Any, inputs: tuple[Any, ...], _output: Tensor) -> int:
    """A transposed convolution uses each weight once wherever the channels of its input stand."""
    weight = layer.weight.array
    return 2 * weight.size * (inputs[0].array.size // weight.shape[0])


def _once_a_step(layer: Any, inputs: tuple[Any, ...], _output: Any) -> int:
    """Recurrence uses each matrix once for each step of each sequence, in each direction."""
    x = inputs[0].data if isinstance(inputs[0], nn.utils.rnn.PackedSequence) else inputs[0]
    matrices = [p.array.size for p in layer.parameters(recurse=False) if p.array.ndim == 2]
    return 2 * sum(matrices) * (x.array.size // layer.input_size)


def _projections(layer: Any, inputs: tuple[Any, ...], _output: Any) -> int | None:
    """Of attention the three maps before it and the one behind it; products of queries and keys are of no weights."""
    if len(inputs) < 3:
        return None
    query, key, value = (x.array for x in inputs[:3])
    e = layer.embed_dim
    return 2 * e * (2 * query.size + key.size + value.size)


def _none(_layer: Module, _inputs: tuple[Any, ...], _output: Any) -> int:
    """Rows are looked up."""
    return 0


_COUNTS: dict[type[Module], Callable[[Any, tuple[Any, ...], Any], int | None]] = {
    nn.Linear: _once_an_output_place,
    nn.Bilinear: _once_an_output_place,
    nn.Conv1d: _once_an_output_place,
    nn.Conv2d: _once_an_output_place,
    nn.Conv3d: _once_an_output_place,
    nn.ConvTranspose1d: _once_an_input_place,
    nn.ConvTranspose2d: _once_an_input_place,
    nn.ConvTranspose3d: _once_an_input_place,
    nn.RNNBase: _once_a_step,
    nn.RNNCellBase: _once_a_step,
    nn.MultiheadAttention: _projections,
    nn.Embedding: _none,
    nn.EmbeddingBag: _none,
}

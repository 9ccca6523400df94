"""What recurrent layers share: their parameters, and the walk through layers and directions."""

import math
import warnings
from typing import Any

import numpy as np

from pellucid._tensor import Array, Tensor
from pellucid.nn import functional as F
from pellucid.nn import init
from pellucid.nn.module import Module
from pellucid.nn.parameter import Parameter
from pellucid.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence
from pellucid.ops import creation, indexing, recurrence, shape

__all__ = ["RNNBase"]

_NAMES = {"W_ih": "weight_ih", "W_hh": "weight_hh", "b_ih": "bias_ih", "b_hh": "bias_hh", "W_hr": "weight_hr"}
_GATES = {"LSTM": 4, "GRU": 3, "RNN_TANH": 1, "RNN_RELU": 1}


class RNNBase(Module):
    """The base of RNN, LSTM and GRU: layers one above the other, each walking in one direction or in both.

    Parameters of layer k, in the reverse direction with the suffix `_reverse`: `weight_ih_lk` (gates H, inputs),
    `weight_hh_lk` (gates H, P), `bias_ih_lk` and `bias_hh_lk` (gates H,), and `weight_hr_lk` (P, H) of a projection.
    All start evenly drawn from [-1/sqrt(H), 1/sqrt(H)], as in PyTorch.

    Args:
        mode: "LSTM", "GRU", "RNN_TANH" or "RNN_RELU".
        input_size: the size of the input's last axis.
        hidden_size: H.
        num_layers: how many layers.
        bias: whether there are biases.
        batch_first: input and output are (batch, steps, features), not (steps, batch, features); states never are.
        dropout: the probability of an output to be dropped, behind each layer but the last.
        bidirectional: walk in both directions and put both outputs side by side.
        proj_size: P, smaller than H, or 0 for none; for an LSTM.
        device: the CPU, or None.
        dtype: the type of the parameters; float32 by default.

    Raises:
        ValueError: for a size, probability or mode that is none; in forward, for a wrong dtype.
        RuntimeError: in forward, for an input or a state of another shape.
    """

    def __init__(
        self,
        mode: str,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        _check_options(mode, input_size, hidden_size, num_layers, bias, batch_first, dropout, proj_size)
        self.mode, self.input_size, self.hidden_size, self.num_layers = mode, input_size, hidden_size, num_layers
        self.bias, self.batch_first, self.dropout = bias, batch_first, float(dropout)
        self.bidirectional, self.proj_size = bool(bidirectional), proj_size
        rows, out = _GATES[mode] * hidden_size, proj_size or hidden_size
        for layer in range(num_layers):
            inputs = input_size if layer == 0 else out * self._directions
            for direction in range(self._directions):
                sizes: dict[str, tuple[int, ...]] = {"weight_ih": (rows, inputs), "weight_hh": (rows, out)}
                if bias:
                    sizes |= {"bias_ih": (rows,), "bias_hh": (rows,)}
                if proj_size:
                    sizes["weight_hr"] = (proj_size, hidden_size)
                for name, size in sizes.items():
                    parameter = Parameter(creation.empty(size, dtype=dtype, device=device))
                    self.register_parameter(name + _suffix(layer, direction), parameter)
        self.reset_parameters()

    @property
    def _directions(self) -> int:
        return 2 if self.bidirectional else 1

    @property
    def all_weights(self) -> list[list[Parameter]]:
        """The parameters of each layer and direction."""
        pairs = [(layer, direction) for layer in range(self.num_layers) for direction in range(self._directions)]
        return [[p for p in self._weights(*pair).values() if p is not None] for pair in pairs]

    def _weights(self, layer: int, direction: int) -> dict[str, Parameter | None]:
        suffix, parameters = _suffix(layer, direction), self._parameters
        return {key: parameters.get(name + suffix) for key, name in _NAMES.items()}

    def reset_parameters(self) -> None:
        """Draw all parameters anew."""
        bound = 1 / math.sqrt(self.hidden_size)
        for p in self.parameters():
            init.uniform_(p, -bound, bound)

    def flatten_parameters(self) -> None:
        """Do nothing: PyTorch's call for parameters that must lie in one piece of memory, which these need not."""

    def forward(self, input: Tensor | PackedSequence, hx: Any = None) -> tuple[Any, Any]:
        """Return the outputs of all steps, and the last state of each layer and direction.

        Args:
            input: (steps, batch, input_size), (batch, steps, input_size) when batch_first, (steps, input_size) for a
                single sequence, or a PackedSequence.
            hx: the states to start from, (layers * directions, batch, H), zeros by default; an LSTM's are a pair.
        """
        if isinstance(input, PackedSequence):
            return self._forward_packed(input, hx)
        x = input
        if x.ndim not in (2, 3):
            raise ValueError(f"{type(self).__name__} needs an input of 2 or 3 axes, got shape {x.array.shape}")
        single, batch_axis = x.ndim == 2, 0 if self.batch_first else 1
        if single:
            x = shape.unsqueeze(x, batch_axis)
        y, last = self._layers(x, self._states(x, hx, single, self.batch_first), None, self.batch_first)
        if single:
            return shape.squeeze(y, batch_axis), self._as_given(tuple(shape.squeeze(s, 1) for s in last))
        return y, self._as_given(last)

    def _forward_packed(self, packed: PackedSequence, hx: Any) -> tuple[PackedSequence, Any]:
        if packed.data.ndim != 2:
            raise RuntimeError(
                f"{type(self).__name__} needs packed rows of numbers, got shape {packed.data.array.shape}"
            )
        x, lengths = pad_packed_sequence(packed._replace(unsorted_indices=None))  # the longest first, as they are
        states = self._states(x, hx, single=False, batch_first=False, order=packed.sorted_indices)
        steps = lengths.array
        y, last = self._layers(x, states, None if (steps == len(x)).all() else steps, batch_first=False)
        if packed.unsorted_indices is not None:
            last = tuple(indexing.index_select(s, 1, packed.unsorted_indices) for s in last)
        return packed._replace(data=pack_padded_sequence(y, lengths).data), self._as_given(last)

    def _as_given(self, states: tuple[Tensor, ...]) -> Any:
        return states if self.mode == "LSTM" else states[0]

    def _states(
        self, x: Tensor, hx: Any, single: bool, batch_first: bool, order: Tensor | None = None
    ) -> list[tuple[Tensor, ...]]:
        """Check the input and the states, and return these, or zeros, of each layer and direction."""
        name, batch, inputs = type(self).__name__, x.array.shape[0 if batch_first else 1], x.array.shape[2]
        W: Parameter = self.weight_ih_l0
        if x.dtype != W.dtype:
            raise ValueError(
                f"{name} has weights of {W.dtype} and got an input of {x.dtype}; convert it with .to(dtype)"
            )
        if inputs != self.input_size:
            raise RuntimeError(f"{name} has an input_size of {self.input_size}, got an input of {inputs} features")
        sizes = [self.proj_size or self.hidden_size] + [self.hidden_size] * (self.mode == "LSTM")
        count = self.num_layers * self._directions
        if hx is None:
            return [tuple(Tensor(np.zeros((batch, size), x.dtype)) for size in sizes)] * count
        states = hx if isinstance(hx, (tuple, list)) else (hx,)
        if len(states) != len(sizes):
            raise RuntimeError(
                f"{name} needs {'a pair (h_0, c_0)' if len(sizes) == 2 else 'one tensor h_0'} as its state"
            )
        for state, size in zip(states, sizes, strict=True):
            wanted = (count, size) if single else (count, batch, size)
            if state.array.shape != wanted:
                raise RuntimeError(f"{name} needs a state of shape {wanted}, got {state.array.shape}")
        if single:
            states = tuple(shape.unsqueeze(s, 1) for s in states)
        if order is not None:
            states = tuple(indexing.index_select(s, 1, order) for s in states)
        return list(zip(*states, strict=True))

    def _layers(
        self, x: Tensor, states: list[tuple[Tensor, ...]], lengths: Array | None, batch_first: bool
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Walk x through all layers; the last states are (layers * directions, B, size)."""
        lasts = []
        for layer in range(self.num_layers):
            if layer and self.dropout:
                x = F.dropout(x, self.dropout, self.training)
            outputs = []
            for direction in range(self._directions):
                place = layer * self._directions + direction
                y, *last = self._walk(
                    x, states[place], self._weights(layer, direction), lengths, direction == 1, batch_first
                )
                outputs.append(y)
                lasts.append(last)
            x = outputs[0] if len(outputs) == 1 else shape.cat(outputs, -1)
        return x, tuple(lasts[0]) if len(lasts) == 1 else tuple(shape.cat(parts) for parts in zip(*lasts, strict=True))

    def _walk(
        self,
        x: Tensor,
        state: tuple[Tensor, ...],
        weights: dict[str, Any],
        lengths: Array | None,
        reverse: bool,
        batch_first: bool,
    ) -> tuple[Tensor, ...]:
        """Walk one layer in one direction."""
        where = weights | {"lengths": lengths, "reverse": reverse, "batch_first": batch_first}
        if self.mode == "LSTM":
            return recurrence.lstm(x, *state, **where)
        del where["W_hr"]
        if self.mode == "GRU":
            return recurrence.gru(x, *state, **where)
        kind = "relu" if self.mode == "RNN_RELU" else "tanh"
        return recurrence.rnn(x, *state, nonlinearity=kind, **where)

    def extra_repr(self) -> str:
        """Show the sizes, and the options that are not the defaults."""
        shown = f"{self.input_size}, {self.hidden_size}"
        plain = {"proj_size": 0, "num_layers": 1, "bias": True, "batch_first": False, "dropout": 0.0}
        for name, default in (plain | {"bidirectional": False}).items():
            value = getattr(self, name)
            shown += "" if value == default else f", {name}={value}"
        return shown


def _suffix(layer: int, direction: int) -> str:
    return f"_l{layer}" + "_reverse" * direction


def _check_options(
    mode: str,
    input_size: int,
    hidden_size: int,
    num_layers: int,
    bias: Any,
    batch_first: Any,
    dropout: Any,
    proj_size: int,
) -> None:
    if mode not in _GATES:
        raise ValueError(f"unknown mode {mode!r}; expected one of {', '.join(_GATES)}")
    for name, flag in (("bias", bias), ("batch_first", batch_first)):
        if not isinstance(flag, bool):
            raise TypeError(f"{name} is True or False, got {type(flag).__name__}")
    for name, size in (("input_size", input_size), ("hidden_size", hidden_size), ("num_layers", num_layers)):
        if isinstance(size, bool) or not isinstance(size, (int, np.integer)):
            raise TypeError(f"{name} is an integer, got {type(size).__name__}")
        if size < 1:
            raise ValueError(f"{name} must be at least 1, got {size}")
    if isinstance(dropout, bool) or not isinstance(dropout, (int, float)) or not 0 <= dropout <= 1:
        raise ValueError(f"dropout is a probability between 0 and 1, got {dropout!r}")
    if proj_size and mode != "LSTM":
        raise ValueError(f"proj_size is an LSTM's alone, got {proj_size} for {mode}")
    if not 0 <= proj_size < hidden_size:
        raise ValueError(f"proj_size must be smaller than hidden_size {hidden_size} and not negative, got {proj_size}")
    if dropout and num_layers == 1:
        warnings.warn(
            f"dropout={dropout} has no effect on one layer, as it is applied between layers; set num_layers to 2 or "
            "more, or put nn.Dropout behind this layer",
            stacklevel=4,
        )

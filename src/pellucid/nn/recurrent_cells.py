"""One step of a recurrent net: RNNCell, LSTMCell and GRUCell, for loops of one's own."""

import math
from typing import Any

import numpy as np

from pellucid._tensor import Tensor
from pellucid.nn import init
from pellucid.nn.module import Module
from pellucid.nn.parameter import Parameter
from pellucid.ops import creation, recurrence, shape

__all__ = ["GRUCell", "LSTMCell", "RNNCell", "RNNCellBase"]


class RNNCellBase(Module):
    """The base of the cells: `weight_ih` (gates H, I), `weight_hh` (gates H, H), `bias_ih` and `bias_hh` (gates H,).

    All start evenly drawn from [-1/sqrt(H), 1/sqrt(H)], as in PyTorch.

    Args:
        input_size: I, the size of the input's last axis.
        hidden_size: H, the number of units.
        bias: whether there are biases.
        num_chunks: the number of gates.
        device: the CPU, or None.
        dtype: the type of the parameters; float32 by default.

    Raises:
        ValueError: when a size is below 1.
    """

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool, num_chunks: int, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        if input_size < 1 or hidden_size < 1:
            raise ValueError(f"a cell needs sizes of at least 1, got {input_size} inputs and {hidden_size} units")
        self.input_size, self.hidden_size, self.bias = input_size, hidden_size, bias
        rows = num_chunks * hidden_size
        self.weight_ih = Parameter(creation.empty(rows, input_size, dtype=dtype, device=device))
        self.weight_hh = Parameter(creation.empty(rows, hidden_size, dtype=dtype, device=device))
        for name in ("bias_ih", "bias_hh"):
            self.register_parameter(name, Parameter(creation.empty(rows, dtype=dtype)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw all parameters anew."""
        bound = 1 / math.sqrt(self.hidden_size)
        for p in self.parameters():
            init.uniform_(p, -bound, bound)

    def _prepared(self, input: Tensor, states: Any) -> tuple[Tensor, list[Tensor]]:
        """Return the input as a sequence of one step, and the states as a batch."""
        name, single = type(self).__name__, input.ndim == 1
        if input.ndim not in (1, 2):
            raise ValueError(f"{name} needs an input of 1 or 2 axes, got shape {input.array.shape}")
        if input.array.shape[-1] != self.input_size:
            raise RuntimeError(f"{name} has an input_size of {self.input_size}, got an input of {input.array.shape}")
        wanted = (*input.array.shape[:-1], self.hidden_size)
        for state in states:
            if state is not None and state.array.shape != wanted:
                raise RuntimeError(f"{name} needs a state of shape {wanted}, got {state.array.shape}")
        given = [Tensor(np.zeros(wanted, input.dtype)) if s is None else s for s in states]
        x = shape.reshape(input, (1, 1 if single else len(input), self.input_size))
        return x, [shape.unsqueeze(s, 0) if single else s for s in given]

    def extra_repr(self) -> str:
        """Show the sizes, and the options that are not the defaults."""
        shown = f"{self.input_size}, {self.hidden_size}" + ("" if self.bias is True else f", bias={self.bias}")
        kind = getattr(self, "nonlinearity", "tanh")
        return shown + ("" if kind == "tanh" else f", nonlinearity={kind}")


def _of_step(last: Tensor, input: Tensor) -> Tensor:
    """Return the last state (1, B, H) as (B, H), or (H,) for a single row."""
    return shape.reshape(last, last.array.shape[-1:] if input.ndim == 1 else last.array.shape[1:])


class RNNCell(RNNCellBase):
    """h' = tanh(x W_ih^T + b_ih + h W_hh^T + b_hh): one step of `RNN` (Elman, 1990).

    Shapes: x (B, input_size) or (input_size,), h and h' (B, hidden_size) or (hidden_size,); h is zero by default.

    Args:
        input_size: the size of the input's last axis.
        hidden_size: the number of units.
        bias: whether there are biases.
        nonlinearity: "tanh" or "relu".
        device: the CPU, or None.
        dtype: the type of the parameters; float32 by default.

    Raises:
        ValueError: for a size below 1 or another nonlinearity.
        RuntimeError: in forward, for an input or a state of another shape.

    Example:
        >>> import pellucid
        >>> RNNCell(3, 4)(pellucid.ones(2, 3)).shape
        Size([2, 4])
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"nonlinearity is 'tanh' or 'relu', got {nonlinearity!r}")
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """Return the next state."""
        x, (h,) = self._prepared(input, (hx,))
        weights = self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh
        _, h = recurrence.rnn(x, h, *weights, nonlinearity=self.nonlinearity)
        return _of_step(h, input)


class LSTMCell(RNNCellBase):
    """c' = f c + i g, h' = o tanh(c'): one step of `LSTM` (Hochreiter and Schmidhuber, 1997).

    Shapes: x (B, input_size) or (input_size,), h, c, h' and c' (B, hidden_size) or (hidden_size,); h and c are zero by
    default.

    Args:
        input_size: the size of the input's last axis.
        hidden_size: the number of cells.
        bias: whether there are biases.
        device: the CPU, or None.
        dtype: the type of the parameters; float32 by default.

    Raises:
        ValueError: for a size below 1.
        RuntimeError: in forward, for an input or a state of another shape.

    Example:
        >>> import pellucid
        >>> h, c = LSTMCell(3, 4)(pellucid.ones(2, 3))
        >>> h.shape, c.shape
        (Size([2, 4]), Size([2, 4]))
    """

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def forward(self, input: Tensor, hx: tuple[Tensor, Tensor] | None = None) -> tuple[Tensor, Tensor]:
        """Return the next h and c."""
        x, (h, c) = self._prepared(input, (None, None) if hx is None else hx)
        weights = self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh
        _, h, c = recurrence.lstm(x, h, c, *weights)
        return _of_step(h, input), _of_step(c, input)


class GRUCell(RNNCellBase):
    """h' = (1 - z) n + z h: one step of `GRU` (Cho et al., 2014).

    Shapes: x (B, input_size) or (input_size,), h and h' (B, hidden_size) or (hidden_size,); h is zero by default.

    Args:
        input_size: the size of the input's last axis.
        hidden_size: the number of units.
        bias: whether there are biases.
        device: the CPU, or None.
        dtype: the type of the parameters; float32 by default.

    Raises:
        ValueError: for a size below 1.
        RuntimeError: in forward, for an input or a state of another shape.

    Example:
        >>> import pellucid
        >>> GRUCell(3, 4)(pellucid.ones(3)).shape
        Size([4])
    """

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """Return the next state."""
        x, (h,) = self._prepared(input, (hx,))
        _, h = recurrence.gru(x, h, self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        return _of_step(h, input)

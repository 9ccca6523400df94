"""Recurrent layers: RNN, LSTM and GRU."""

from typing import Any

from pellucid.nn.recurrent_base import RNNBase

__all__ = ["GRU", "LSTM", "RNN"]

# PyTorch takes these layers' arguments as *args and **kwargs; here they have names.


class RNN(RNNBase):
    """h_t = tanh(x_t W_ih^T + b_ih + h_t-1 W_hh^T + b_hh), over a sequence (Elman, 1990).

    Shapes, with D = 2 when bidirectional and else 1: x (T, B, input_size), (B, T, input_size) when batch_first, or
    (T, input_size); y (T, B, D hidden_size), in the order of x; h_0 and h_n (D num_layers, B, hidden_size).

    Args:
        input_size: the size of the input's last axis.
        hidden_size: the number of units of each layer and direction.
        num_layers: layers one above the other.
        nonlinearity: "tanh" or "relu".
        bias: whether there are biases.
        batch_first: x and y are (batch, steps, features); the states are not.
        dropout: the probability of an output to be dropped, behind each layer but the last.
        bidirectional: walk in both directions and put both outputs side by side.
        device: the CPU, or None.
        dtype: the type of the parameters; float32 by default.

    Returns:
        y and h_n; y is a PackedSequence where x is.

    Raises:
        ValueError: for a size or option that is none; in forward, for a wrong dtype.
        RuntimeError: in forward, for an input or a state of another shape.

    Example:
        >>> import pellucid
        >>> y, h = RNN(3, 4, bidirectional=True)(pellucid.ones(7, 2, 3))
        >>> y.shape, h.shape
        (Size([7, 2, 8]), Size([2, 2, 4]))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"nonlinearity is 'tanh' or 'relu', got {nonlinearity!r}")
        options = bias, batch_first, dropout, bidirectional
        super().__init__(
            f"RNN_{nonlinearity.upper()}", input_size, hidden_size, num_layers, *options, device=device, dtype=dtype
        )
        self.nonlinearity = nonlinearity


class LSTM(RNNBase):
    """c_t = f c_t-1 + i g, h_t = o tanh(c_t), over a sequence (Hochreiter and Schmidhuber, 1997).

    The gates are (i, f, g, o) = (σ, σ, tanh, σ)(x_t W_ih^T + b_ih + h_t-1 W_hh^T + b_hh); with a projection
    (Sak et al., 2014) h_t = (o tanh(c_t)) W_hr^T. Shapes, with D = 2 when bidirectional and else 1, and P = proj_size
    or hidden_size: x (T, B, input_size), (B, T, input_size) when batch_first, or (T, input_size); y (T, B, D P), in the
    order of x; h_0 and h_n (D num_layers, B, P); c_0 and c_n (D num_layers, B, hidden_size).

    Args:
        input_size: the size of the input's last axis.
        hidden_size: the number of cells of each layer and direction.
        num_layers: layers one above the other.
        bias: whether there are biases.
        batch_first: x and y are (batch, steps, features); the states are not.
        dropout: the probability of an output to be dropped, behind each layer but the last.
        bidirectional: walk in both directions and put both outputs side by side.
        proj_size: the size of the projected output, smaller than hidden_size; 0 for no projection.
        device: the CPU, or None.
        dtype: the type of the parameters; float32 by default.

    Returns:
        y and the pair (h_n, c_n); y is a PackedSequence where x is.

    Raises:
        ValueError: for a size or option that is none; in forward, for a wrong dtype.
        RuntimeError: in forward, for an input or a state of another shape.

    Example:
        >>> import pellucid
        >>> y, (h, c) = LSTM(3, 4, num_layers=2, batch_first=True)(pellucid.ones(2, 7, 3))
        >>> y.shape, h.shape, c.shape
        (Size([2, 7, 4]), Size([2, 2, 4]), Size([2, 2, 4]))
    """

    def __init__(
        self,
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
        options = bias, batch_first, dropout, bidirectional, proj_size
        super().__init__("LSTM", input_size, hidden_size, num_layers, *options, device, dtype)


class GRU(RNNBase):
    """h_t = (1 - z) n + z h_t-1, over a sequence (Cho et al., 2014).

    With a = x_t W_ih^T + b_ih and u = h_t-1 W_hh^T + b_hh in three parts each: r = σ(a_r + u_r), z = σ(a_z + u_z),
    n = tanh(a_n + r u_n). Shapes, with D = 2 when bidirectional and else 1: x (T, B, input_size), (B, T, input_size)
    when batch_first, or (T, input_size); y (T, B, D hidden_size), in the order of x; h_0 and h_n
    (D num_layers, B, hidden_size).

    Args:
        input_size: the size of the input's last axis.
        hidden_size: the number of units of each layer and direction.
        num_layers: layers one above the other.
        bias: whether there are biases.
        batch_first: x and y are (batch, steps, features); the states are not.
        dropout: the probability of an output to be dropped, behind each layer but the last.
        bidirectional: walk in both directions and put both outputs side by side.
        device: the CPU, or None.
        dtype: the type of the parameters; float32 by default.

    Returns:
        y and h_n; y is a PackedSequence where x is.

    Raises:
        ValueError: for a size or option that is none; in forward, for a wrong dtype.
        RuntimeError: in forward, for an input or a state of another shape.

    Example:
        >>> import pellucid
        >>> y, h = GRU(3, 4)(pellucid.ones(7, 3))
        >>> y.shape, h.shape
        (Size([7, 4]), Size([1, 4]))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        options = bias, batch_first, dropout, bidirectional
        super().__init__("GRU", input_size, hidden_size, num_layers, *options, device=device, dtype=dtype)

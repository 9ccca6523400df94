"""The activation functions that a model may be given by name: a closed list, so that a file can name one."""

from pellucid import nn
from pellucid._suggest import nearest

__all__ = ["ACTIVATIONS", "make_activation"]

ACTIVATIONS: dict[str, type[nn.Module]] = {
    "celu": nn.CELU,
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "hardsigmoid": nn.Hardsigmoid,
    "hardswish": nn.Hardswish,
    "hardtanh": nn.Hardtanh,
    "identity": nn.Identity,
    "leaky_relu": nn.LeakyReLU,
    "logsigmoid": nn.LogSigmoid,
    "mish": nn.Mish,
    "prelu": nn.PReLU,
    "relu": nn.ReLU,
    "relu6": nn.ReLU6,
    "selu": nn.SELU,
    "sigmoid": nn.Sigmoid,
    "silu": nn.SiLU,
    "softplus": nn.Softplus,
    "softsign": nn.Softsign,
    "tanh": nn.Tanh,
}
"""Names as in `nn.functional`, and the layers, which are made with their default parameters.

The Heaviside step is not among them: its derivative is zero, so nothing before it would ever learn.
"""


def make_activation(name: str) -> nn.Module:
    """Return a new activation layer of this name.

    Args:
        name: one of `ACTIVATIONS`.

    Raises:
        ValueError: when there is none of this name; the nearest is suggested.

    Example:
        >>> make_activation("tanh")
        Tanh()
    """
    if not isinstance(name, str) or name not in ACTIVATIONS:
        raise ValueError(f"there is no activation {name!r}{nearest(name, ACTIVATIONS)}")
    return ACTIVATIONS[name]()

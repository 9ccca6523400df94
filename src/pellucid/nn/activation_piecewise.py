"""Activation layers with corners: ReLU and its relatives, the hard approximations, the shrinkages, the step."""

from typing import Any

from pellucid._tensor import Tensor
from pellucid.nn import functional as F
from pellucid.nn import init
from pellucid.nn.module import Module
from pellucid.nn.parameter import Parameter
from pellucid.ops import creation

__all__ = [
    "Hardshrink",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "Heaviside",
    "LeakyReLU",
    "PReLU",
    "ReLU",
    "ReLU6",
    "Softshrink",
    "Threshold",
]


class ReLU(Module):
    """y = max(x, 0), element by element (Nair and Hinton, 2010); the derivative at 0 is 0.

    Args:
        inplace: put the result into the input, which is lost.

    Example:
        >>> import pellucid
        >>> ReLU()(pellucid.tensor([-1.0, 0.0, 2.0]))
        tensor([0., 0., 2.])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, x: Tensor) -> Tensor:
        """Return max(x, 0)."""
        return F.relu(x, self.inplace)

    def extra_repr(self) -> str:
        """Show whether it works in place."""
        return "inplace=True" if self.inplace else ""


class LeakyReLU(Module):
    """y = x where x > 0, else negative_slope x (Maas, Hannun and Ng, 2013).

    Args:
        negative_slope: the slope below 0, and the derivative at 0.
        inplace: put the result into the input, which is lost.

    Example:
        >>> import pellucid
        >>> LeakyReLU(0.5)(pellucid.tensor([-1.0, 2.0])).tolist()
        [-0.5, 2.0]
    """

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        super().__init__()
        self.negative_slope, self.inplace = negative_slope, inplace

    def forward(self, x: Tensor) -> Tensor:
        """Return x where positive, else negative_slope x."""
        return F.leaky_relu(x, self.negative_slope, self.inplace)

    def extra_repr(self) -> str:
        """Show the slope."""
        return f"negative_slope={self.negative_slope}" + (", inplace=True" if self.inplace else "")


class PReLU(Module):
    """y = x where x > 0, else w x, with a slope w that is learned (He et al., 2015).

    Args:
        num_parameters: 1 for one slope, or C for a slope of each channel of inputs (N, C, ...).
        init: the slope to start from.
        device: the CPU, or None.
        dtype: the type of w; float32 by default.

    Raises:
        ValueError: when num_parameters is below 1; in forward, when the input has another number of channels.

    Example:
        >>> import pellucid
        >>> PReLU()(pellucid.tensor([-1.0, 2.0])).tolist()
        [-0.25, 2.0]
    """

    def __init__(self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        if num_parameters < 1:
            raise ValueError(f"PReLU needs at least 1 slope, got num_parameters={num_parameters}")
        self.num_parameters, self.init = num_parameters, init
        self.weight = Parameter(creation.empty(num_parameters, dtype=dtype, device=device))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Set every slope to `init`."""
        init.constant_(self.weight, self.init)

    def forward(self, x: Tensor) -> Tensor:
        """Return x where positive, else w x."""
        return F.prelu(x, self.weight)

    def extra_repr(self) -> str:
        """Show the number of slopes."""
        return f"num_parameters={self.num_parameters}"


class Hardtanh(Module):
    """y = min(max(x, min_val), max_val): a straight line for the tanh (Collobert, 2004).

    Args:
        min_val: the lower end.
        max_val: the upper end.
        inplace: put the result into the input, which is lost.

    Raises:
        ValueError: when max_val is not above min_val.

    Example:
        >>> import pellucid
        >>> Hardtanh()(pellucid.tensor([-3.0, 0.5, 3.0])).tolist()
        [-1.0, 0.5, 1.0]
    """

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        if not max_val > min_val:
            raise ValueError(f"Hardtanh needs max_val above min_val, got min_val={min_val} and max_val={max_val}")
        self.min_val, self.max_val, self.inplace = min_val, max_val, inplace

    def forward(self, x: Tensor) -> Tensor:
        """Return x held between the ends."""
        return F.hardtanh(x, self.min_val, self.max_val, self.inplace)

    def extra_repr(self) -> str:
        """Show the ends."""
        return f"min_val={self.min_val}, max_val={self.max_val}" + (", inplace=True" if self.inplace else "")


class ReLU6(Hardtanh):
    """y = min(max(x, 0), 6) (Krizhevsky, 2010).

    Args:
        inplace: put the result into the input, which is lost.

    Example:
        >>> import pellucid
        >>> ReLU6()(pellucid.tensor([-1.0, 3.0, 9.0])).tolist()
        [0.0, 3.0, 6.0]
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(0.0, 6.0, inplace)

    def extra_repr(self) -> str:
        """Show whether it works in place."""
        return "inplace=True" if self.inplace else ""


class Hardsigmoid(Module):
    """y = min(max(x + 3, 0), 6) / 6: straight lines for the sigmoid (Howard et al., 2019).

    Args:
        inplace: put the result into the input, which is lost.

    Example:
        >>> import pellucid
        >>> Hardsigmoid()(pellucid.tensor([-3.0, 0.0, 3.0])).tolist()
        [0.0, 0.5, 1.0]
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, x: Tensor) -> Tensor:
        """Return min(max(x + 3, 0), 6) / 6."""
        return F.hardsigmoid(x, self.inplace)

    def extra_repr(self) -> str:
        """Show whether it works in place."""
        return "inplace=True" if self.inplace else ""


class Hardswish(Module):
    """y = x min(max(x + 3, 0), 6) / 6: SiLU with a hard sigmoid (Howard et al., 2019).

    Args:
        inplace: put the result into the input, which is lost.

    Example:
        >>> import pellucid
        >>> Hardswish()(pellucid.tensor([-4.0, 0.0, 4.0])).tolist()
        [-0.0, 0.0, 4.0]
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, x: Tensor) -> Tensor:
        """Return x min(max(x + 3, 0), 6) / 6."""
        return F.hardswish(x, self.inplace)

    def extra_repr(self) -> str:
        """Show whether it works in place."""
        return "inplace=True" if self.inplace else ""


class Threshold(Module):
    """y = x where x > threshold, else value.

    Args:
        threshold: the place of the step.
        value: what stands up to the threshold.
        inplace: put the result into the input, which is lost.

    Example:
        >>> import pellucid
        >>> Threshold(1.0, 20.0)(pellucid.tensor([0.0, 1.0, 2.0])).tolist()
        [20.0, 20.0, 2.0]
    """

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__()
        self.threshold, self.value, self.inplace = threshold, value, inplace

    def forward(self, x: Tensor) -> Tensor:
        """Return x where above the threshold, else the value."""
        return F.threshold(x, self.threshold, self.value, self.inplace)

    def extra_repr(self) -> str:
        """Show the threshold and the value."""
        return f"threshold={self.threshold}, value={self.value}" + (", inplace=True" if self.inplace else "")


class Softshrink(Module):
    """y = x - λ sign(x) where |x| > λ, else 0: the proximal step of the L1 norm (Donoho, 1995).

    Args:
        lambd: λ, at least 0.

    Raises:
        ValueError: when λ is negative.

    Example:
        >>> import pellucid
        >>> Softshrink(0.5)(pellucid.tensor([-2.0, 0.3, 2.0])).tolist()
        [-1.5, 0.0, 1.5]
    """

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        if not lambd >= 0:
            raise ValueError(f"Softshrink needs lambd >= 0, got {lambd}")
        self.lambd = lambd

    def forward(self, x: Tensor) -> Tensor:
        """Return x moved towards 0 by λ."""
        return F.softshrink(x, self.lambd)

    def extra_repr(self) -> str:
        """Show λ."""
        return str(self.lambd)


class Hardshrink(Module):
    """y = x where |x| > λ, else 0: hard thresholding (Donoho and Johnstone, 1994).

    Args:
        lambd: λ, at least 0.

    Raises:
        ValueError: when λ is negative, for which PyTorch returns x unchanged.

    Example:
        >>> import pellucid
        >>> Hardshrink(0.5)(pellucid.tensor([-2.0, 0.3, 2.0])).tolist()
        [-2.0, 0.0, 2.0]
    """

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        if not lambd >= 0:
            raise ValueError(f"Hardshrink needs lambd >= 0, got {lambd}")
        self.lambd = lambd

    def forward(self, x: Tensor) -> Tensor:
        """Return x where larger than λ in size, else 0."""
        return F.hardshrink(x, self.lambd)

    def extra_repr(self) -> str:
        """Show λ."""
        return str(self.lambd)


class Heaviside(Module):
    """y = 0 where x < 0, `value` at 0, 1 where x > 0: the step of the perceptron (Rosenblatt, 1958).

    PyTorch has the function `torch.heaviside(x, values)` and no layer. The derivative is 0 wherever there is one, so
    gradients do not pass: train a step unit by the perceptron's rule.

    Args:
        value: y at x = 0; with 1, a unit fires when its input reaches its threshold.

    Example:
        >>> import pellucid
        >>> Heaviside()(pellucid.tensor([-2.0, 0.0, 2.0])).tolist()
        [0.0, 1.0, 1.0]
    """

    def __init__(self, value: float = 1.0) -> None:
        super().__init__()
        self.value = value

    def forward(self, x: Tensor) -> Tensor:
        """Return the step of x."""
        return F.heaviside(x, self.value)

    def extra_repr(self) -> str:
        """Show the value at 0."""
        return f"value={self.value}"

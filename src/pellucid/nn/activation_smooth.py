"""Smooth activation layers: each the derivative-friendly curve of its paper, stable for any finite input."""

from pellucid._tensor import Tensor
from pellucid.nn import functional as F
from pellucid.nn.module import Module

__all__ = [
    "CELU",
    "ELU",
    "GELU",
    "SELU",
    "LogSigmoid",
    "Mish",
    "SiLU",
    "Sigmoid",
    "Softplus",
    "Softsign",
    "Tanh",
    "Tanhshrink",
]


class Sigmoid(Module):
    """y = σ(x) = 1 / (1 + e^-x), in (0, 1); dy/dx = y (1 - y).

    Example:
        >>> import pellucid
        >>> Sigmoid()(pellucid.tensor([-1000.0, 0.0, 1000.0])).tolist()
        [0.0, 0.5, 1.0]
    """

    def forward(self, x: Tensor) -> Tensor:
        """Return σ(x)."""
        return F.sigmoid(x)


class Tanh(Module):
    """y = tanh x, in (-1, 1); dy/dx = 1 - y².

    Example:
        >>> import pellucid
        >>> Tanh()(pellucid.tensor([-1000.0, 0.0, 1000.0])).tolist()
        [-1.0, 0.0, 1.0]
    """

    def forward(self, x: Tensor) -> Tensor:
        """Return tanh x."""
        return F.tanh(x)


class LogSigmoid(Module):
    """y = log σ(x) = -log(1 + e^-x), which keeps its digits where σ(x) underflows.

    Example:
        >>> import pellucid
        >>> LogSigmoid()(pellucid.tensor([-1000.0, 1000.0])).tolist()
        [-1000.0, -0.0]
    """

    def forward(self, x: Tensor) -> Tensor:
        """Return log σ(x)."""
        return F.logsigmoid(x)


class Softplus(Module):
    """y = log(1 + e^(βx)) / β, a smooth ReLU (Dugas et al., 2001); x itself where βx > threshold.

    Args:
        beta: β; the larger, the sharper the bend. Not 0.
        threshold: where the curve is taken for the straight line it approaches.

    Raises:
        ValueError: in forward, when β is 0.

    Example:
        >>> import pellucid
        >>> Softplus()(pellucid.tensor([-1000.0, 0.0, 1000.0]))
        tensor([   0.0000,    0.6931, 1000.0000])
    """

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta, self.threshold = beta, threshold

    def forward(self, x: Tensor) -> Tensor:
        """Return log(1 + e^(βx)) / β."""
        return F.softplus(x, self.beta, self.threshold)

    def extra_repr(self) -> str:
        """Show β and the threshold."""
        return f"beta={self.beta}, threshold={self.threshold}"


class Softsign(Module):
    """y = x / (1 + |x|), in (-1, 1), which saturates slower than tanh (Turian et al., 2009).

    Example:
        >>> import pellucid
        >>> Softsign()(pellucid.tensor([-1.0, 0.0, 3.0])).tolist()
        [-0.5, 0.0, 0.75]
    """

    def forward(self, x: Tensor) -> Tensor:
        """Return x / (1 + |x|)."""
        return F.softsign(x)


class Tanhshrink(Module):
    """y = x - tanh x.

    Example:
        >>> import pellucid
        >>> Tanhshrink()(pellucid.tensor([-1000.0, 0.0])).tolist()
        [-999.0, 0.0]
    """

    def forward(self, x: Tensor) -> Tensor:
        """Return x - tanh x."""
        return F.tanhshrink(x)


class ELU(Module):
    """y = x where x > 0, else α (e^x - 1) (Clevert, Unterthiner and Hochreiter, 2016).

    Args:
        alpha: α; y falls to -α.
        inplace: put the result into the input, which is lost.

    Example:
        >>> import pellucid
        >>> ELU(2.0)(pellucid.tensor([-1000.0, 3.0])).tolist()
        [-2.0, 3.0]
    """

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha, self.inplace = alpha, inplace

    def forward(self, x: Tensor) -> Tensor:
        """Return x where positive, else α (e^x - 1)."""
        return F.elu(x, self.alpha, self.inplace)

    def extra_repr(self) -> str:
        """Show α."""
        return f"alpha={self.alpha}" + (", inplace=True" if self.inplace else "")


class SELU(Module):
    """y = s x where x > 0, else s α (e^x - 1), with s = 1.0507... and α = 1.6732... (Klambauer et al., 2017).

    s and α keep mean 0 and variance 1 from layer to layer, with weights of variance 1/inputs (lecun normal).

    Args:
        inplace: put the result into the input, which is lost.

    Example:
        >>> import pellucid
        >>> SELU()(pellucid.tensor([-1000.0, 1.0]))
        tensor([-1.7581,  1.0507])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, x: Tensor) -> Tensor:
        """Return the scaled exponential linear unit of x."""
        return F.selu(x, self.inplace)

    def extra_repr(self) -> str:
        """Show whether it works in place."""
        return "inplace=True" if self.inplace else ""


class CELU(Module):
    """y = x where x > 0, else α (e^(x/α) - 1): ELU with a continuous derivative (Barron, 2017).

    Args:
        alpha: α, above 0; y falls to -α.
        inplace: put the result into the input, which is lost.

    Raises:
        ValueError: in forward, when α is not above 0.

    Example:
        >>> import pellucid
        >>> CELU(2.0)(pellucid.tensor([-1000.0, 3.0])).tolist()
        [-2.0, 3.0]
    """

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha, self.inplace = alpha, inplace

    def forward(self, x: Tensor) -> Tensor:
        """Return x where positive, else α (e^(x/α) - 1)."""
        return F.celu(x, self.alpha, self.inplace)

    def extra_repr(self) -> str:
        """Show α."""
        return f"alpha={self.alpha}" + (", inplace=True" if self.inplace else "")


class GELU(Module):
    """y = x Φ(x), with Φ the normal distribution function (Hendrycks and Gimpel, 2016).

    Args:
        approximate: "none" for Φ itself, "tanh" for Φ(x) = (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2.

    Raises:
        ValueError: in forward, when `approximate` is neither.

    Example:
        >>> import pellucid
        >>> GELU()(pellucid.tensor([-1000.0, 0.0, 1.0]))
        tensor([-0.0000,  0.0000,  0.8413])
    """

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, x: Tensor) -> Tensor:
        """Return x Φ(x)."""
        return F.gelu(x, self.approximate)

    def extra_repr(self) -> str:
        """Show which Φ."""
        return f"approximate={self.approximate!r}"


class SiLU(Module):
    """y = x σ(x), also called swish (Elfwing, Uchibe and Doya, 2018; Ramachandran, Zoph and Le, 2017).

    Args:
        inplace: put the result into the input, which is lost.

    Example:
        >>> import pellucid
        >>> SiLU()(pellucid.tensor([0.0, 1.0]))
        tensor([0.0000, 0.7311])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, x: Tensor) -> Tensor:
        """Return x σ(x)."""
        return F.silu(x, self.inplace)

    def extra_repr(self) -> str:
        """Show whether it works in place."""
        return "inplace=True" if self.inplace else ""


class Mish(Module):
    """y = x tanh(log(1 + e^x)) (Misra, 2019).

    Args:
        inplace: put the result into the input, which is lost.

    Example:
        >>> import pellucid
        >>> Mish()(pellucid.tensor([0.0, 1.0]))
        tensor([0.0000, 0.8651])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, x: Tensor) -> Tensor:
        """Return x tanh(log(1 + e^x))."""
        return F.mish(x, self.inplace)

    def extra_repr(self) -> str:
        """Show whether it works in place."""
        return "inplace=True" if self.inplace else ""

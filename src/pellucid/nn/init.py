"""Initial values of weights: every function fills a tensor in place, outside the tape, and returns it.

A weight has the shape (out, in, *kernel). fan_in = in times the kernel's size is how many numbers each output adds
up, fan_out = out times the kernel's size how many outputs each input reaches. Random numbers are the next draw of
`generator`, or of the default one.
"""

import math

import numpy as np

from pellucid import kernels as K
from pellucid._tensor import Array, Tensor
from pellucid.grad_mode import no_grad
from pellucid.random import Generator, default_generator

__all__ = [
    "calculate_gain",
    "constant_",
    "eye_",
    "kaiming_normal_",
    "kaiming_uniform_",
    "normal_",
    "ones_",
    "orthogonal_",
    "sparse_",
    "trunc_normal_",
    "uniform_",
    "xavier_normal_",
    "xavier_uniform_",
    "zeros_",
]


@no_grad()
def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fill with numbers drawn evenly from [a, b).

    Raises:
        ValueError: when a is above b.
    """
    if not a <= b:
        raise ValueError(f"uniform_ needs a <= b, got {a} and {b}")
    return tensor.uniform_(a, b, generator=generator)


@no_grad()
def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fill from the normal distribution of given mean and standard deviation.

    Raises:
        ValueError: when std is negative.
    """
    if not std >= 0:
        raise ValueError(f"normal_ needs std >= 0, got {std}")
    return tensor.normal_(mean, std, generator=generator)


@no_grad()
def constant_(tensor: Tensor, val: float) -> Tensor:
    """Fill with one value."""
    return tensor.fill_(val)


def ones_(tensor: Tensor) -> Tensor:
    """Fill with ones."""
    return constant_(tensor, 1.0)


def zeros_(tensor: Tensor) -> Tensor:
    """Fill with zeros."""
    return constant_(tensor, 0.0)


def eye_(tensor: Tensor) -> Tensor:
    """Fill a matrix with ones on its diagonal and zeros elsewhere, so that a layer hands its input through.

    Raises:
        ValueError: when the tensor is no matrix.
    """
    rows, columns = _matrix("eye_", tensor)
    return _fill(tensor, np.eye(rows, columns))


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fill evenly from [-a, a) with a = gain √(6 / (fan_in + fan_out)) (Glorot and Bengio, 2010).

    The variance is that of `xavier_normal_`.

    Raises:
        ValueError: when the tensor has fewer than two axes.

    Example:
        >>> import pellucid
        >>> W = xavier_uniform_(pellucid.zeros(3, 3))
        >>> bool((W.abs() <= 1).all())
        True
    """
    fan_in, fan_out = _fans("xavier_uniform_", tensor)
    bound = gain * math.sqrt(6 / max(fan_in + fan_out, 1))
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fill from the normal distribution of mean 0 and std = gain √(2 / (fan_in + fan_out)) (Glorot and Bengio, 2010).

    Raises:
        ValueError: when the tensor has fewer than two axes.
    """
    fan_in, fan_out = _fans("xavier_normal_", tensor)
    return normal_(tensor, 0.0, gain * math.sqrt(2 / max(fan_in + fan_out, 1)), generator)


def kaiming_uniform_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Fill evenly from [-√3 std, √3 std) with the std of `kaiming_normal_` (He et al., 2015).

    Raises:
        ValueError: for an unknown mode or nonlinearity, or a tensor of fewer than two axes.
    """
    bound = math.sqrt(3) * _kaiming_std("kaiming_uniform_", tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Fill from the normal distribution of mean 0 and std = gain / √fan (He et al., 2015).

    Args:
        tensor: the weight.
        a: the slope below 0 of the leaky ReLU that follows; read for that nonlinearity only, as in PyTorch.
        mode: "fan_in" keeps the variance of the activations, "fan_out" that of the gradients.
        nonlinearity: what follows the layer; its gain is `calculate_gain(nonlinearity, a)`.
        generator: where the numbers come from.

    Raises:
        ValueError: for an unknown mode or nonlinearity, or a tensor of fewer than two axes.
    """
    return normal_(tensor, 0.0, _kaiming_std("kaiming_normal_", tensor, a, mode, nonlinearity), generator)


def _kaiming_std(name: str, tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"{name}: mode must be 'fan_in' or 'fan_out', got {mode!r}")
    fan_in, fan_out = _fans(name, tensor)
    fan = fan_in if mode == "fan_in" else fan_out
    return calculate_gain(nonlinearity, a) / math.sqrt(max(fan, 1))


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """Return the factor by which a nonlinearity's weights must grow to keep the variance.

    1 for linear layers, convolutions and the sigmoid, 5/3 for tanh, √2 for relu, √(2 / (1 + slope²)) for leaky_relu
    of slope `param` (0.01 when None), 3/4 for selu.

    Raises:
        ValueError: for another name.

    Example:
        >>> calculate_gain("tanh")
        1.6666666666666667
    """
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        return math.sqrt(2 / (1 + slope * slope))
    if nonlinearity not in _GAINS:
        known = ", ".join(sorted([*_GAINS, "leaky_relu"]))
        raise ValueError(f"there is no gain for the nonlinearity {nonlinearity!r}; known are {known}")
    return _GAINS[nonlinearity]


_CONVOLUTIONS = [f"{kind}{n}d" for kind in ("conv", "conv_transpose") for n in (1, 2, 3)]
_GAINS = {
    **dict.fromkeys(["linear", "sigmoid", *_CONVOLUTIONS], 1.0),
    "tanh": 5 / 3,
    "relu": math.sqrt(2),
    "selu": 3 / 4,
}


def orthogonal_(tensor: Tensor, gain: float = 1, generator: Generator | None = None) -> Tensor:
    """Fill with gain times a random matrix Q, evenly of all with orthonormal rows or columns (Saxe et al., 2014).

    Axes after the first are taken as one. Of Q R, a normal matrix, Q's signs are chosen so that R has a positive
    diagonal; without that, Q would not be evenly distributed (Mezzadri, 2007).

    Raises:
        ValueError: when the tensor has fewer than two axes.
    """
    shape = tensor.array.shape
    if len(shape) < 2:
        raise ValueError(f"orthogonal_ needs a tensor of at least two axes, got shape {shape}")
    if tensor.array.size == 0:
        return tensor
    rows, columns = shape[0], tensor.array.size // shape[0]
    drawn = _source(generator).standard_normal((max(rows, columns), min(rows, columns)))
    Q, R = np.linalg.qr(drawn)
    Q *= np.sign(np.diagonal(R))
    return _fill(tensor, gain * (Q if rows >= columns else Q.T).reshape(shape))


def trunc_normal_(
    tensor: Tensor,
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    generator: Generator | None = None,
) -> Tensor:
    """Fill from the normal distribution of given mean and standard deviation, cut to [a, b].

    The ends are in the tensor's units, not in standard deviations. Method: the distribution function is turned
    around, x = mean + std √2 erf⁻¹(u), with u drawn evenly between the ends' values.

    Raises:
        ValueError: when a is not below b, std not above 0, or the mean more than two std outside [a, b], where
            PyTorch warns that the numbers may be wrong.
    """
    if not (a < b and std > 0):
        raise ValueError(f"trunc_normal_ needs a < b and std > 0, got a={a}, b={b}, std={std}")
    if mean < a - 2 * std or mean > b + 2 * std:
        raise ValueError(f"trunc_normal_: the mean {mean} is more than two std ({std}) outside [{a}, {b}]")
    ends = K.erf((np.asarray([a, b]) - mean) / (std * math.sqrt(2)))
    u = _source(generator).uniform(ends[0], ends[1], tensor.array.shape)
    return _fill(tensor, np.clip(mean + std * math.sqrt(2) * _inverse_erf(u), a, b))


def _inverse_erf(y: Array) -> Array:
    """Solve erf(x) = y: Winitzki's closed form (2008), right to 0.2%, then three steps of Newton."""
    y = np.clip(y, -1 + 1e-15, 1 - 1e-15)
    w = np.log1p(-y * y)
    t = 2 / (math.pi * 0.147) + w / 2
    x = np.sign(y) * np.sqrt(np.sqrt(t * t - w / 0.147) - t)
    for _ in range(3):
        x = x - (K.erf(x) - y) * np.exp(x * x) * (math.sqrt(math.pi) / 2)
    return x


def sparse_(tensor: Tensor, sparsity: float, std: float = 0.01, generator: Generator | None = None) -> Tensor:
    """Fill a matrix from the normal distribution of mean 0, with zeros in each column (Martens, 2010).

    Args:
        tensor: the matrix.
        sparsity: the share of zeros in each column, rounded up to whole elements.
        std: the standard deviation of the others.
        generator: where the numbers come from.

    Raises:
        ValueError: when the tensor is no matrix, or sparsity lies outside [0, 1].
    """
    rows, columns = _matrix("sparse_", tensor)
    if not 0 <= sparsity <= 1:
        raise ValueError(f"sparse_ needs a sparsity between 0 and 1, got {sparsity}")
    source = _source(generator)
    values = source.normal(0, std, (rows, columns))
    order = source.random((rows, columns)).argsort(axis=0)  # each column a random permutation of its rows
    values[order < math.ceil(sparsity * rows)] = 0
    return _fill(tensor, values)


def _source(generator: Generator | None) -> np.random.Generator:
    return (generator or default_generator).numpy("init")


@no_grad()
def _fill(tensor: Tensor, values: Array) -> Tensor:
    return tensor.copy_(Tensor(values))


def _matrix(name: str, tensor: Tensor) -> tuple[int, int]:
    shape = tensor.array.shape
    if len(shape) != 2:
        raise ValueError(f"{name} needs a matrix, got shape {shape}")
    return shape[0], shape[1]


def _fans(name: str, tensor: Tensor) -> tuple[int, int]:
    shape = tensor.array.shape
    if len(shape) < 2:
        raise ValueError(
            f"{name} needs a weight of shape (out, in, ...), got shape {shape}, without fan_in and fan_out"
        )
    kernel = math.prod(shape[2:])
    return shape[1] * kernel, shape[0] * kernel

"""A small convolutional network for images of any size."""

from collections import OrderedDict
from collections.abc import Sequence
from itertools import pairwise

from pellucid import nn
from pellucid._tensor import Tensor
from pellucid.models._arguments import (
    checked_count,
    checked_counts,
    checked_flag,
    checked_image,
    checked_probability,
)
from pellucid.models.activations import make_activation
from pellucid.models.model import Model

__all__ = ["CNN"]

NARROWEST, WIDEST = 32, 256


class CNN(Model):
    """A convolutional classifier: stages of convolution, norm, activation and halving, then one linear layer.

    h_0 = x;  h_k = maxpool(f(norm(K_k * h_{k-1} + b_k))), with kernels of 3 x 3 and windows of 2 x 2;
    y = W dropout(h_n) + b, where h_n is laid out as one row.

    The output has no softmax, as `CrossEntropyLoss` wants it. LeCun, Bottou, Bengio and Haffner (1998) for the
    architecture; the kernels of 3 x 3 are those of Simonyan and Zisserman (2015).

    Shapes: x (n, channels, height, width), y (n, num_classes).

    Args:
        input_shape: (channels, height, width) of one image.
        num_classes: how many outputs there are.
        channels: how many channels each stage gives; None for as many stages as leave an image between two and three
            pixels high or wide, the first of 32 channels, each further one of twice as many, up to 256.
        activation: f, a name in `pellucid.models.ACTIVATIONS`.
        dropout: the probability with which an input of the linear layer is silenced in training.
        batch_norm: whether channels are normalised over the batch before the activation.

    Raises:
        ValueError: when a number is below 1, the image is too small for so many stages, the activation is unknown,
            or dropout is not in [0, 1).
        TypeError: when an argument has a wrong type.

    Example:
        >>> import pellucid
        >>> model = CNN((1, 8, 8), num_classes=10)
        >>> model.channels
        (32, 64)
        >>> model(pellucid.zeros(5, 1, 8, 8)).shape
        Size([5, 10])
    """

    def __init__(
        self,
        input_shape: Sequence[int],
        num_classes: int,
        channels: Sequence[int] | None = None,
        activation: str = "relu",
        dropout: float = 0.25,
        batch_norm: bool = True,
    ) -> None:
        super().__init__()
        self.input_shape = checked_image("CNN", input_shape)
        self.num_classes = checked_count("CNN", "num_classes", num_classes)
        self.channels = (
            _suggested(self.input_shape) if channels is None else checked_counts("CNN", "channels", channels)
        )
        self.activation, self.dropout = activation, checked_probability("CNN", "dropout", dropout)
        self.batch_norm = checked_flag("CNN", "batch_norm", batch_norm)
        n_channels, height, width = self.input_shape
        stages = len(self.channels)
        if min(height, width) < 2**stages:
            raise ValueError(
                f"CNN: {stages} stages halve an image {stages} times, so it has at least {2**stages} x {2**stages} "
                f"pixels, got {height} x {width}; give fewer channels or larger images"
            )
        layers: OrderedDict[str, nn.Module] = OrderedDict()
        for k, (n_in, n_out) in enumerate(pairwise((n_channels, *self.channels)), 1):
            layers[f"conv{k}"] = nn.Conv2d(n_in, n_out, 3, padding=1, bias=not self.batch_norm)
            if self.batch_norm:
                layers[f"norm{k}"] = nn.BatchNorm2d(n_out)
            layers[f"activation{k}"] = make_activation(activation)
            layers[f"pool{k}"] = nn.MaxPool2d(2)
        layers["flatten"] = nn.Flatten()
        if self.dropout:
            layers["dropout"] = nn.Dropout(self.dropout)
        n_features = self.channels[-1] * (height >> stages) * (width >> stages)
        layers["output"] = nn.Linear(n_features, self.num_classes)
        self.layers = nn.Sequential(layers)

    def forward(self, x: Tensor) -> Tensor:
        """Return the outputs, before any softmax."""
        if tuple(x.shape[1:]) != self.input_shape:
            raise ValueError(f"CNN was made for images of the shape {self.input_shape}, got the batch {tuple(x.shape)}")
        return self.layers(x)


def _suggested(input_shape: tuple[int, int, int]) -> tuple[int, ...]:
    stages = max(1, min(input_shape[1:]).bit_length() - 2)
    return tuple(min(WIDEST, NARROWEST << k) for k in range(stages))

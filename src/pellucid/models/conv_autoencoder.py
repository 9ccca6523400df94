"""The convolutional autoencoder."""

from collections import OrderedDict
from collections.abc import Sequence
from itertools import pairwise

from pellucid import nn
from pellucid._tensor import Tensor
from pellucid.models._arguments import checked_count, checked_counts, checked_image
from pellucid.models.activations import make_activation
from pellucid.models.model import Model

__all__ = ["ConvAutoencoder"]


class ConvAutoencoder(Model):
    """z = encoder(x), y = decoder(z) for images: convolutions that halve, and transposed ones that double again.

    The code z is a linear layer's; the decoder mirrors the encoder. Masci, Meier, Cireşan and Schmidhuber, "Stacked
    convolutional auto-encoders" (2011); strides instead of pooling. Images are their own targets.

    Shapes: x and y (n, channels, height, width), z (n, code_size).

    Args:
        input_shape: (channels, height, width) of one image, of any size.
        channels: channels after each halving.
        code_size: how many numbers an image is squeezed into.
        activation: of the hidden layers, a name in `pellucid.models.ACTIVATIONS`; the code has none.
        output_activation: of the output; "sigmoid" for pixels from 0 to 1, "identity" for others.

    Raises:
        ValueError: when a number is below 1 or an activation is unknown.
        TypeError: when a number is no integer.

    Example:
        >>> import pellucid
        >>> model = ConvAutoencoder((1, 9, 7), channels=(4, 8), code_size=3)
        >>> model.encoder(pellucid.zeros(2, 1, 9, 7)).shape, model(pellucid.zeros(2, 1, 9, 7)).shape
        (Size([2, 3]), Size([2, 1, 9, 7]))
    """

    def __init__(
        self,
        input_shape: Sequence[int],
        channels: Sequence[int] = (16, 32),
        code_size: int = 16,
        activation: str = "relu",
        output_activation: str = "sigmoid",
    ) -> None:
        super().__init__()
        self.input_shape = checked_image("ConvAutoencoder", input_shape)
        self.channels = checked_counts("ConvAutoencoder", "channels", channels, least=1)
        self.code_size = checked_count("ConvAutoencoder", "code_size", code_size)
        self.activation, self.output_activation = activation, output_activation
        n_channels, *size = self.input_shape
        encoder, doublings = OrderedDict[str, nn.Module](), list[tuple[str, nn.Module]]()
        for k, (n_in, n_out) in enumerate(pairwise((n_channels, *self.channels)), 1):
            # A side of s gives ⌈s / 2⌉; back from there, an even side needs one pixel more than an odd one.
            missing = (1 - size[0] % 2, 1 - size[1] % 2)
            encoder[f"conv{k}"] = nn.Conv2d(n_in, n_out, 3, stride=2, padding=1)
            encoder[f"activation{k}"] = make_activation(activation)
            widen = nn.ConvTranspose2d(n_out, n_in, 3, stride=2, padding=1, output_padding=missing)
            last = make_activation(output_activation if k == 1 else activation)
            doublings += [(f"activation{k}", last), (f"conv{k}", widen)]
            size = [(side + 1) // 2 for side in size]
        smallest = (self.channels[-1], *size)
        n_features = smallest[0] * smallest[1] * smallest[2]
        encoder["flatten"] = nn.Flatten()
        encoder["code"] = nn.Linear(n_features, self.code_size)
        self.encoder = nn.Sequential(encoder)
        start = [("code", nn.Linear(self.code_size, n_features)), ("activation", make_activation(activation))]
        self.decoder = nn.Sequential(
            OrderedDict([*start, ("unflatten", nn.Unflatten(1, smallest)), *reversed(doublings)])
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return what is left of the images after the code."""
        if tuple(x.shape[1:]) != self.input_shape:
            raise ValueError(
                f"ConvAutoencoder was made for images of the shape {self.input_shape}, got the batch {tuple(x.shape)}"
            )
        return self.decoder(self.encoder(x))

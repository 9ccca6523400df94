"""A generator and a discriminator of images, to be trained against each other."""

from pellucid import nn
from pellucid._tensor import Tensor
from pellucid.models._arguments import checked_count
from pellucid.models.model import Model

__all__ = ["DCGANDiscriminator", "DCGANGenerator"]

SMALLEST = 4
"""Side of the picture that the generator begins with and the discriminator ends with."""


class DCGANGenerator(Model):
    """Noise in, pictures from -1 to 1 out: transposed convolutions, each doubling the picture.

    Radford, Metz and Chintala, "Unsupervised representation learning with deep convolutional generative adversarial
    networks" (2016): batch norm and ReLU between the convolutions, tanh at the end, weights of deviation 0.02.

    Shapes: z (n, latent_size), y (n, channels, size, size).

    Args:
        latent_size: how many random numbers a picture is made of; they are normal.
        channels: 1 for grey pictures, 3 for coloured ones.
        size: side of the pictures, 4 times a power of two, at least 8.
        width: channels before the last convolution; each one before has twice as many.

    Raises:
        ValueError: when a number is below 1, or the size another; in forward, when z has another size.

    Example:
        >>> import pellucid
        >>> DCGANGenerator(16, channels=1, size=8, width=8)(pellucid.randn(5, 16)).shape
        Size([5, 1, 8, 8])
    """

    def __init__(self, latent_size: int = 100, channels: int = 3, size: int = 64, width: int = 64) -> None:
        super().__init__()
        self.latent_size = checked_count("DCGANGenerator", "latent_size", latent_size)
        self.channels = checked_count("DCGANGenerator", "channels", channels)
        self.size, doublings = _checked_size("DCGANGenerator", size)
        self.width = checked_count("DCGANGenerator", "width", width)
        n = self.width << (doublings - 1)
        layers: list[nn.Module] = [nn.ConvTranspose2d(self.latent_size, n, SMALLEST, bias=False)]
        for _ in range(doublings - 1):
            layers += [nn.BatchNorm2d(n), nn.ReLU(), nn.ConvTranspose2d(n, n // 2, 4, 2, 1, bias=False)]
            n //= 2
        layers += [nn.BatchNorm2d(n), nn.ReLU(), nn.ConvTranspose2d(n, self.channels, 4, 2, 1, bias=False), nn.Tanh()]
        self.main = nn.Sequential(*layers)
        _reset(self)

    def forward(self, z: Tensor) -> Tensor:
        """Return the pictures of random numbers."""
        if len(z.shape) != 2 or z.shape[1] != self.latent_size:
            raise ValueError(f"DCGANGenerator wants random numbers (n, {self.latent_size}), got {tuple(z.shape)}")
        return self.main(z.unflatten(1, (self.latent_size, 1, 1)))


class DCGANDiscriminator(Model):
    """Pictures in, the logit of being real out: convolutions, each halving the picture.

    Radford, Metz and Chintala (2016): strides instead of pooling, leaky ReLU of slope 0.2, batch norm in all layers
    but the first and the last, weights of deviation 0.02. There is no sigmoid: use `BCEWithLogitsLoss`.

    Shapes: x (n, channels, size, size), y (n,).

    Args:
        channels: 1 for grey pictures, 3 for coloured ones.
        size: side of the pictures, 4 times a power of two, at least 8.
        width: channels after the first convolution; each further one has twice as many.

    Raises:
        ValueError: when a number is below 1, or the size another; in forward, when x has another shape.

    Example:
        >>> import pellucid
        >>> DCGANDiscriminator(channels=1, size=8, width=8)(pellucid.zeros(5, 1, 8, 8)).shape
        Size([5])
    """

    def __init__(self, channels: int = 3, size: int = 64, width: int = 64) -> None:
        super().__init__()
        self.channels = checked_count("DCGANDiscriminator", "channels", channels)
        self.size, halvings = _checked_size("DCGANDiscriminator", size)
        self.width = n = checked_count("DCGANDiscriminator", "width", width)
        layers: list[nn.Module] = [nn.Conv2d(self.channels, n, 4, 2, 1, bias=False), nn.LeakyReLU(0.2)]
        for _ in range(halvings - 1):
            layers += [nn.Conv2d(n, 2 * n, 4, 2, 1, bias=False), nn.BatchNorm2d(2 * n), nn.LeakyReLU(0.2)]
            n *= 2
        layers += [nn.Conv2d(n, 1, SMALLEST, bias=False)]
        self.main = nn.Sequential(*layers)
        _reset(self)

    def forward(self, x: Tensor) -> Tensor:
        """Return a logit for each picture, above 0 where it is taken for real."""
        wanted = (self.channels, self.size, self.size)
        if tuple(x.shape[1:]) != wanted:
            raise ValueError(f"DCGANDiscriminator wants pictures of the shape {wanted}, got {tuple(x.shape)}")
        return self.main(x).flatten()


def _reset(model: nn.Module) -> None:
    """Draw the weights as the paper does."""
    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
            nn.init.normal_(module.weight, 0, 0.02)
        elif isinstance(module, nn.BatchNorm2d) and module.weight is not None:
            nn.init.normal_(module.weight, 1, 0.02)


def _checked_size(kind: str, size: int) -> tuple[int, int]:
    """Return the side of the pictures, and how often the smallest is doubled."""
    side = checked_count(kind, "size", size)
    doublings = (side // SMALLEST).bit_length() - 1
    if doublings < 1 or side != SMALLEST << doublings:
        raise ValueError(f"{kind}: size is 4 times a power of two, at least 8, such as 8, 16, 32, 64; got {side}")
    return side, doublings

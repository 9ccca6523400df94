"""U-Net: an image in, a label for each pixel out."""

from collections.abc import Sequence
from itertools import pairwise

from pellucid import nn
from pellucid._tensor import Tensor
from pellucid.models._arguments import checked_count, checked_counts
from pellucid.models.model import Model
from pellucid.ops import shape

__all__ = ["UNet"]


class UNet(Model):
    """U-Net: halve the image, widen it again, and hand each size on from the way down to the way up.

    Ronneberger, Fischer and Brox, "U-Net: convolutional networks for biomedical image segmentation" (2015). Here the
    convolutions pad, so that the output has the size of the input, and have batch norm.

    Shapes: x (n, in_channels, h, w), y (n, num_classes, h, w); h and w are multiples of 2^(len(channels) - 1).
    For `CrossEntropyLoss` the targets are (n, h, w).

    Args:
        in_channels: channels of the image.
        num_classes: how many classes a pixel may have; 1 for `BCEWithLogitsLoss`.
        channels: channels at each size, the whole image first; the paper has 64, 128, 256, 512, 1024.

    Raises:
        ValueError: when a number is below 1, or fewer than two sizes are given; in forward, when the image cannot be
            halved so often.

    Example:
        >>> import pellucid
        >>> UNet(1, 3, channels=(4, 8))(pellucid.zeros(2, 1, 6, 10)).shape
        Size([2, 3, 6, 10])
    """

    def __init__(self, in_channels: int = 1, num_classes: int = 2, channels: Sequence[int] = (16, 32, 64)) -> None:
        super().__init__()
        self.in_channels = checked_count("UNet", "in_channels", in_channels)
        self.num_classes = checked_count("UNet", "num_classes", num_classes)
        self.channels = checked_counts("UNet", "channels", channels, least=2)
        steps = list(pairwise(self.channels))
        self.down = nn.ModuleList([_two_convolutions(self.in_channels, self.channels[0])])
        self.down.extend(_two_convolutions(n_in, n_out) for n_in, n_out in steps)
        self.pool = nn.MaxPool2d(2)
        self.widen = nn.ModuleList(nn.ConvTranspose2d(n_out, n_in, 2, stride=2) for n_in, n_out in reversed(steps))
        self.up = nn.ModuleList(_two_convolutions(2 * n_in, n_in) for n_in, _ in reversed(steps))
        self.output = nn.Conv2d(self.channels[0], self.num_classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return the outputs for each pixel, before any softmax."""
        halvings = len(self.channels) - 1
        if x.ndim != 4 or x.shape[2] % 2**halvings or x.shape[3] % 2**halvings:
            raise ValueError(
                f"this UNet halves an image {halvings} times, so it wants a batch (n, channels, h, w) with h and w in "
                f"multiples of {2**halvings}, got {tuple(x.shape)}"
            )
        x = self.down[0](x)
        passed: list[Tensor] = []
        for convolve in list(self.down)[1:]:
            passed.append(x)
            x = convolve(self.pool(x))
        for widen, convolve, beside in zip(self.widen, self.up, reversed(passed), strict=True):
            x = convolve(shape.cat([beside, widen(x)], 1))
        return self.output(x)


def _two_convolutions(n_in: int, n_out: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for n in (n_in, n_out):
        layers += [nn.Conv2d(n, n_out, 3, padding=1, bias=False), nn.BatchNorm2d(n_out), nn.ReLU()]
    return nn.Sequential(*layers)

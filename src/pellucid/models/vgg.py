"""VGG: small kernels, deep."""

from pellucid import nn
from pellucid._tensor import Tensor
from pellucid.models._arguments import checked_count, checked_flag, checked_probability
from pellucid.models.model import Model

__all__ = ["VGG"]

CONVOLUTIONS = {11: (1, 1, 2, 2, 2), 13: (2, 2, 2, 2, 2), 16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}
"""How many convolutions stand before each halving, by depth; the depth counts them and the three linear layers."""

CHANNELS = (64, 128, 256, 512, 512)


class VGG(Model):
    """VGG: convolutions of 3 x 3, the image halved five times, and three linear layers.

    Simonyan and Zisserman, "Very deep convolutional networks for large-scale image recognition" (2015); batch norm
    came later. VGG-16 has 138,357,544 parameters for 1,000 classes. Names, shapes and initial distribution of the
    state are those of torchvision, so its weights can be loaded: normal of deviation √(2 / fan_out) for convolutions
    and 0.01 for linear layers.

    Shapes: x (n, in_channels, height, width) of at least 32 x 32 pixels, 224 x 224 in the paper; y (n, num_classes).

    Args:
        depth: 11, 13, 16 or 19 layers with weights.
        num_classes: how many outputs there are.
        batch_norm: whether channels are normalised over the batch before each ReLU.
        dropout: the probability with which an output of the first two linear layers is silenced in training.
        in_channels: 3 for colour images.

    Raises:
        ValueError: when the depth is another, a number is below 1, or dropout is not in [0, 1).

    Example:
        >>> VGG(12)
        Traceback (most recent call last):
        ValueError: VGG: depth is one of 11, 13, 16, 19, got 12
    """

    def __init__(
        self,
        depth: int,
        num_classes: int = 1000,
        batch_norm: bool = False,
        dropout: float = 0.5,
        in_channels: int = 3,
    ) -> None:
        super().__init__()
        if depth not in CONVOLUTIONS:
            raise ValueError(f"VGG: depth is one of {', '.join(map(str, CONVOLUTIONS))}, got {depth!r}")
        self.depth, self.num_classes = int(depth), checked_count("VGG", "num_classes", num_classes)
        self.batch_norm = checked_flag("VGG", "batch_norm", batch_norm)
        self.dropout = checked_probability("VGG", "dropout", dropout)
        self.in_channels = checked_count("VGG", "in_channels", in_channels)
        layers: list[nn.Module] = []
        n_in = self.in_channels
        for n_out, repeats in zip(CHANNELS, CONVOLUTIONS[self.depth], strict=True):
            for _ in range(repeats):
                layers += [nn.Conv2d(n_in, n_out, 3, padding=1)]
                layers += [nn.BatchNorm2d(n_out)] * self.batch_norm
                layers += [nn.ReLU()]
                n_in = n_out
            layers += [nn.MaxPool2d(2)]
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d((7, 7))
        self.classifier = nn.Sequential(
            nn.Linear(512 * 7 * 7, 4096),
            nn.ReLU(),
            nn.Dropout(self.dropout),
            nn.Linear(4096, 4096),
            nn.ReLU(),
            nn.Dropout(self.dropout),
            nn.Linear(4096, self.num_classes),
        )
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights anew."""
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            elif isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, 0, 0.01)
            if isinstance(module, (nn.Conv2d, nn.Linear)) and module.bias is not None:
                nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Return the outputs, before any softmax."""
        return self.classifier(self.avgpool(self.features(x)).flatten(1))

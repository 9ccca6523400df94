"""LeNet-5, the network that read cheques."""

from pellucid import nn
from pellucid._tensor import Tensor
from pellucid.models._arguments import checked_count
from pellucid.models.model import Model

__all__ = ["LeNet5"]


class LeNet5(Model):
    """LeNet-5: two convolutions, each halved by averaging, and three linear layers; 61,706 parameters.

    LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition" (1998). As it is
    mostly built today, it differs from the paper: the second convolution sees all six maps, the averages have no
    weights of their own, tanh is not scaled, and the last layer is linear, for `CrossEntropyLoss`.

    Shapes: x (n, in_channels, 32, 32), y (n, num_classes). Digits of 28 x 28 pixels get a margin of 2.

    Args:
        num_classes: how many outputs there are.
        in_channels: 1 for grey images.

    Raises:
        ValueError: when a number is below 1; in forward, when the images are not 32 x 32.

    Example:
        >>> import pellucid
        >>> LeNet5()(pellucid.zeros(2, 1, 32, 32)).shape
        Size([2, 10])
    """

    def __init__(self, num_classes: int = 10, in_channels: int = 1) -> None:
        super().__init__()
        self.num_classes = checked_count("LeNet5", "num_classes", num_classes)
        self.in_channels = checked_count("LeNet5", "in_channels", in_channels)
        self.features = nn.Sequential(
            nn.Conv2d(self.in_channels, 6, 5),  # (n, 6, 28, 28)
            nn.Tanh(),
            nn.AvgPool2d(2),  # (n, 6, 14, 14)
            nn.Conv2d(6, 16, 5),  # (n, 16, 10, 10)
            nn.Tanh(),
            nn.AvgPool2d(2),  # (n, 16, 5, 5)
        )
        self.classifier = nn.Sequential(
            nn.Linear(16 * 5 * 5, 120),
            nn.Tanh(),
            nn.Linear(120, 84),
            nn.Tanh(),
            nn.Linear(84, self.num_classes),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return the outputs, before any softmax."""
        if tuple(x.shape[2:]) != (32, 32):
            raise ValueError(f"LeNet5 wants images of 32 x 32 pixels, got the batch {tuple(x.shape)}")
        return self.classifier(self.features(x).flatten(1))

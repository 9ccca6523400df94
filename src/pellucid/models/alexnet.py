"""AlexNet, the network that began the deep decade."""

from pellucid import nn
from pellucid._tensor import Tensor
from pellucid.models._arguments import checked_count, checked_probability
from pellucid.models.model import Model

__all__ = ["AlexNet"]


class AlexNet(Model):
    """AlexNet: five convolutions and three linear layers; 61,100,840 parameters for 1,000 classes.

    Krizhevsky, "One weird trick for parallelizing convolutional neural networks" (2014): the one-column form of
    Krizhevsky, Sutskever and Hinton (2012), without local response norm. Names and shapes of the state are those of
    torchvision, so its weights can be loaded.

    Shapes: x (n, in_channels, height, width) of at least 63 x 63 pixels, 224 x 224 in the paper; y (n, num_classes).

    Args:
        num_classes: how many outputs there are.
        dropout: the probability with which an input of the first two linear layers is silenced in training.
        in_channels: 3 for colour images.

    Raises:
        ValueError: when a number is below 1, or dropout not in [0, 1).

    Example:
        >>> import pellucid
        >>> AlexNet(num_classes=5).eval()(pellucid.zeros(1, 3, 63, 63)).shape
        Size([1, 5])
    """

    def __init__(self, num_classes: int = 1000, dropout: float = 0.5, in_channels: int = 3) -> None:
        super().__init__()
        self.num_classes = checked_count("AlexNet", "num_classes", num_classes)
        self.dropout = checked_probability("AlexNet", "dropout", dropout)
        self.in_channels = checked_count("AlexNet", "in_channels", in_channels)
        self.features = nn.Sequential(
            nn.Conv2d(self.in_channels, 64, 11, stride=4, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(3, stride=2),
            nn.Conv2d(64, 192, 5, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(3, stride=2),
            nn.Conv2d(192, 384, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(384, 256, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(256, 256, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(3, stride=2),
        )
        self.avgpool = nn.AdaptiveAvgPool2d((6, 6))
        self.classifier = nn.Sequential(
            nn.Dropout(self.dropout),
            nn.Linear(256 * 6 * 6, 4096),
            nn.ReLU(),
            nn.Dropout(self.dropout),
            nn.Linear(4096, 4096),
            nn.ReLU(),
            nn.Linear(4096, self.num_classes),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return the outputs, before any softmax."""
        return self.classifier(self.avgpool(self.features(x)).flatten(1))

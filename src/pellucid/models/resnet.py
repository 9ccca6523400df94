"""ResNet: layers that learn what to add to their input."""

from pellucid import nn
from pellucid._tensor import Tensor
from pellucid.models._arguments import checked_count
from pellucid.models.model import Model

__all__ = ["BasicBlock", "Bottleneck", "ResNet"]


class BasicBlock(nn.Module):
    """y = relu(F(x) + x), where F is two convolutions of 3 x 3 with batch norm.

    He, Zhang, Ren and Sun, "Deep residual learning for image recognition" (2016). Where F changes the shape, x goes
    through `downsample`, a convolution of 1 x 1 with batch norm.

    Shapes: x (n, in_channels, h, w), y (n, channels, ⌈h / stride⌉, ⌈w / stride⌉).

    Args:
        in_channels: channels of x.
        channels: channels of y.
        stride: 1, or 2 to halve the image.

    Example:
        >>> import pellucid
        >>> BasicBlock(4, 8, stride=2)(pellucid.zeros(1, 4, 6, 6)).shape
        Size([1, 8, 3, 3])
    """

    expansion = 1

    def __init__(self, in_channels: int, channels: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, channels, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU()
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.downsample = _shortcut(in_channels, channels, stride)

    def forward(self, x: Tensor) -> Tensor:
        """Return relu(F(x) + x)."""
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return self.relu(y + self.downsample(x) if self.downsample is not None else y + x)


class Bottleneck(nn.Module):
    """y = relu(F(x) + x), where F is convolutions of 1 x 1, 3 x 3 and 1 x 1 with batch norm.

    He, Zhang, Ren and Sun (2016). The first narrows to `channels`, the last widens to four times as many. The stride is
    in the convolution of 3 x 3, as in torchvision; the paper has it in the first.

    Shapes: x (n, in_channels, h, w), y (n, 4 · channels, ⌈h / stride⌉, ⌈w / stride⌉).

    Args:
        in_channels: channels of x.
        channels: channels between the convolutions.
        stride: 1, or 2 to halve the image.

    Example:
        >>> import pellucid
        >>> Bottleneck(16, 4)(pellucid.zeros(1, 16, 6, 6)).shape
        Size([1, 16, 6, 6])
    """

    expansion = 4

    def __init__(self, in_channels: int, channels: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, channels, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, stride=stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.conv3 = nn.Conv2d(channels, channels * self.expansion, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(channels * self.expansion)
        self.relu = nn.ReLU()
        self.downsample = _shortcut(in_channels, channels * self.expansion, stride)

    def forward(self, x: Tensor) -> Tensor:
        """Return relu(F(x) + x)."""
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return self.relu(y + self.downsample(x) if self.downsample is not None else y + x)


def _shortcut(n_in: int, n_out: int, stride: int) -> nn.Sequential | None:
    """Give what brings x to the shape of F(x), or None where it has it."""
    if stride == 1 and n_in == n_out:
        return None
    return nn.Sequential(nn.Conv2d(n_in, n_out, 1, stride=stride, bias=False), nn.BatchNorm2d(n_out))


BLOCKS: dict[int, tuple[type[BasicBlock] | type[Bottleneck], tuple[int, ...]]] = {
    18: (BasicBlock, (2, 2, 2, 2)),
    34: (BasicBlock, (3, 4, 6, 3)),
    50: (Bottleneck, (3, 4, 6, 3)),
    101: (Bottleneck, (3, 4, 23, 3)),
    152: (Bottleneck, (3, 8, 36, 3)),
}
"""The block and how many of it stand in each of the four stages, by depth."""


class ResNet(Model):
    """ResNet: a convolution, four stages of residual blocks, the average of each channel, and a linear layer.

    He, Zhang, Ren and Sun, "Deep residual learning for image recognition" (2016). For 1,000 classes ResNet-18 has
    11,689,512 parameters, ResNet-50 25,557,032. Names, shapes and initial distribution of the state are those of
    torchvision, so its weights can be loaded: normal of deviation √(2 / fan_out) for convolutions.

    Shapes: x (n, in_channels, height, width), 224 x 224 pixels in the paper; y (n, num_classes).

    Args:
        depth: 18, 34, 50, 101 or 152 layers with weights.
        num_classes: how many outputs there are.
        in_channels: 3 for colour images.

    Raises:
        ValueError: when the depth is another or a number is below 1.

    Example:
        >>> import pellucid
        >>> ResNet(18, num_classes=5).eval()(pellucid.zeros(1, 3, 32, 32)).shape
        Size([1, 5])
    """

    def __init__(self, depth: int, num_classes: int = 1000, in_channels: int = 3) -> None:
        super().__init__()
        if depth not in BLOCKS:
            raise ValueError(f"ResNet: depth is one of {', '.join(map(str, BLOCKS))}, got {depth!r}")
        self.depth, self.num_classes = int(depth), checked_count("ResNet", "num_classes", num_classes)
        self.in_channels = checked_count("ResNet", "in_channels", in_channels)
        block, repeats = BLOCKS[self.depth]
        self.conv1 = nn.Conv2d(self.in_channels, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.layer1 = _stage(block, 64, 64, repeats[0], stride=1)
        self.layer2 = _stage(block, 64 * block.expansion, 128, repeats[1], stride=2)
        self.layer3 = _stage(block, 128 * block.expansion, 256, repeats[2], stride=2)
        self.layer4 = _stage(block, 256 * block.expansion, 512, repeats[3], stride=2)
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(512 * block.expansion, self.num_classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x: Tensor) -> Tensor:
        """Return the outputs, before any softmax."""
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))  # (n, 64, h / 4, w / 4)
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))  # (n, 512 · expansion, h / 32, w / 32)
        return self.fc(self.avgpool(x).flatten(1))


def _stage(
    block: type[BasicBlock] | type[Bottleneck], in_channels: int, channels: int, repeats: int, stride: int
) -> nn.Sequential:
    """Only the first block of a stage changes the shape."""
    first = block(in_channels, channels, stride)
    return nn.Sequential(first, *(block(channels * block.expansion, channels) for _ in range(repeats - 1)))

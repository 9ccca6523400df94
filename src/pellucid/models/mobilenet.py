"""MobileNetV2: few multiplications, for small computers."""

import math

from pellucid import nn
from pellucid._tensor import Tensor
from pellucid.models._arguments import checked_count, checked_probability
from pellucid.models.model import Model

__all__ = ["InvertedResidual", "MobileNetV2"]

STAGES = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
"""Expansion, channels, blocks and first stride of each stage (table 2 of the paper)."""


class InvertedResidual(nn.Module):
    """A block that widens, looks at each channel by itself, and narrows; with a shortcut where the shape stays.

    y = project(relu6(depthwise(relu6(expand(x))))) + x: convolutions of 1 x 1, of 3 x 3 a channel, and of 1 x 1, each
    with batch norm. Nothing follows the last one: a ReLU on few channels loses what it cuts off. Sandler, Howard, Zhu,
    Zhmoginov and Chen (2018).

    Shapes: x (n, in_channels, h, w), y (n, out_channels, ⌈h / stride⌉, ⌈w / stride⌉).

    Args:
        in_channels: channels of x.
        out_channels: channels of y.
        stride: 1, or 2 to halve the image.
        expand_ratio: how many times wider the middle is; 1 leaves the first convolution out.

    Example:
        >>> import pellucid
        >>> InvertedResidual(4, 6, stride=2, expand_ratio=6)(pellucid.zeros(1, 4, 8, 8)).shape
        Size([1, 6, 4, 4])
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int, expand_ratio: int) -> None:
        super().__init__()
        self.use_res_connect = stride == 1 and in_channels == out_channels
        middle = in_channels * expand_ratio
        widen = [_conv_norm_relu6(in_channels, middle, kernel=1)] if expand_ratio != 1 else []
        self.conv = nn.Sequential(
            *widen,
            _conv_norm_relu6(middle, middle, kernel=3, stride=stride, groups=middle),
            nn.Conv2d(middle, out_channels, 1, bias=False),
            nn.BatchNorm2d(out_channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return the narrowed channels, plus x where it has their shape."""
        return x + self.conv(x) if self.use_res_connect else self.conv(x)


def _conv_norm_relu6(n_in: int, n_out: int, kernel: int, stride: int = 1, groups: int = 1) -> nn.Sequential:
    convolution = nn.Conv2d(n_in, n_out, kernel, stride=stride, padding=kernel // 2, groups=groups, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(n_out), nn.ReLU6())


class MobileNetV2(Model):
    """MobileNetV2: inverted residual blocks, the average of each channel, and a linear layer.

    Sandler, Howard, Zhu, Zhmoginov and Chen, "MobileNetV2: inverted residuals and linear bottlenecks" (2018).
    3,504,872 parameters for 1,000 classes. Names, shapes and initial distribution of the state are those of
    torchvision, so its weights can be loaded.

    Shapes: x (n, in_channels, height, width), 224 x 224 pixels in the paper; y (n, num_classes).

    Args:
        num_classes: how many outputs there are.
        width_mult: factor of the channels, which are then rounded to multiples of eight.
        dropout: the probability with which an input of the linear layer is silenced in training.
        in_channels: 3 for colour images.

    Raises:
        ValueError: when a number is below 1, width_mult not above 0, or dropout not in [0, 1).
        TypeError: when width_mult is no number.

    Example:
        >>> import pellucid
        >>> MobileNetV2(num_classes=5, width_mult=0.35).eval()(pellucid.zeros(1, 3, 32, 32)).shape
        Size([1, 5])
    """

    def __init__(
        self, num_classes: int = 1000, width_mult: float = 1.0, dropout: float = 0.2, in_channels: int = 3
    ) -> None:
        super().__init__()
        self.num_classes = checked_count("MobileNetV2", "num_classes", num_classes)
        self.width_mult = _checked_width(width_mult)
        self.dropout = checked_probability("MobileNetV2", "dropout", dropout)
        self.in_channels = checked_count("MobileNetV2", "in_channels", in_channels)
        width = _in_eights(32 * self.width_mult)
        layers: list[nn.Module] = [_conv_norm_relu6(self.in_channels, width, kernel=3, stride=2)]
        for expansion, channels, blocks, first_stride in STAGES:
            for k in range(blocks):
                n_out = _in_eights(channels * self.width_mult)
                layers.append(InvertedResidual(width, n_out, first_stride if k == 0 else 1, expansion))
                width = n_out
        last = _in_eights(1280 * max(1.0, self.width_mult))
        self.features = nn.Sequential(*layers, _conv_norm_relu6(width, last, kernel=1))
        self.classifier = nn.Sequential(nn.Dropout(self.dropout), nn.Linear(last, self.num_classes))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights anew: deviation √(2 / fan_out) in convolutions, 0.01 in the linear layer."""
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out")
            elif isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, 0, 0.01)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Return the outputs, before any softmax."""
        return self.classifier(self.features(x).mean((2, 3)))


def _checked_width(width_mult: float) -> float:
    if isinstance(width_mult, bool) or not isinstance(width_mult, (int, float)):
        raise TypeError(f"MobileNetV2: width_mult is a number above 0, got {width_mult!r}")
    if not 0 < width_mult < math.inf:
        raise ValueError(f"MobileNetV2: width_mult is above 0, got {width_mult}")
    return float(width_mult)


def _in_eights(channels: float) -> int:
    """Round to a multiple of eight that is at least 90% of the number."""
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels else rounded

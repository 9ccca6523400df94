"""Published networks written once more with PyTorch's functions, from their state alone: names, shapes, arithmetic."""

import torch
from torch.nn import functional as F


def norm(s, name, x, training=True):
    """Batch norm with the batch's own statistics, as in training."""
    mean, variance = (None, None) if training else (s[f"{name}.running_mean"], s[f"{name}.running_var"])
    return F.batch_norm(x, mean, variance, s[f"{name}.weight"], s[f"{name}.bias"], training=training)


def conv(s, name, x, **options):
    return F.conv2d(x, s[f"{name}.weight"], s.get(f"{name}.bias"), **options)


def linear(s, name, x):
    return F.linear(x, s[f"{name}.weight"], s[f"{name}.bias"])


def resnet(s, x, repeats, convolutions):
    """Residual blocks of two or three convolutions; the stride is in the first, or in the middle one of three."""
    x = F.max_pool2d(norm(s, "bn1", conv(s, "conv1", x, stride=2, padding=3)).relu(), 3, 2, 1)
    for stage, n in enumerate(repeats, 1):
        for k in range(n):
            path, stride = f"layer{stage}.{k}", 2 if stage > 1 and k == 0 else 1
            y = x
            for c in range(1, convolutions + 1):
                here = stride if c == convolutions - 1 else 1
                padding = 0 if convolutions == 3 and c != 2 else 1
                y = norm(s, f"{path}.bn{c}", conv(s, f"{path}.conv{c}", y, stride=here, padding=padding))
                y = y.relu() if c < convolutions else y
            if f"{path}.downsample.0.weight" in s:
                x = norm(s, f"{path}.downsample.1", conv(s, f"{path}.downsample.0", x, stride=stride))
            x = (x + y).relu()
    return linear(s, "fc", x.mean((2, 3)))


def alexnet_features(s, x):
    x = F.max_pool2d(conv(s, "features.0", x, stride=4, padding=2).relu(), 3, 2)
    x = F.max_pool2d(conv(s, "features.3", x, padding=2).relu(), 3, 2)
    for k in (6, 8, 10):
        x = conv(s, f"features.{k}", x, padding=1).relu()
    return F.max_pool2d(x, 3, 2)


def alexnet(s, x):
    x = F.adaptive_avg_pool2d(alexnet_features(s, x), (6, 6)).flatten(1)
    x = linear(s, "classifier.1", x).relu()
    x = linear(s, "classifier.4", x).relu()
    return linear(s, "classifier.6", x)


def vgg_features(s, x, layers, batch_norm=False):
    """Layers as the paper's table has them: channels of a convolution, or "M" for halving."""
    k = 0
    for layer in layers:
        if layer == "M":
            x, k = F.max_pool2d(x, 2), k + 1
            continue
        assert s[f"features.{k}.weight"].shape[0] == layer
        x = conv(s, f"features.{k}", x, padding=1)
        x = norm(s, f"features.{k + 1}", x).relu() if batch_norm else x.relu()
        k += 3 if batch_norm else 2
    return x


def mobilenet(s, x):
    """Strides by number of the block, from table 2 of the paper."""
    x = F.relu6(norm(s, "features.0.1", conv(s, "features.0.0", x, stride=2, padding=1)))
    for block in range(1, 18):
        path, stride, y = f"features.{block}.conv", 2 if block in {2, 4, 7, 14} else 1, x
        if block > 1:
            y = F.relu6(norm(s, f"{path}.0.1", conv(s, f"{path}.0.0", y)))
        k = 0 if block == 1 else 1
        channels = y.shape[1]
        y = F.relu6(norm(s, f"{path}.{k}.1", conv(s, f"{path}.{k}.0", y, stride=stride, padding=1, groups=channels)))
        y = norm(s, f"{path}.{k + 2}", conv(s, f"{path}.{k + 1}", y))
        x = x + y if stride == 1 and x.shape == y.shape else y
    x = F.relu6(norm(s, "features.18.1", conv(s, "features.18.0", x)))
    return linear(s, "classifier.1", x.mean((2, 3)))


def torch_state(model):
    """The model's state as tensors of PyTorch; parameters want gradients."""
    parameters = {name for name, _ in model.named_parameters()}
    return {
        name: torch.from_numpy(value.numpy().copy()).requires_grad_(name in parameters)
        for name, value in model.state_dict().items()
    }

"""The deep networks that are compared, in the names that PyTorch and Pellucid share: `nn` is either's."""

from typing import Any

__all__ = ["network"]


def network(nn: Any, name: str) -> Any:
    """Return a network of random weights that gives 10 scores a row."""
    return {
        "cnn": lambda: _cnn(nn),
        "lstm": lambda: _recurrent(nn, nn.LSTM),
        "gru": lambda: _recurrent(nn, nn.GRU),
        "bilstm": lambda: _recurrent(nn, nn.LSTM, bidirectional=True),
        "encoder": lambda: _encoder(nn, dropout=0.0),
        "encoder-dropout": lambda: _encoder(nn, dropout=0.1),
        "resnet18": lambda: _resnet18(nn),
    }[name]()


def _cnn(nn: Any) -> Any:
    """Return two convolutions, each halved, and two linear layers, for images of 1 x 28 x 28."""
    return nn.Sequential(
        *(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(1600, 64), nn.ReLU(), nn.Linear(64, 10)),
    )


def _recurrent(nn: Any, kind: Any, *, bidirectional: bool = False) -> Any:
    """Return layers of 64 and 32 units, of whose last step the scores are made."""
    ways = 2 if bidirectional else 1

    class Recurrent(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = kind(1, 64, batch_first=True, bidirectional=bidirectional)
            self.second = kind(64 * ways, 32, batch_first=True, bidirectional=bidirectional)
            self.out = nn.Linear(32 * ways, 10)

        def forward(self, x: Any) -> Any:
            return self.out(self.second(self.first(x)[0])[0][:, -1])

    return Recurrent()


def _encoder(nn: Any, *, dropout: float) -> Any:
    """Return two encoder layers of width 128, whose mean over the sequence is scored."""

    class Encoder(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            layer = nn.TransformerEncoderLayer(128, 4, 512, dropout=dropout, activation="gelu", batch_first=True)
            self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
            self.out = nn.Linear(128, 10)

        def forward(self, x: Any) -> Any:
            return self.out(self.encoder(x).mean(1))

    return Encoder()


def _resnet18(nn: Any) -> Any:
    """Return ResNet-18 with its stem of 7 x 7, as published (He et al., 2016)."""

    def normed(n_in: int, n_out: int, size: int, stride: int) -> Any:
        conv = nn.Conv2d(n_in, n_out, size, stride=stride, padding=size // 2, bias=False)
        return nn.Sequential(conv, nn.BatchNorm2d(n_out))

    class Block(nn.Module):
        def __init__(self, n_in: int, n_out: int) -> None:
            super().__init__()
            stride = 1 if n_in == n_out else 2
            self.first, self.second = normed(n_in, n_out, 3, stride), normed(n_out, n_out, 3, 1)
            self.shortcut = nn.Identity() if n_in == n_out else normed(n_in, n_out, 1, 2)
            self.relu = nn.ReLU()

        def forward(self, x: Any) -> Any:
            return self.relu(self.second(self.relu(self.first(x))) + self.shortcut(x))

    widths = [(64, 64), (64, 64), (64, 128), (128, 128), (128, 256), (256, 256), (256, 512), (512, 512)]
    return nn.Sequential(
        *(normed(3, 64, 7, 2), nn.ReLU(), nn.MaxPool2d(3, stride=2, padding=1)),
        *(Block(n_in, n_out) for n_in, n_out in widths),
        *(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10)),
    )

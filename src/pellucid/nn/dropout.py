"""Layers that drop activations at random while training, and do nothing in evaluation."""

from pellucid._tensor import Tensor
from pellucid.nn import functional as F
from pellucid.nn.module import Module

__all__ = ["AlphaDropout", "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "FeatureAlphaDropout"]


class _Dropout(Module):
    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        if not 0 <= p <= 1:
            raise ValueError(f"{type(self).__name__} needs a probability p between 0 and 1, got {p}")
        self.p, self.inplace = p, inplace

    def extra_repr(self) -> str:
        """Show the probability."""
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(_Dropout):
    """y = x m / (1 - p), where m is 0 with probability p and else 1; y = x in evaluation.

    Inverted dropout (Hinton et al., 2012; Srivastava et al., 2014): scaling while training keeps the mean, so that
    evaluation needs no scaling. The mask depends on the seed and on how often it was drawn from, not on the engine.

    Args:
        p: the probability of an element to be dropped.
        inplace: put the result into the input, which is lost.

    Raises:
        ValueError: when p lies outside [0, 1].

    Example:
        >>> import pellucid
        >>> layer = Dropout(0.5)
        >>> sorted(set(layer(pellucid.ones(1000)).tolist()))
        [0.0, 2.0]
        >>> layer.eval()(pellucid.ones(2)).tolist()
        [1.0, 1.0]
    """

    def forward(self, x: Tensor) -> Tensor:
        """Drop elements of x while training."""
        return F.dropout(x, self.p, self.training, self.inplace)


class AlphaDropout(_Dropout):
    """Dropout for networks of SELU units, which keeps mean 0 and variance 1 (Klambauer et al., 2017).

    y = a (x m + α' (1 - m)) + b, where m is 0 with probability p and else 1, α' = -1.7581 is where SELU ends, and
    a = ((1 - p) (1 + p α'²))^(-1/2), b = -a p α'; y = x in evaluation.

    Args:
        p: the probability of an element to be dropped.
        inplace: put the result into the input, which is lost.

    Raises:
        ValueError: when p lies outside [0, 1].

    Example:
        >>> import pellucid
        >>> sorted(set(AlphaDropout(0.5)(pellucid.zeros(1000)).round(decimals=4).tolist()))  # doctest: +ELLIPSIS
        [-0.779..., 0.779...]
    """

    def forward(self, x: Tensor) -> Tensor:
        """Drop elements of x to α' while training."""
        return F.alpha_dropout(x, self.p, self.training, self.inplace)


class Dropout1d(_Dropout):
    """Dropout of whole channels of signals (Tompson et al., 2015): y = x m / (1 - p), one m a sample and channel.

    Neighbours in a channel are so alike that dropping single elements would take little away. y = x in evaluation.
    Shapes: x (N, C, L) or (C, L), y the same.

    Args:
        p: the probability of a channel to be dropped.
        inplace: put the result into the input, which is lost.

    Raises:
        ValueError: when p lies outside [0, 1]; in forward, when x has another number of axes.

    Example:
        >>> import pellucid
        >>> y = Dropout1d(0.5)(pellucid.ones(1, 4, 3))
        >>> [len(set(channel.flatten().tolist())) for channel in y[0]]
        [1, 1, 1, 1]
    """

    def forward(self, x: Tensor) -> Tensor:
        """Drop channels of x while training."""
        return F.dropout1d(x, self.p, self.training, self.inplace)


class Dropout2d(_Dropout):
    """Dropout of whole channels of images (Tompson et al., 2015): y = x m / (1 - p), one m a sample and channel.

    Neighbours in a channel are so alike that dropping single elements would take little away. y = x in evaluation.
    Shapes: x (N, C, H, W), y the same. Three axes are taken for
    (N, C, L), as in PyTorch, which warns.

    Args:
        p: the probability of a channel to be dropped.
        inplace: put the result into the input, which is lost.

    Raises:
        ValueError: when p lies outside [0, 1]; in forward, when x has another number of axes.

    Example:
        >>> import pellucid
        >>> y = Dropout2d(0.5)(pellucid.ones(1, 4, 2, 3))
        >>> [len(set(channel.flatten().tolist())) for channel in y[0]]
        [1, 1, 1, 1]
    """

    def forward(self, x: Tensor) -> Tensor:
        """Drop channels of x while training."""
        return F.dropout2d(x, self.p, self.training, self.inplace)


class Dropout3d(_Dropout):
    """Dropout of whole channels of volumes (Tompson et al., 2015): y = x m / (1 - p), one m a sample and channel.

    Neighbours in a channel are so alike that dropping single elements would take little away. y = x in evaluation.
    Shapes: x (N, C, D, H, W) or (C, D, H, W), y the same.

    Args:
        p: the probability of a channel to be dropped.
        inplace: put the result into the input, which is lost.

    Raises:
        ValueError: when p lies outside [0, 1]; in forward, when x has another number of axes.

    Example:
        >>> import pellucid
        >>> y = Dropout3d(0.5)(pellucid.ones(1, 4, 2, 3, 3))
        >>> [len(set(channel.flatten().tolist())) for channel in y[0]]
        [1, 1, 1, 1]
    """

    def forward(self, x: Tensor) -> Tensor:
        """Drop channels of x while training."""
        return F.dropout3d(x, self.p, self.training, self.inplace)


class FeatureAlphaDropout(_Dropout):
    """`AlphaDropout` of whole channels: one m for each sample and channel.

    Shapes: x (N, C, ...), y the same.

    Args:
        p: the probability of a channel to be dropped.
        inplace: put the result into the input, which is lost.

    Raises:
        ValueError: when p lies outside [0, 1]; in forward, when x has fewer than two axes.

    Example:
        >>> import pellucid
        >>> y = FeatureAlphaDropout(0.5)(pellucid.zeros(1, 4, 3))
        >>> [len(set(channel.tolist())) for channel in y[0]]
        [1, 1, 1, 1]
    """

    def forward(self, x: Tensor) -> Tensor:
        """Drop channels of x to α' while training."""
        return F.feature_alpha_dropout(x, self.p, self.training, self.inplace)

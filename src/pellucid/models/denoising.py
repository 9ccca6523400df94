"""The denoising autoencoder."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from pellucid._tensor import Tensor
from pellucid.models.autoencoder import Autoencoder
from pellucid.models.conv_autoencoder import ConvAutoencoder
from pellucid.models.model import Model
from pellucid.ops import creation

__all__ = ["DenoisingAutoencoder"]

KINDS: dict[str, type[Autoencoder] | type[ConvAutoencoder]] = {
    "Autoencoder": Autoencoder,
    "ConvAutoencoder": ConvAutoencoder,
}


class DenoisingAutoencoder(Model):
    """An autoencoder that gets its rows with noise while it learns, and has to give them without.

    y = autoencoder(x + noise · ε) with ε normal in training; y = autoencoder(x) otherwise. Vincent, Larochelle,
    Lajoie, Bengio and Manzagol, "Stacked denoising autoencoders" (2010). The targets are the clean rows.

    Shapes: those of the autoencoder.

    Args:
        autoencoder: an `Autoencoder` or `ConvAutoencoder`, or the config of one.
        noise: the standard deviation of what is added, in the unit of x.

    Raises:
        TypeError: when the autoencoder is something else, or noise no number.
        ValueError: when noise is negative.

    Example:
        >>> from pellucid.models import Autoencoder
        >>> DenoisingAutoencoder(Autoencoder([64, 16]), noise=0.5).config()["autoencoder"]["sizes"]
        [64, 16]
    """

    def __init__(self, autoencoder: Autoencoder | ConvAutoencoder | Mapping[str, Any], noise: float = 0.3) -> None:
        super().__init__()
        self.autoencoder, self.noise = _inner(autoencoder), _checked_noise(noise)

    def forward(self, x: Tensor) -> Tensor:
        """Return the autoencoder's output, in training for x with noise."""
        return self.autoencoder(x + self.noise * creation.randn_like(x) if self.training and self.noise else x)


def _inner(autoencoder: Any) -> Autoencoder | ConvAutoencoder:
    if isinstance(autoencoder, Mapping) and autoencoder.get("kind") in KINDS:
        return KINDS[autoencoder["kind"]].from_config(autoencoder)
    if not isinstance(autoencoder, (Autoencoder, ConvAutoencoder)):
        raise TypeError(f"DenoisingAutoencoder: autoencoder is one of {', '.join(KINDS)}, got {autoencoder!r}")
    return autoencoder


def _checked_noise(noise: Any) -> float:
    if isinstance(noise, bool) or not isinstance(noise, (int, float, np.integer, np.floating)):
        raise TypeError(f"DenoisingAutoencoder: noise is a number, got {noise!r}")
    if not 0 <= noise < math.inf:
        raise ValueError(f"DenoisingAutoencoder: noise is a standard deviation, at least 0, got {noise}")
    return float(noise)

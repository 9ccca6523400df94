"""The variational autoencoder: a code that can be drawn from."""

from collections.abc import Sequence

from pellucid import nn
from pellucid._tensor import Tensor
from pellucid.models._arguments import checked_counts
from pellucid.models.activations import make_activation
from pellucid.models.mlp import MLP
from pellucid.models.model import Model
from pellucid.nn import functional as F
from pellucid.ops import creation

__all__ = ["VariationalAutoencoder", "variational_loss"]


class VariationalAutoencoder(Model):
    """z = μ(x) + σ(x) ε with ε normal, y = decoder(z): an autoencoder whose codes fill the space around zero.

    Kingma and Welling, "Auto-encoding variational Bayes" (2014), with Bernoulli pixels: x is from 0 to 1, and y are
    logits, so that sigmoid(y) is the picture. Train it with `variational_loss`; `decode` makes pictures of codes, also
    of codes that are drawn from the normal distribution.

    Shapes: x and y (n, sizes[0]), z, μ and log σ² (n, sizes[-1]).

    Args:
        sizes: units of the input, of each hidden layer, and of the code.
        activation: of the hidden layers, a name in `pellucid.models.ACTIVATIONS`.

    Raises:
        ValueError: when there are fewer than three sizes, one is below 1, or the activation is unknown.
        TypeError: when a size is no integer.

    Example:
        >>> import pellucid
        >>> model = VariationalAutoencoder([64, 32, 2])
        >>> y, mean, log_variance = model(pellucid.zeros(5, 64))
        >>> y.shape, mean.shape, log_variance.shape
        (Size([5, 64]), Size([5, 2]), Size([5, 2]))
        >>> model.decode(pellucid.randn(3, 2)).shape
        Size([3, 64])
    """

    def __init__(self, sizes: Sequence[int], activation: str = "relu") -> None:
        super().__init__()
        self.sizes = checked_counts("VariationalAutoencoder", "sizes", sizes, least=3)
        self.activation = activation
        *hidden, code = self.sizes
        self.hidden = nn.Sequential(MLP(hidden, activation), make_activation(activation))
        self.mean = nn.Linear(hidden[-1], code)
        self.log_variance = nn.Linear(hidden[-1], code)
        self.decoder = MLP(self.sizes[::-1], activation)

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return the mean and the logarithm of the variance of the codes of x."""
        h = self.hidden(x)
        return self.mean(h), self.log_variance(h)

    def decode(self, z: Tensor) -> Tensor:
        """Return the pictures of codes, from 0 to 1."""
        return F.sigmoid(self.decoder(z))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return logits of x, and μ and log σ²; z is drawn in training and μ itself otherwise."""
        mean, log_variance = self.encode(x)
        z = mean + (0.5 * log_variance).exp() * creation.randn_like(mean) if self.training else mean
        return self.decoder(z), mean, log_variance


def variational_loss(output: tuple[Tensor, Tensor, Tensor], x: Tensor, beta: float = 1.0) -> Tensor:
    """Return how badly x is given back, plus how far its codes are from normal ones; the mean over the rows.

    L = - Σ_pixels log p(x | z) + β KL(N(μ, σ²) ‖ N(0, 1)), where KL = ½ Σ_codes (μ² + σ² - log σ² - 1). With β = 1
    it is the negative of the evidence's lower bound (Kingma and Welling, 2014), in nats a row; a larger β asks for
    codes nearer to normal ones (Higgins et al., 2017).

    Shapes: output as `VariationalAutoencoder` gives it, x (n, pixels) from 0 to 1; the result is one number.

    Args:
        output: logits of x, μ and log σ².
        x: the clean rows.
        beta: the weight of the second part, at least 0.

    Raises:
        ValueError: when the shapes do not fit, or beta is negative.

    Example:
        >>> import pellucid
        >>> zeros = pellucid.zeros(2, 4)
        >>> round(variational_loss((zeros, zeros, zeros), zeros).item() / 4, 4)  # log 2 a pixel
        0.6931
    """
    logits, mean, log_variance = output
    if tuple(logits.shape) != tuple(x.shape) or len(x.shape) != 2:
        raise ValueError(
            f"variational_loss wants rows of the output's shape {tuple(logits.shape)}, got {tuple(x.shape)}"
        )
    if not beta >= 0:
        raise ValueError(f"variational_loss: beta is at least 0, got {beta}")
    badly = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)
    far = 0.5 * (mean**2 + log_variance.exp() - log_variance - 1).sum(1)
    return (badly + beta * far).mean()

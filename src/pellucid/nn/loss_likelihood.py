"""Negative log-likelihoods of distributions, in nats."""

from typing import Any

from pellucid._tensor import Tensor
from pellucid.nn import functional as F
from pellucid.nn.loss import Loss

__all__ = ["GaussianNLLLoss", "KLDivLoss", "PoissonNLLLoss"]


class KLDivLoss(Loss):
    """The Kullback-Leibler divergence from x to t, element by element: l = t (log t - x), where x = log p.

    Summed over a distribution it is KL(t || p) in nats (Kullback and Leibler, 1951); 0 log 0 is 0.
    Shapes: x and t any one shape; l that shape with reduction="none", else a single number.
    "mean" divides by the number of elements, "batchmean" by the first axis's size, which is the mathematical mean
    over samples: prefer it.

    Args:
        size_average: not supported; leave it None.
        reduce: not supported; leave it None.
        reduction: "none", "mean", "batchmean" or "sum".
        log_target: t holds log-probabilities too: l = e^t (t - x).

    Raises:
        ValueError: when the shapes differ, or the reduction is unknown.
        RuntimeError: when the input holds integers.

    Example:
        >>> import pellucid
        >>> x, t = pellucid.tensor([[0.5, 0.5]]).log(), pellucid.tensor([[1.0, 0.0]])
        >>> KLDivLoss(reduction="batchmean")(x, t)  # 1 log(1 / 0.5) + 0
        tensor(0.6931)
    """

    def __init__(
        self, size_average: Any = None, reduce: Any = None, reduction: str = "mean", log_target: bool = False
    ) -> None:
        # The base does not know "batchmean", which no other loss has.
        super().__init__(size_average, reduce, "sum" if reduction == "batchmean" else reduction)
        self.reduction, self.log_target = reduction, log_target

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the divergence of the log-probabilities x from t."""
        return F.kl_div(input, target, reduction=self.reduction, log_target=self.log_target)


class PoissonNLLLoss(Loss):
    """The negative log-likelihood of counts t under Poisson rates, l = rate - t log rate, without log t!.

    The rate is e^x, or x itself with log_input=False, where the logarithm is taken of x + eps.
    Shapes: x and t any one shape; l that shape with reduction="none", else a single number. Rates are counts
    expected an element. Counts below 0 are refused, where PyTorch computes on.

    Args:
        log_input: x is the logarithm of the rate.
        full: add Stirling's approximation of log t!, t log t - t + log(2 pi t) / 2, where t > 1.
        size_average: not supported; leave it None.
        eps: keeps log(x + eps) finite with log_input=False.
        reduce: not supported; leave it None.
        reduction: "none", "mean" or "sum".

    Raises:
        ValueError: when the shapes differ, a count is negative, or the reduction is unknown.
        RuntimeError: when the input holds integers.

    Example:
        >>> import pellucid
        >>> x, t = pellucid.tensor([0.0, 1.0]), pellucid.tensor([3.0, 2.0])
        >>> PoissonNLLLoss(reduction="none")(x, t)  # 1 - 0, e - 2
        tensor([1.0000, 0.7183])
    """

    def __init__(
        self,
        log_input: bool = True,
        full: bool = False,
        size_average: Any = None,
        eps: float = 1e-8,
        reduce: Any = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.log_input, self.full, self.eps = log_input, full, eps

    def forward(self, log_input: Tensor, target: Tensor) -> Tensor:
        """Return the loss of log-rates (or rates) x against the counts t."""
        return F.poisson_nll_loss(
            log_input, target, log_input=self.log_input, full=self.full, eps=self.eps, reduction=self.reduction
        )


class GaussianNLLLoss(Loss):
    """The negative log-likelihood of t under a normal distribution, l = (log v + (x - t)^2 / v) / 2.

    The network says mean x and variance v (Nix and Weigend, 1994). v is held at eps from below; the gradient
    passes there unchanged, so that a variance of 0 can grow again.
    Shapes: x and t any one shape; var that shape, or with the last axis missing, or with one axis of length 1, or a
    single Python number; l x's shape with reduction="none", else a single number.

    Args:
        full: add the constant log(2 pi) / 2.
        eps: the smallest variance, in squared units of t.
        reduction: "none", "mean" or "sum".

    Raises:
        ValueError: when the shapes do not fit, a variance is negative, eps is not above 0, or the reduction is unknown.
        RuntimeError: when the input holds integers.

    Example:
        >>> import pellucid
        >>> x, t, var = pellucid.tensor([1.0, 3.0]), pellucid.tensor([3.0, 3.0]), pellucid.tensor([4.0, 1.0])
        >>> GaussianNLLLoss(reduction="none")(x, t, var)  # (ln 4 + 4 / 4) / 2, 0
        tensor([1.1931, 0.0000])
    """

    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> None:
        super().__init__(reduction=reduction)
        if eps <= 0:
            raise ValueError(f"GaussianNLLLoss needs an eps above 0, got {eps}")
        self.full, self.eps = full, eps

    def forward(self, input: Tensor, target: Tensor, var: Tensor | float) -> Tensor:
        """Return the loss of means x with variances var against t."""
        return F.gaussian_nll_loss(input, target, var, full=self.full, eps=self.eps, reduction=self.reduction)

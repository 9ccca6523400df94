"""AdamW: Adam whose weight decay does not pass through the moments."""

from pellucid.optim.adam import Adam
from pellucid.optim.optimizer import Params

__all__ = ["AdamW"]


class AdamW(Adam):
    """Adam with decoupled weight decay.

    p_t = (1 - lr weight_decay) p_(t-1) - lr m^ / (sqrt(v^) + eps), with m^ and v^ of Adam from the bare gradient

    Source: Loshchilov and Hutter, 2019. As in PyTorch the decay is multiplied by lr, where the paper has a
    schedule's factor of its own.

    Args:
        params: what to train.
        lr: the learning rate, about the size of one step.
        betas: how much of the first and the second moment is kept.
        eps: keeps the division finite.
        weight_decay: the share of p that is taken away, times lr.
        amsgrad: never let a step's scale grow again.
        maximize: climb instead of descend.
        foreach: PyTorch's choice of implementation; only the default is supported, likewise below.
        capturable: see foreach.
        differentiable: see foreach.
        fused: see foreach.

    Raises:
        ValueError: for negative values or betas outside [0, 1).

    Example:
        >>> import pellucid
        >>> w = pellucid.tensor([1.0, -2.0], requires_grad=True)
        >>> optimizer = AdamW([w], lr=0.25, weight_decay=0.4)
        >>> (w * w).sum().backward()
        >>> optimizer.step()
        >>> [round(x, 4) for x in w.tolist()]
        [0.65, -1.55]
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            maximize=maximize,
            foreach=foreach,
            capturable=capturable,
            differentiable=differentiable,
            fused=fused,
            decoupled_weight_decay=True,
        )

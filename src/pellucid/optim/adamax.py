"""Adamax: Adam with the largest gradient in the place of the root mean square."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from pellucid._tensor import Array
from pellucid.optim._checks import nonnegative, refuse_switches, unit_interval
from pellucid.optim.optimizer import Optimizer, ParamGroup, Params, State

__all__ = ["Adamax"]


class Adamax(Optimizer):
    """Adam by the infinity norm.

    m_t = beta1 m_(t-1) + (1 - beta1) g_t
    u_t = max(beta2 u_(t-1), |g_t| + eps)
    p_t = p_(t-1) - lr / (1 - beta1^t) m_t / u_t

    Source: Kingma and Ba, 2015, section 7.1; eps, which the paper lacks, is PyTorch's.

    Args:
        params: what to train.
        lr: the learning rate, about the size of one step.
        betas: how much of the moment and of the largest gradient is kept.
        eps: keeps the division finite.
        weight_decay: lambda of the penalty lambda / 2 ||p||^2.
        foreach: PyTorch's choice of implementation; only the default is supported, likewise below.
        maximize: climb instead of descend.
        differentiable: see foreach.
        capturable: see foreach.

    Raises:
        ValueError: for negative values or betas outside [0, 1).

    Example:
        >>> import pellucid
        >>> w = pellucid.tensor([1.0, -2.0], requires_grad=True)
        >>> optimizer = Adamax([w], lr=0.25)
        >>> (w * w).sum().backward()
        >>> optimizer.step()
        >>> [round(x, 4) for x in w.tolist()]
        [0.75, -1.75]
    """

    def __init__(
        self,
        params: Params,
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        refuse_switches("Adamax", foreach=foreach, differentiable=differentiable, capturable=capturable)
        defaults = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "maximize": maximize}
        super().__init__(params, defaults)

    def check(self, group: Mapping[str, Any]) -> None:
        """Refuse negative values and betas outside [0, 1)."""
        nonnegative("Adamax", group, "lr", "eps", "weight_decay")
        unit_interval("Adamax", "betas", *group["betas"])

    def init(self, p: Array, group: ParamGroup) -> State:  # noqa: ARG002
        """Moment and largest gradient start at zero."""
        return {"step": 0, "exp_avg": np.zeros_like(p), "exp_inf": np.zeros_like(p)}

    def update(self, p: Array, g: Array, state: State, group: ParamGroup) -> None:
        """Move p by its first moment over the largest gradient."""
        beta1, beta2 = group["betas"]
        k = state["step"] = state["step"] + 1
        g = self.with_decay(g, p, group["weight_decay"])
        m, u, t = state["exp_avg"], state["exp_inf"], self.scratch(p, "t")

        m += np.multiply(np.subtract(g, m, out=t), 1 - beta1, out=t)
        u *= beta2
        np.maximum(u, np.add(np.abs(g, out=t), group["eps"], out=t), out=u)
        p -= np.multiply(np.divide(m, u, out=t), group["lr"] / (1 - beta1**k), out=t)

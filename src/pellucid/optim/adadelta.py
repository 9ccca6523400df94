"""Adadelta: steps in the units of the weights."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from pellucid._tensor import Array
from pellucid.optim._checks import nonnegative, refuse_switches, unit_interval
from pellucid.optim.optimizer import Optimizer, ParamGroup, Params, State

__all__ = ["Adadelta"]


class Adadelta(Optimizer):
    """The ratio of two running root mean squares, of the steps and of the gradients, as the learning rate.

    v_t = rho v_(t-1) + (1 - rho) g_t^2
    d_t = sqrt(u_(t-1) + eps) / sqrt(v_t + eps) g_t
    u_t = rho u_(t-1) + (1 - rho) d_t^2
    p_t = p_(t-1) - lr d_t

    Source: Zeiler, 2012, where lr is 1.

    Args:
        params: what to train.
        lr: a factor on every step.
        rho: how much of the running means is kept.
        eps: lets the first step begin, and keeps the division finite.
        weight_decay: lambda of the penalty lambda / 2 ||p||^2.
        foreach: PyTorch's choice of implementation; only the default is supported, likewise below.
        capturable: see foreach.
        maximize: climb instead of descend.
        differentiable: see foreach.

    Raises:
        ValueError: for negative values or rho outside [0, 1].

    Example:
        >>> import pellucid
        >>> w = pellucid.tensor([1.0, -2.0], requires_grad=True)
        >>> optimizer = Adadelta([w], rho=0.75, eps=1.0)
        >>> (w * w).sum().backward()
        >>> optimizer.step()
        >>> [round(x, 4) for x in w.tolist()]
        [-0.4142, -0.2111]
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        capturable: bool = False,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        refuse_switches("Adadelta", foreach=foreach, capturable=capturable, differentiable=differentiable)
        defaults = {"lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay, "maximize": maximize}
        super().__init__(params, defaults)

    def check(self, group: Mapping[str, Any]) -> None:
        """Refuse negative values and rho outside [0, 1]."""
        nonnegative("Adadelta", group, "lr", "eps", "weight_decay")
        unit_interval("Adadelta", "rho", group["rho"], closed=True)

    def init(self, p: Array, group: ParamGroup) -> State:  # noqa: ARG002
        """Both means start at zero."""
        return {"step": 0, "square_avg": np.zeros_like(p), "acc_delta": np.zeros_like(p)}

    def update(self, p: Array, g: Array, state: State, group: ParamGroup) -> None:
        """Move p by the gradient in the units of its own steps."""
        rho, eps = group["rho"], group["eps"]
        state["step"] += 1
        g = self.with_decay(g, p, group["weight_decay"])
        v, u = state["square_avg"], state["acc_delta"]
        t, d = self.scratch(p, "t"), self.scratch(p, "d")

        v *= rho
        v += np.multiply(np.multiply(g, g, out=t), 1 - rho, out=t)
        np.sqrt(np.add(u, eps, out=d), out=d)
        np.multiply(np.divide(d, np.sqrt(np.add(v, eps, out=t), out=t), out=d), g, out=d)
        u *= rho
        u += np.multiply(np.multiply(d, d, out=t), 1 - rho, out=t)
        p -= np.multiply(d, group["lr"], out=t)

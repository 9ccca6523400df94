"""SGD: steps against the gradient, with momentum and Nesterov's variant."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from pellucid import kernels as K
from pellucid._tensor import Array
from pellucid.optim._checks import nonnegative, refuse_switches
from pellucid.optim.optimizer import Optimizer, ParamGroup, Params, State

__all__ = ["SGD"]


class SGD(Optimizer):
    """Stochastic gradient descent.

    g_t = dL/dp_(t-1) + weight_decay p_(t-1)
    b_t = momentum b_(t-1) + (1 - dampening) g_t, with b_1 = g_1
    p_t = p_(t-1) - lr b_t, or with Nesterov's variant p_t = p_(t-1) - lr (g_t + momentum b_t)

    Source: Robbins and Monro, 1951; Polyak, 1964 (momentum); Nesterov, 1983, in the form of Sutskever et al.,
    2013. As in PyTorch the velocity b does not contain the learning rate, so that a change of lr acts at once.

    Args:
        params: what to train.
        lr: the learning rate.
        momentum: how much of the velocity is kept.
        dampening: how much of the gradient is kept out of the velocity, from the second step on.
        weight_decay: lambda of the penalty lambda / 2 ||p||^2.
        nesterov: look ahead along the velocity.
        maximize: climb instead of descend.
        foreach: PyTorch's choice of implementation; only the default is supported, likewise below.
        differentiable: see foreach.
        fused: see foreach.

    Raises:
        ValueError: for negative values, or Nesterov without momentum or with dampening.

    Example:
        >>> import pellucid
        >>> w = pellucid.tensor([1.0, -2.0], requires_grad=True)
        >>> optimizer = SGD([w], lr=0.25)
        >>> (w * w).sum().backward()
        >>> optimizer.step()
        >>> [round(x, 4) for x in w.tolist()]
        [0.5, -1.0]
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        refuse_switches("SGD", foreach=foreach, differentiable=differentiable, fused=fused)
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    def check(self, group: Mapping[str, Any]) -> None:
        """Refuse negative values, and Nesterov where it means nothing."""
        nonnegative("SGD", group, "lr", "momentum", "dampening", "weight_decay")
        if group["nesterov"] and (group["momentum"] <= 0 or group["dampening"] != 0):
            raise ValueError(
                "SGD: nesterov=True needs a positive momentum and dampening=0, got "
                f"momentum={group['momentum']} and dampening={group['dampening']}"
            )

    def update(self, p: Array, g: Array, state: State, group: ParamGroup) -> None:
        """Move p along its velocity."""
        mu = group["momentum"]
        g = self.with_decay(g, p, group["weight_decay"])
        t = self.scratch(p, "t")
        if mu != 0:
            if "momentum_buffer" not in state:
                state["momentum_buffer"] = b = g.copy()
            else:
                b = state["momentum_buffer"]
                b *= mu
                b += np.multiply(g, 1 - group["dampening"], out=t)
            g = np.add(g, np.multiply(b, mu, out=t), out=t) if group["nesterov"] else b
        p -= np.multiply(g, group["lr"], out=t)

    def update_all(self, ps: list[Array], gs: list[Array], states: list[State], group: ParamGroup) -> bool:
        """As `update`, all parameters at once; the first velocities are made one by one."""
        bs = None
        if group["momentum"] != 0:
            if not all("momentum_buffer" in s for s in states):
                return False
            bs = [s["momentum_buffer"] for s in states]
        return K.update_sgd(
            ps,
            gs,
            bs,
            group["lr"],
            group["momentum"],
            group["dampening"],
            group["weight_decay"],
            group["nesterov"],
            group["maximize"],
        )

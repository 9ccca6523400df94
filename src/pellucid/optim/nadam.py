"""NAdam: Adam with Nesterov's look ahead."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from pellucid._tensor import Array
from pellucid.optim._checks import nonnegative, refuse_switches, unit_interval
from pellucid.optim.optimizer import Optimizer, ParamGroup, Params, State

__all__ = ["NAdam"]


class NAdam(Optimizer):
    """Adam whose first moment looks one step ahead.

    mu_t = beta1 (1 - 0.96^(t momentum_decay) / 2)
    m_t and v_t as in Adam, v^ = v_t / (1 - beta2^t)
    m^ = mu_(t+1) m_t / (1 - mu_1 ... mu_(t+1)) + (1 - mu_t) g_t / (1 - mu_1 ... mu_t)
    p_t = p_(t-1) - lr m^ / (sqrt(v^) + eps)

    Source: Dozat, 2016.

    Args:
        params: what to train.
        lr: the learning rate, about the size of one step.
        betas: how much of the first and the second moment is kept.
        eps: keeps the division finite.
        weight_decay: lambda of the penalty lambda / 2 ||p||^2.
        momentum_decay: how fast mu rises to beta1; at 0 it stays at beta1 / 2.
        decoupled_weight_decay: shrink p itself, as AdamW does.
        foreach: PyTorch's choice of implementation; only the default is supported, likewise below.
        maximize: climb instead of descend.
        capturable: see foreach.
        differentiable: see foreach.

    Raises:
        ValueError: for negative values or betas outside [0, 1).

    Example:
        >>> import pellucid
        >>> w = pellucid.tensor([1.0, -2.0], requires_grad=True)
        >>> optimizer = NAdam([w], lr=0.25)
        >>> (w * w).sum().backward()
        >>> optimizer.step()
        >>> [round(x, 4) for x in w.tolist()]
        [0.7359, -1.7359]
    """

    def __init__(
        self,
        params: Params,
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        refuse_switches("NAdam", foreach=foreach, capturable=capturable, differentiable=differentiable)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "momentum_decay": momentum_decay,
            "decoupled_weight_decay": decoupled_weight_decay,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    def check(self, group: Mapping[str, Any]) -> None:
        """Refuse negative values and betas outside [0, 1)."""
        nonnegative("NAdam", group, "lr", "eps", "weight_decay", "momentum_decay")
        unit_interval("NAdam", "betas", *group["betas"])

    def init(self, p: Array, group: ParamGroup) -> State:  # noqa: ARG002
        """Both moments start at zero, the product of the mu at one."""
        return {"step": 0, "mu_product": 1.0, "exp_avg": np.zeros_like(p), "exp_avg_sq": np.zeros_like(p)}

    def update(self, p: Array, g: Array, state: State, group: ParamGroup) -> None:
        """Move p by the moment that looks ahead."""
        lr, (beta1, beta2), decay = group["lr"], group["betas"], group["weight_decay"]
        k = state["step"] = state["step"] + 1
        m, v = state["exp_avg"], state["exp_avg_sq"]
        t, s = self.scratch(p, "t"), self.scratch(p, "s")
        if group["decoupled_weight_decay"]:
            p *= 1 - lr * decay
        else:
            g = self.with_decay(g, p, decay)

        mu = beta1 * (1 - 0.5 * 0.96 ** (k * group["momentum_decay"]))
        mu_next = beta1 * (1 - 0.5 * 0.96 ** ((k + 1) * group["momentum_decay"]))
        product = state["mu_product"] = state["mu_product"] * mu

        m += np.multiply(np.subtract(g, m, out=t), 1 - beta1, out=t)
        v *= beta2
        v += np.multiply(np.multiply(g, g, out=t), 1 - beta2, out=t)
        np.multiply(m, mu_next / (1 - product * mu_next), out=t)
        np.add(t, np.multiply(g, (1 - mu) / (1 - product), out=s), out=t)

        # m^ / (sqrt(v^) + eps) = m^ c / (sqrt(v) + eps c), with c = sqrt(1 - beta2^k)
        c = math.sqrt(1 - beta2**k)
        np.add(np.sqrt(v, out=s), group["eps"] * c, out=s)
        p -= np.multiply(np.divide(t, s, out=t), lr * c, out=t)

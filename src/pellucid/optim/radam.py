"""RAdam: Adam that waits until its second moment can be trusted."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from pellucid._tensor import Array
from pellucid.optim._checks import nonnegative, refuse_switches, unit_interval
from pellucid.optim.optimizer import Optimizer, ParamGroup, Params, State

__all__ = ["RAdam"]


class RAdam(Optimizer):
    """Rectified Adam: no division by the second moment while it rests on too few gradients.

    m_t and v_t as in Adam, m^ = m_t / (1 - beta1^t), l_t = sqrt(1 - beta2^t) / (sqrt(v_t) + eps)
    rho_inf = 2 / (1 - beta2) - 1, rho_t = rho_inf - 2 t beta2^t / (1 - beta2^t)
    p_t = p_(t-1) - lr m^ r_t l_t when rho_t > 5, else p_(t-1) - lr m^
    r_t = sqrt((rho_t - 4)(rho_t - 2) rho_inf / ((rho_inf - 4)(rho_inf - 2) rho_t))

    Source: Liu et al., 2020. As in PyTorch the threshold is 5, where the paper has 4, and eps is added to
    sqrt(v), before its bias is corrected.

    Args:
        params: what to train.
        lr: the learning rate.
        betas: how much of the first and the second moment is kept.
        eps: keeps the division finite.
        weight_decay: lambda of the penalty lambda / 2 ||p||^2.
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
        >>> optimizer = RAdam([w], lr=0.25)
        >>> (w * w).sum().backward()
        >>> optimizer.step()
        >>> [round(x, 4) for x in w.tolist()]
        [0.5, -1.0]
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        refuse_switches("RAdam", foreach=foreach, capturable=capturable, differentiable=differentiable)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "decoupled_weight_decay": decoupled_weight_decay,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    def check(self, group: Mapping[str, Any]) -> None:
        """Refuse negative values and betas outside [0, 1)."""
        nonnegative("RAdam", group, "lr", "eps", "weight_decay")
        unit_interval("RAdam", "betas", *group["betas"])

    def init(self, p: Array, group: ParamGroup) -> State:  # noqa: ARG002
        """Both moments start at zero."""
        return {"step": 0, "exp_avg": np.zeros_like(p), "exp_avg_sq": np.zeros_like(p)}

    def update(self, p: Array, g: Array, state: State, group: ParamGroup) -> None:
        """Move p by its first moment, rectified once the second is known well enough."""
        lr, (beta1, beta2), decay = group["lr"], group["betas"], group["weight_decay"]
        k = state["step"] = state["step"] + 1
        m, v, t = state["exp_avg"], state["exp_avg_sq"], self.scratch(p, "t")
        if group["decoupled_weight_decay"]:
            p *= 1 - lr * decay
        else:
            g = self.with_decay(g, p, decay)

        m += np.multiply(np.subtract(g, m, out=t), 1 - beta1, out=t)
        v *= beta2
        v += np.multiply(np.multiply(g, g, out=t), 1 - beta2, out=t)

        rho_inf = 2 / (1 - beta2) - 1
        rho = rho_inf - 2 * k * beta2**k / (1 - beta2**k)
        if rho > 5:
            r = math.sqrt((rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho))
            np.divide(m, np.add(np.sqrt(v, out=t), group["eps"], out=t), out=t)
            p -= np.multiply(t, lr * r * math.sqrt(1 - beta2**k) / (1 - beta1**k), out=t)
        else:
            p -= np.multiply(m, lr / (1 - beta1**k), out=t)

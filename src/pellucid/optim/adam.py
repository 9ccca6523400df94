"""Adam: steps scaled by running moments of the gradient."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from pellucid import kernels as K
from pellucid._tensor import Array
from pellucid.optim._checks import nonnegative, refuse_switches, unit_interval
from pellucid.optim.optimizer import Optimizer, ParamGroup, Params, State

__all__ = ["Adam"]


class Adam(Optimizer):
    """Adaptive moment estimation.

    m_t = beta1 m_(t-1) + (1 - beta1) g_t
    v_t = beta2 v_(t-1) + (1 - beta2) g_t^2
    p_t = p_(t-1) - lr m^ / (sqrt(v^) + eps), with m^ = m_t / (1 - beta1^t) and v^ = v_t / (1 - beta2^t)

    g is the gradient plus weight_decay p; decoupled, p shrinks by lr weight_decay p instead (see AdamW).
    With amsgrad, v^ is the largest v_t so far, divided by 1 - beta2^t.

    Source: Kingma and Ba, 2015, computed in the order that the end of their section 2 recommends; Reddi et
    al., 2018 (amsgrad). As in PyTorch, and unlike the paper's shortcut, eps is added to sqrt(v^) itself.

    Args:
        params: what to train.
        lr: the learning rate, about the size of one step.
        betas: how much of the first and the second moment is kept.
        eps: keeps the division finite.
        weight_decay: lambda of the penalty lambda / 2 ||p||^2.
        amsgrad: never let a step's scale grow again.
        foreach: PyTorch's choice of implementation; only the default is supported, likewise below.
        maximize: climb instead of descend.
        capturable: see foreach.
        differentiable: see foreach.
        fused: see foreach.
        decoupled_weight_decay: shrink p itself, as AdamW does.

    Raises:
        ValueError: for negative values or betas outside [0, 1).

    Example:
        >>> import pellucid
        >>> w = pellucid.tensor([1.0, -2.0], requires_grad=True)
        >>> optimizer = Adam([w], lr=0.25)
        >>> (w * w).sum().backward()
        >>> optimizer.step()
        >>> [round(x, 4) for x in w.tolist()]
        [0.75, -1.75]
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        refuse_switches(
            type(self).__name__, foreach=foreach, capturable=capturable, differentiable=differentiable, fused=fused
        )
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
            "decoupled_weight_decay": decoupled_weight_decay,
        }
        super().__init__(params, defaults)

    def check(self, group: Mapping[str, Any]) -> None:
        """Refuse negative values and betas outside [0, 1)."""
        nonnegative(type(self).__name__, group, "lr", "eps", "weight_decay")
        unit_interval(type(self).__name__, "betas", *group["betas"])

    def init(self, p: Array, group: ParamGroup) -> State:
        """Both moments start at zero."""
        state: State = {"step": 0, "exp_avg": np.zeros_like(p), "exp_avg_sq": np.zeros_like(p)}
        if group["amsgrad"]:
            state["max_exp_avg_sq"] = np.zeros_like(p)
        return state

    def update(self, p: Array, g: Array, state: State, group: ParamGroup) -> None:
        """Move p by its scaled first moment."""
        lr, (beta1, beta2), eps, decay = group["lr"], group["betas"], group["eps"], group["weight_decay"]
        k = state["step"] = state["step"] + 1
        m, v, t = state["exp_avg"], state["exp_avg_sq"], self.scratch(p, "t")
        if group["decoupled_weight_decay"]:
            p *= 1 - lr * decay
        else:
            g = self.with_decay(g, p, decay)

        m += np.multiply(np.subtract(g, m, out=t), 1 - beta1, out=t)
        v *= beta2
        v += np.multiply(np.multiply(g, g, out=t), 1 - beta2, out=t)
        if group["amsgrad"]:
            v = np.maximum(v, state["max_exp_avg_sq"], out=state["max_exp_avg_sq"])

        # m^ / (sqrt(v^) + eps) = m / (sqrt(v) + eps c) c / (1 - beta1^k), with c = sqrt(1 - beta2^k)
        c = math.sqrt(1 - beta2**k)
        np.add(np.sqrt(v, out=t), eps * c, out=t)
        p -= np.multiply(np.divide(m, t, out=t), lr * c / (1 - beta1**k), out=t)

    def update_all(self, ps: list[Array], gs: list[Array], states: list[State], group: ParamGroup) -> bool:
        """As `update`, all parameters at once."""
        if group["amsgrad"]:
            return False
        ms, vs = [s["exp_avg"] for s in states], [s["exp_avg_sq"] for s in states]
        ks = [s["step"] + 1 for s in states]
        moved = K.update_adam(
            ps,
            gs,
            ms,
            vs,
            ks,
            group["lr"],
            group["betas"],
            group["eps"],
            group["weight_decay"],
            group["decoupled_weight_decay"],
            group["maximize"],
        )
        if moved:
            for s, k in zip(states, ks, strict=True):
                s["step"] = k
        return moved

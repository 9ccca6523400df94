"""Adagrad: steps divided by the root of all squared gradients so far."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from pellucid._tensor import Array
from pellucid.optim._checks import nonnegative, refuse_switches
from pellucid.optim.optimizer import Optimizer, ParamGroup, Params, State

__all__ = ["Adagrad"]


class Adagrad(Optimizer):
    """A learning rate of its own for every weight, shrinking with the gradients it has seen.

    s_t = s_(t-1) + g_t^2, with s_0 = initial_accumulator_value
    p_t = p_(t-1) - lr / (1 + (t - 1) lr_decay) g_t / (sqrt(s_t) + eps)

    Source: Duchi, Hazan and Singer, 2011.

    Args:
        params: what to train.
        lr: the learning rate.
        lr_decay: how fast the learning rate itself falls.
        weight_decay: lambda of the penalty lambda / 2 ||p||^2.
        initial_accumulator_value: s_0.
        eps: keeps the division finite.
        foreach: PyTorch's choice of implementation; only the default is supported, likewise below.
        maximize: climb instead of descend.
        differentiable: see foreach.
        fused: see foreach.

    Raises:
        ValueError: for negative values.

    Example:
        >>> import pellucid
        >>> w = pellucid.tensor([1.0, -2.0], requires_grad=True)
        >>> optimizer = Adagrad([w], lr=0.25)
        >>> (w * w).sum().backward()
        >>> optimizer.step()
        >>> [round(x, 4) for x in w.tolist()]
        [0.75, -1.75]
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        refuse_switches("Adagrad", foreach=foreach, differentiable=differentiable, fused=fused)
        defaults = {
            "lr": lr,
            "lr_decay": lr_decay,
            "eps": eps,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    def check(self, group: Mapping[str, Any]) -> None:
        """Refuse negative values."""
        nonnegative("Adagrad", group, "lr", "lr_decay", "weight_decay", "initial_accumulator_value", "eps")

    def init(self, p: Array, group: ParamGroup) -> State:
        """The sum of squares starts at s_0."""
        return {"step": 0, "sum": np.full_like(p, group["initial_accumulator_value"])}

    def update(self, p: Array, g: Array, state: State, group: ParamGroup) -> None:
        """Move p by the gradient over the root of its squares' sum."""
        k = state["step"] = state["step"] + 1
        g = self.with_decay(g, p, group["weight_decay"])
        s, t = state["sum"], self.scratch(p, "t")
        s += np.multiply(g, g, out=t)
        np.add(np.sqrt(s, out=t), group["eps"], out=t)
        p -= np.multiply(np.divide(g, t, out=t), group["lr"] / (1 + (k - 1) * group["lr_decay"]), out=t)

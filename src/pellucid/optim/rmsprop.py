"""RMSprop: steps divided by the gradient's running root mean square."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from pellucid import kernels as K
from pellucid._tensor import Array
from pellucid.optim._checks import nonnegative, refuse_switches, unit_interval
from pellucid.optim.optimizer import Optimizer, ParamGroup, Params, State

__all__ = ["RMSprop"]


class RMSprop(Optimizer):
    """Division by the root of the running mean of squared gradients.

    v_t = alpha v_(t-1) + (1 - alpha) g_t^2
    b_t = momentum b_(t-1) + g_t / (sqrt(v_t) + eps)
    p_t = p_(t-1) - lr b_t

    Centered, the running mean of the gradients gives v_t - mean_t^2 in the place of v_t: their variance.

    Source: Tieleman and Hinton, 2012 (lecture 6.5 of their course); Graves, 2013 (centered). As in PyTorch,
    eps is added outside the root, where TensorFlow adds it inside.

    Args:
        params: what to train.
        lr: the learning rate.
        alpha: how much of the running mean is kept.
        eps: keeps the division finite.
        weight_decay: lambda of the penalty lambda / 2 ||p||^2.
        momentum: how much of the velocity is kept.
        centered: divide by the standard deviation.
        capturable: PyTorch's choice of implementation; only the default is supported, likewise below.
        foreach: see capturable.
        maximize: climb instead of descend.
        differentiable: see capturable.

    Raises:
        ValueError: for negative values or alpha outside [0, 1].

    Example:
        >>> import pellucid
        >>> w = pellucid.tensor([1.0, -2.0], requires_grad=True)
        >>> optimizer = RMSprop([w], lr=0.25, alpha=0.75)
        >>> (w * w).sum().backward()
        >>> optimizer.step()
        >>> [round(x, 4) for x in w.tolist()]
        [0.5, -1.5]
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        refuse_switches("RMSprop", capturable=capturable, foreach=foreach, differentiable=differentiable)
        defaults = {
            "lr": lr,
            "alpha": alpha,
            "eps": eps,
            "weight_decay": weight_decay,
            "momentum": momentum,
            "centered": centered,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    def check(self, group: Mapping[str, Any]) -> None:
        """Refuse negative values and alpha outside [0, 1]."""
        nonnegative("RMSprop", group, "lr", "eps", "weight_decay", "momentum")
        unit_interval("RMSprop", "alpha", group["alpha"], closed=True)

    def init(self, p: Array, group: ParamGroup) -> State:
        """The running means start at zero."""
        state: State = {"step": 0, "square_avg": np.zeros_like(p)}
        if group["centered"]:
            state["grad_avg"] = np.zeros_like(p)
        return state

    def update(self, p: Array, g: Array, state: State, group: ParamGroup) -> None:
        """Move p by the scaled gradient, or by its velocity."""
        alpha, mu = group["alpha"], group["momentum"]
        state["step"] += 1
        g = self.with_decay(g, p, group["weight_decay"])
        v, t = state["square_avg"], self.scratch(p, "t")

        v *= alpha
        v += np.multiply(np.multiply(g, g, out=t), 1 - alpha, out=t)
        if group["centered"]:
            mean = state["grad_avg"]
            mean += np.multiply(np.subtract(g, mean, out=t), 1 - alpha, out=t)
            v = np.subtract(v, np.multiply(mean, mean, out=t), out=t)
        np.add(np.sqrt(v, out=t), group["eps"], out=t)
        b = np.divide(g, t, out=t)
        if mu > 0:
            if "momentum_buffer" not in state:  # made here, because a schedule may raise momentum later
                state["momentum_buffer"] = np.zeros_like(p)
            velocity = state["momentum_buffer"]
            velocity *= mu
            velocity += b
            b = velocity
        p -= np.multiply(b, group["lr"], out=t)

    def update_all(self, ps: list[Array], gs: list[Array], states: list[State], group: ParamGroup) -> bool:
        """As `update`, all parameters at once; the first velocities are made one by one."""
        bs = means = None
        if group["momentum"] > 0:
            if not all("momentum_buffer" in s for s in states):
                return False
            bs = [s["momentum_buffer"] for s in states]
        if group["centered"]:
            means = [s["grad_avg"] for s in states]
        moved = K.update_rmsprop(
            ps,
            gs,
            [s["square_avg"] for s in states],
            means,
            bs,
            group["lr"],
            group["alpha"],
            group["eps"],
            group["weight_decay"],
            group["momentum"],
            group["maximize"],
        )
        if moved:
            for s in states:
                s["step"] += 1
        return moved

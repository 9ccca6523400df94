"""Optimizer: parameter groups, state and counting; a subclass adds the update of one parameter."""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from pellucid._tensor import Array, Tensor, as_array
from pellucid.grad_mode import enable_grad
from pellucid.optim import _groups
from pellucid.optim._groups import ParamGroup, Params

__all__ = ["Optimizer", "ParamGroup", "Params", "State"]

State = dict[str, Any]
"""What an optimizer remembers of one parameter: arrays of its shape, and numbers."""


class Optimizer(ABC):
    """The base of every optimizer.

    A subclass says in `init` what it remembers of a parameter and in `update` how one parameter moves; both
    work on plain arrays. All the rest is here: groups of parameters with hyperparameters of their own, the
    gradient's sign (`maximize`), saving and loading. A parameter without a gradient is left alone.

    Differences from PyTorch: a group's hyperparameters are checked as the defaults are, a misspelled one is
    refused, a parameter given twice is an error, `state_dict()` copies, and `step` is a Python integer.

    Args:
        params: tensors, or (name, tensor) pairs, or dicts with "params" and hyperparameters of their own.
        defaults: the hyperparameters of groups that say nothing else.

    Attributes:
        param_groups: dicts with "params" and hyperparameters; schedules write "lr" here.
        state: what is remembered, by parameter.

    Raises:
        TypeError: when something that is no tensor is given.
        ValueError: when there are no parameters, one comes twice, is not a leaf, or is not floating-point.

    Example:
        >>> import pellucid
        >>> class SignSGD(Optimizer):
        ...     def __init__(self, params, lr):
        ...         super().__init__(params, {"lr": lr})
        ...
        ...     def update(self, p, g, state, group):
        ...         p -= group["lr"] * np.sign(g)
        >>> w = pellucid.tensor([3.0, -1.0], requires_grad=True)
        >>> optimizer = SignSGD([w], lr=0.5)
        >>> (w * w).sum().backward()
        >>> optimizer.step()
        >>> [round(x, 4) for x in w.tolist()]
        [2.5, -0.5]
    """

    def __init__(self, params: Params, defaults: dict[str, Any]) -> None:
        self.defaults = defaults
        self.state: defaultdict[Tensor, State] = defaultdict(dict)
        self.param_groups: list[ParamGroup] = []
        self.steps_taken = 0
        self._scratch: dict[tuple[np.dtype[Any], str], Array] = {}
        self.check(defaults)
        for group in _groups.as_groups(params):
            self.add_param_group(group)

    # --- what a subclass writes -----------------------------------------------------------------------------
    def check(self, group: Mapping[str, Any]) -> None:  # noqa: B027 - nothing to check is a right answer
        """Raise ValueError when a group's hyperparameters make no sense."""

    def init(self, p: Array, group: ParamGroup) -> State:  # noqa: ARG002
        """Return what is remembered of a parameter before its first update."""
        return {}

    @abstractmethod
    def update(self, p: Array, g: Array, state: State, group: ParamGroup) -> None:
        """Move one parameter in place.

        Args:
            p: the parameter's values, written in place.
            g: the loss's gradient by p, of its shape and type; never written.
            state: what `init` returned, changed as the algorithm says.
            group: the hyperparameters.
        """

    def update_all(
        self,
        ps: list[Array],  # noqa: ARG002
        gs: list[Array],  # noqa: ARG002
        states: list[State],  # noqa: ARG002
        group: ParamGroup,  # noqa: ARG002
    ) -> bool:
        """Move all parameters of a group in one call, where the engine can; `update` says how they move.

        Args:
            ps: the values of the parameters that have gradients, written in place.
            gs: their gradients, bare: `maximize` is not applied yet.
            states: what `init` returned for each.
            group: the hyperparameters.

        Returns:
            False when nothing has been changed, and `update` must move one parameter after the other.
        """
        return False

    # --- what the subclass's arithmetic shares --------------------------------------------------------------
    def scratch(self, p: Array, name: str) -> Array:
        """Return uninitialised memory of the shape of p; the same memory at every call with this name."""
        flat = self._scratch.get((p.dtype, name))
        if flat is None or flat.size < p.size:
            flat = self._scratch[p.dtype, name] = np.empty(p.size, p.dtype)
        return flat[: p.size].reshape(p.shape)

    def with_decay(self, g: Array, p: Array, weight_decay: float) -> Array:
        """Return g + weight_decay p, the gradient of the loss plus weight_decay / 2 ||p||^2."""
        if weight_decay == 0:
            return g
        out = np.multiply(p, weight_decay, out=self.scratch(p, "decayed"))
        return np.add(out, g, out=out)

    # --- stepping -------------------------------------------------------------------------------------------
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update every parameter that has a gradient.

        Args:
            closure: computes the loss and its gradients anew; called first, its loss is returned.

        Raises:
            RuntimeError: when a gradient has not the shape and type of its parameter; nothing moves then.
        """
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        todo = [self._with_gradients(group) for group in self.param_groups]  # all are checked before one moves
        for group, (moving, ps, gs) in zip(self.param_groups, todo, strict=True):
            self._move(moving, ps, gs, group)
        self.steps_taken += 1
        return loss

    def _with_gradients(self, group: ParamGroup) -> tuple[list[Tensor], list[Array], list[Array]]:
        """Return the parameters that have gradients, their arrays and those of the gradients."""
        moving, ps, gs = [], [], []
        for x in group["params"]:
            grad = x._grad
            if grad is not None:
                p, g = x.array, grad.array
                if g.shape != p.shape or (g.dtype is not p.dtype and g.dtype != p.dtype):
                    raise RuntimeError(
                        f"{self._name_of(x)} has shape {p.shape} and type {p.dtype}, its gradient has {g.shape} and "
                        f"{g.dtype}; call backward() again, or build a new optimizer, after changing a parameter"
                    )
                moving.append(x)
                ps.append(p)
                gs.append(g)
        return moving, ps, gs

    def _move(self, moving: list[Tensor], ps: list[Array], gs: list[Array], group: ParamGroup) -> None:
        states = []
        for x, p in zip(moving, ps, strict=True):
            state = self.state[x]
            if not state:
                state.update(self.init(p, group))
            states.append(state)
            x._version[0] += 1  # a tape recorded before this step must not be walked after it
        if self.update_all(ps, gs, states, group):
            return
        with np.errstate(all="ignore"):  # infinities are carried as values, as the backward walk carries them
            for p, g, state in zip(ps, gs, states, strict=True):
                d = np.negative(g, out=self.scratch(g, "ascent")) if group.get("maximize") else g
                self.update(p, d, state, group)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget every gradient, or set it to zero; backward adds to what it finds."""
        for group in self.param_groups:
            for p in group["params"]:
                if p._grad is not None:
                    p._grad = None if set_to_none else Tensor(np.zeros_like(p._grad.array))

    # --- groups ---------------------------------------------------------------------------------------------
    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Train further parameters, with hyperparameters of their own.

        Raises:
            TypeError: when something that is no tensor is given.
            ValueError: for an empty group, a parameter given twice, an unknown or senseless hyperparameter.
        """
        where = type(self).__name__
        group = _groups.complete(where, param_group, self.defaults)
        self.check(group)
        _groups.refuse_repeated(where, [*self.param_groups, group])
        if self.param_groups and ("param_names" in group) != ("param_names" in self.param_groups[0]):
            raise ValueError(f"{where}: either all groups have named parameters or none has")
        self.param_groups.append(group)

    def _name_of(self, p: Tensor) -> str:
        for i, group in enumerate(self.param_groups):
            for j, other in enumerate(group["params"]):
                if other is p:
                    return repr(group["param_names"][j]) if "param_names" in group else f"parameter {j} of group {i}"
        return "a parameter"

    # --- saving and loading ---------------------------------------------------------------------------------
    def state_dict(self) -> dict[str, Any]:
        """Return all that a later run needs, in PyTorch's layout, copied.

        Returns:
            {"state": {0: {"exp_avg": tensor, "step": 3, ...}, ...}, "param_groups": [{"lr": ..., "params": [0]}]},
            parameters being numbered through all groups. Tensors and plain numbers only.
        """
        numbers = {id(p): i for i, p in enumerate(self._parameters())}
        state = {numbers[id(p)]: {k: _copied(v) for k, v in s.items()} for p, s in self.state.items() if s}
        groups = [{**g, "params": [numbers[id(p)] for p in g["params"]]} for g in self.param_groups]
        return {"state": dict(sorted(state.items())), "param_groups": groups}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from a state that `state_dict()` gave, here or in PyTorch, by the order of the parameters.

        Raises:
            ValueError: when groups, hyperparameters, names or shapes differ; nothing is changed then.
        """
        where = type(self).__name__
        groups = _groups.loaded(where, self.param_groups, state_dict["param_groups"])
        for group in groups:
            self.check(group)
        parameters = self._parameters()
        owner = {id(p): group for group in groups for p in group["params"]}
        state: defaultdict[Tensor, State] = defaultdict(dict)
        for number, saved in state_dict["state"].items():
            if not 0 <= int(number) < len(parameters):
                raise ValueError(
                    f"{where}: the state speaks of parameter {number}, this optimizer has {len(parameters)}"
                )
            p = parameters[int(number)]
            state[p] = self._loaded_state(f"{where}, parameter {number}", p, owner[id(p)], saved)
        # Schedules and users hold the group dicts themselves, and schedules keep bounds in them, so these stay.
        for own, group in zip(self.param_groups, groups, strict=True):
            own.update(group)
        self.state = state

    def _loaded_state(self, where: str, p: Tensor, group: ParamGroup, saved: Mapping[str, Any]) -> State:
        expected = self.init(p.array, group)
        missing = [name for name in expected if name not in saved]
        if missing and saved:
            raise ValueError(f"{where}: the state lacks {', '.join(missing)}; it is of another optimizer")
        out: State = {}
        for name, value in saved.items():
            if value is None:
                continue
            if isinstance(expected.get(name), (int, float)):  # PyTorch counts in tensors of one number
                number = value.item() if hasattr(value, "item") else value
                out[name] = type(expected[name])(number)
                continue
            array = np.array(as_array(value))
            if array.shape != p.array.shape:
                raise ValueError(f"{where}: {name} has shape {array.shape}, the parameter has {p.array.shape}")
            out[name] = array.astype(p.dtype)
        return out

    def _parameters(self) -> list[Tensor]:
        return [p for group in self.param_groups for p in group["params"]]

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__} ("]
        for i, group in enumerate(self.param_groups):
            lines.append(f"Parameter Group {i}")
            lines += [f"    {k}: {group[k]}" for k in sorted(group) if k not in {"params", "param_names"}]
        return "\n".join([*lines, ")"])


def _copied(value: Any) -> Any:
    return Tensor(value.copy()) if isinstance(value, np.ndarray) else value

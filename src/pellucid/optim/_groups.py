"""Parameter groups: reading what the user gives, and fitting a saved state to it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pellucid._tensor import Tensor

__all__ = ["ParamGroup", "Params", "as_groups", "complete", "loaded", "refuse_repeated"]

ParamGroup = dict[str, Any]
Params = Iterable[Tensor] | Iterable[tuple[str, Tensor]] | Iterable[dict[str, Any]]

# What a group may hold beside hyperparameters: labels, and what schedules keep there.
_BESIDE = frozenset(
    {"params", "param_names", "name", "initial_lr", "swa_lr"}
    | {f"{end}_{what}" for end in ("min", "max", "base") for what in ("lr", "momentum")}
)


def as_groups(params: Params) -> list[dict[str, Any]]:
    """Return the groups that the first argument of an optimizer means.

    Raises:
        TypeError: when it is one tensor, a module, or no iterable.
        ValueError: when it is empty.
    """
    if isinstance(params, Tensor):
        raise TypeError("an optimizer takes several parameters, got one tensor; write [tensor]")
    if hasattr(params, "parameters"):
        raise TypeError(f"an optimizer takes parameters, got a {type(params).__name__}; write model.parameters()")
    if not isinstance(params, Iterable):
        raise TypeError(f"an optimizer takes parameters, got {type(params).__name__}")
    if isinstance(params, (set, frozenset)):
        raise TypeError("an optimizer takes parameters in a fixed order, got a set; use a list")
    if isinstance(params, Mapping):
        raise TypeError("an optimizer takes a list of groups, got one dict; write [group]")
    given: list[Any] = list(params)
    if not given:
        raise ValueError(
            "an optimizer got an empty list of parameters; model.parameters() can be walked once only: call it "
            "anew, and see whether the model has parameters"
        )
    return given if isinstance(given[0], Mapping) else [{"params": given}]


def complete(where: str, given: Any, defaults: Mapping[str, Any]) -> ParamGroup:
    """Return a group with its parameters in a list and every hyperparameter filled in.

    Raises:
        TypeError: when the group is no dict or holds no tensors.
        ValueError: for an empty group, an unknown hyperparameter, a tensor that cannot be trained.
    """
    if not isinstance(given, Mapping) or "params" not in given:
        raise TypeError(f'{where}: a parameter group is a dict with the key "params", got {given!r:.80}')
    unknown = [name for name in given if name not in defaults and name not in _BESIDE]
    if unknown:
        raise ValueError(
            f"{where} has no hyperparameter {', '.join(map(repr, unknown))}; it has {', '.join(sorted(defaults))}"
        )
    inside = given["params"]
    if isinstance(inside, (set, frozenset)):
        raise TypeError(f"{where} takes parameters in a fixed order, got a set; use a list")
    items: list[Any] = [inside] if isinstance(inside, Tensor) else list(inside)
    if not items:
        raise ValueError(f"{where}: a parameter group is empty; model.parameters() can be walked once only")
    group: ParamGroup = {**defaults, **given}
    named = [isinstance(item, tuple) for item in items]
    if any(named):
        if not all(named):
            raise ValueError(f"{where}: either all parameters are (name, tensor) pairs or none is")
        group["param_names"] = [name for name, _ in items]
        items = [p for _, p in items]
    for i, p in enumerate(items):
        _refuse_untrainable(where, group["param_names"][i] if any(named) else str(i), p)
    group["params"] = items
    return group


def _refuse_untrainable(where: str, name: str, p: Any) -> None:
    if not isinstance(p, Tensor):
        raise TypeError(f"{where}: parameter {name} must be a Tensor, got {type(p).__name__}")
    if not p.is_leaf:
        raise ValueError(
            f"{where}: parameter {name} was computed from other tensors and has no values of its own; give those, "
            "or use .detach().requires_grad_()"
        )
    if p.dtype.kind != "f":
        raise ValueError(f"{where}: parameter {name} has type {p.dtype}; only floating-point tensors can be trained")


def refuse_repeated(where: str, groups: Sequence[ParamGroup]) -> None:
    """Raise ValueError when a parameter comes twice, in one group or in two: it would be updated twice."""
    seen: dict[int, tuple[int, int]] = {}
    for i, group in enumerate(groups):
        for j, p in enumerate(group["params"]):
            if id(p) in seen:
                first = seen[id(p)]
                raise ValueError(
                    f"{where}: parameter {j} of group {i} (shape {p.array.shape}) was already given, as parameter "
                    f"{first[1]} of group {first[0]}"
                )
            seen[id(p)] = (i, j)


def loaded(where: str, own: Sequence[ParamGroup], saved: Sequence[Mapping[str, Any]]) -> list[ParamGroup]:
    """Return groups of our own parameters with the saved hyperparameters.

    Raises:
        ValueError: when the number or the sizes of groups differ, or a hyperparameter is missing.
    """
    if len(own) != len(saved):
        raise ValueError(f"{where} has {len(own)} parameter groups, the saved state has {len(saved)}")
    out = []
    for i, (group, old) in enumerate(zip(own, saved, strict=True)):
        if len(group["params"]) != len(old["params"]):
            raise ValueError(
                f"{where}: group {i} has {len(group['params'])} parameters, in the saved state {len(old['params'])}"
            )
        missing = [name for name in group if name not in old and name not in _BESIDE]
        if missing:
            raise ValueError(f"{where}: the saved group {i} lacks {', '.join(missing)}; it is of another optimizer")
        # JSON knows no tuples; a pair such as betas comes back as a list.
        values = {k: tuple(v) if isinstance(group.get(k), tuple) else v for k, v in old.items()}
        names = {"param_names": group["param_names"]} if "param_names" in group else {}
        values.pop("param_names", None)
        out.append({**values, **names, "params": group["params"]})
    return out

"""Compiled models: passes recorded once for each shape of input, and then computed without the interpreter."""

import copy
from typing import Any

from pellucid.grad_mode import MODE
from pellucid.nn import Module
from pellucid.train.recorded_answers import RecordedAnswers
from pellucid.train.recorded_gradients import RecordedGradients

__all__ = ["CompiledModule", "compile"]


def compile(
    model: Module,
    *,
    fullgraph: bool = False,
    dynamic: bool | None = None,
    backend: Any = "inductor",
    mode: str | None = None,
    options: dict[str, Any] | None = None,
    disable: bool = False,
) -> Module:
    """Return the model with passes that take less time: they are recorded once for each shape of input.

    The first input of a shape is computed as always while its kernels are recorded; the second is computed both
    ways, and where every bit agrees, the later ones are left to the engine: under `no_grad()` the forward pass,
    else the forward pass and the gradients by the weights and the input. That spares the interpreter, which takes
    most of the time with few rows and small layers. Models that draw random numbers (dropout in training), or have
    layers or hooks of your own, are computed as always, and so is everything where the engine is NumPy.

    A model that is changed afterwards, in its weights, layers or settings, is noticed and recorded anew. `Trainer`
    records whole steps by itself and needs no compiled model.

    Args:
        model: any module; it is shared, not copied.
        fullgraph: not supported; leave it False.
        dynamic: not supported; leave it None.
        backend: not supported; leave it as it is.
        mode: not supported; leave it None.
        options: not supported; leave it None.
        disable: return the model itself.

    Raises:
        TypeError: when `model` is no module; functions are not compiled.
        NotImplementedError: when a parameter that is not supported is given.

    Example:
        >>> import pellucid
        >>> model = pellucid.compile(pellucid.nn.Linear(2, 3)).eval()
        >>> with pellucid.no_grad():
        ...     model(pellucid.ones(1, 2)).shape
        Size([1, 3])
    """
    if not isinstance(model, Module):
        raise TypeError(f"compile takes a module, got {type(model).__name__}; functions are not compiled")
    given = {"fullgraph": fullgraph, "dynamic": dynamic, "mode": mode, "options": options}
    refused = [name for name, value in given.items() if value] + (["backend"] if backend != "inductor" else [])
    if refused:
        raise NotImplementedError(f"compile does not support {refused[0]}; leave it out")
    return model if disable else CompiledModule(model)


class CompiledModule(Module):
    """What `compile` returns; the model itself is its `_orig_mod`, as in PyTorch."""

    def __init__(self, model: Module) -> None:
        super().__init__()
        self._orig_mod = model
        self.__dict__["_recorders"] = RecordedAnswers(model), RecordedGradients(model)
        self.train(model.training)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the output, by a recorded pass where there is one."""
        if len(args) == 1 and not kwargs and not self._forward_hooks and not self._forward_pre_hooks:
            return self._recorders[MODE.enabled](args[0])
        return super().__call__(*args, **kwargs)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the output as always."""
        return self._orig_mod(*args, **kwargs)

    def __deepcopy__(self, memo: dict[int, Any]) -> "CompiledModule":
        """Copy the model; what was recorded belongs to the old one."""
        return type(self)(copy.deepcopy(self._orig_mod, memo))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the model alone, for the same reason."""
        return type(self), (self._orig_mod,)

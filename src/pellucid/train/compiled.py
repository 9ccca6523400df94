"""Compiled models: the forward pass recorded once for each shape, and then computed without the interpreter."""

import threading
from typing import Any

import numpy as np

from pellucid import kernels as K
from pellucid._tensor import Array, Tensor
from pellucid.grad_mode import MODE
from pellucid.nn import Module
from pellucid.nn.module import CHANGES
from pellucid.train.replayable import RECORDED_LAYERS

__all__ = ["CompiledModule", "compile"]

_SHAPES = 16  # recorded ones that are kept; each keeps the memory of a forward pass


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
    """Return the model with a forward pass that answers sooner: it is recorded once for each shape of input.

    The first input of a shape is computed as always while its kernels are recorded; the second is computed both
    ways, and where every bit agrees, the later ones are left to the engine. That spares the interpreter, which
    takes most of the time with few rows and small layers. Only evaluation is recorded: under `no_grad()` and
    after `model.eval()`. All else is computed as always: training (where `Trainer` records whole steps), models
    with layers or hooks of your own, and everything where the engine is NumPy.

    A model that is changed afterwards, in its weights, layers or settings, is noticed and recorded anew.

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
        self.__dict__["_recorder"] = _Recorder(model)
        self.train(model.training)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the output, by a recorded pass where there is one."""
        if len(args) == 1 and not kwargs and not MODE.enabled:
            return self.__dict__["_recorder"](args[0])
        return self._orig_mod(*args, **kwargs)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the output as always."""
        return self._orig_mod(*args, **kwargs)

    def __deepcopy__(self, memo: dict[int, Any]) -> "CompiledModule":
        """Copy the model; what was recorded belongs to the old one."""
        import copy

        return type(self)(copy.deepcopy(self._orig_mod, memo))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the model alone, for the same reason."""
        return type(self), (self._orig_mod,)


class _Recorder:
    """Computes the forward passes of one model, and records them."""

    def __init__(self, model: Module) -> None:
        self.model = model
        self.passes: dict[Any, _Pass] = {}
        self.last: _Pass | None = None
        self.engine = ""
        self.settings: Any = None
        self.changes = -1
        self.held: list[tuple[Tensor, Array]] = []
        self.lock = threading.Lock()

    def __call__(self, x: Any) -> Any:
        """Compute the output of x."""
        if type(x) is not Tensor or not self.lock.acquire(blocking=False):
            return self.model(x)  # another thread is using the memory of the recorded passes
        try:
            a, known = x.array, self.last
            if CHANGES.count != self.changes or not self._same_arrays():
                self._look_again()
                known = None
            if known is None or a.shape != known.shape or a.dtype is not known.dtype:
                known = self.last = self.passes.get((a.shape, a.dtype))
            if known is None:
                return self._record(a, x)
            if known.reason or not a.flags.carray:
                return self.model(x)
            return Tensor(known(a)) if known.checked else self._check(known, a, x)
        finally:
            self.lock.release()

    def _same_arrays(self) -> bool:
        """Say whether weights lie where they lay, and the engine is the same."""
        for p, array in self.held:  # a generator would double the time
            if p.array is not array:
                return False
        return K.get_engine() == self.engine

    def _look_again(self) -> None:
        """Forget what was recorded where it does not hold any more."""
        count, settings = CHANGES.count, _settings(self.model)
        if settings != self.settings or not self._same_arrays():
            self.passes.clear()
            self.engine, self.settings = K.get_engine(), settings
            self.held = [(p, p.array) for p in (*self.model.parameters(), *self.model.buffers())]
        self.changes = count

    def _record(self, a: Array, x: Tensor) -> Any:
        """Compute as always, and record it."""
        while len(self.passes) >= _SHAPES:
            del self.passes[next(iter(self.passes))]
        plan = K.new_plan()
        if plan is None or self.settings is None or not a.flags.carray or not a.size:
            return self.model(x)
        made = _Pass(plan, a)
        y = made.record(self.model, [array for _, array in self.held])
        self.passes[a.shape, a.dtype] = made
        return y

    def _check(self, known: "_Pass", a: Array, x: Tensor) -> Any:
        """Compute both ways, and compare."""
        found, y = known(a), self.model(x)
        if found.tobytes() != y.array.tobytes():
            known.reason = "a replayed pass differs from a computed one"
        known.checked = True
        return y


class _Pass:
    """A recorded forward pass with the memory that it works on."""

    def __init__(self, plan: Any, a: Array) -> None:
        self.plan, self.input = plan, a.copy()
        self.shape, self.dtype = a.shape, a.dtype
        self.reason, self.checked = "", False

    def record(self, model: Module, held: list[Array]) -> Any:
        """Compute and record the output of the input."""
        self.plan.lasting([self.input, *(array for array in held if array.size)])
        with self.plan.recording():
            y = model(Tensor(self.input))
        if type(y) is not Tensor:
            self.reason = "the output is not one tensor"
            return y
        out = y.array
        if not out.flags.carray or not out.size:
            self.reason = "the output is not contiguous"
            return y
        self.plan.read(out)
        if self.plan.foreign:
            self.reason = "not all is computed by kernels"
        self.answer, self.out_shape, self.out_dtype = self.plan.answer(self.input, out), out.shape, out.dtype
        return Tensor(out.copy())  # a copy, because the next answer is written there

    def __call__(self, a: Array) -> Array:
        y = np.empty(self.out_shape, self.out_dtype)
        self.answer(a, y)
        return y


def _settings(model: Module) -> Any:
    """Return all that a recorded pass takes as given, to be compared; None where a model cannot be recorded."""
    modules = list(model.modules())
    for m in modules:
        if type(m) not in RECORDED_LAYERS or m.training or m._forward_hooks or m._forward_pre_hooks:
            return None
    weights = [id(x) for x in (*model.parameters(), *model.buffers())]
    return weights, [(m, {name: v for name, v in vars(m).items() if not name.startswith("_")}) for m in modules]

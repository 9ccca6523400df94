"""Module: a tree of layers whose parameters, buffers and state are found by attribute."""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, Self

import numpy as np

from pellucid import dtypes
from pellucid._device import check_device
from pellucid._tensor import Handle, Tensor, as_array
from pellucid.nn.parameter import Buffer, Parameter

__all__ = ["CHANGES", "LoadedKeys", "Module"]


class _Changes:
    """Counts how often any module was changed: an attribute set, a submodule or a hook added or taken away."""

    count = 0


CHANGES = _Changes()
"""What was recorded of modules holds as long as this count stays as it was."""


class LoadedKeys(NamedTuple):
    """The paths that `load_state_dict` did not find in the state, or not in the module."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not any(self):
            return "<All keys matched successfully>"
        return f"LoadedKeys(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"


class Module:
    """The base of every layer and model.

    A subclass declares its layers in `__init__`, after `super().__init__()`, and computes in `forward`.
    Parameters, buffers and submodules assigned as attributes are found by name, in the order of assignment.

    Example:
        >>> import pellucid
        >>> class Net(Module):
        ...     def __init__(self):
        ...         super().__init__()
        ...         self.hidden = pellucid.nn.Linear(2, 3)
        ...
        ...     def forward(self, x):
        ...         return self.hidden(x).tanh()
        >>> net = Net()
        >>> [name for name, _ in net.named_parameters()]
        ['hidden.weight', 'hidden.bias']
    """

    training: bool

    def __init__(self) -> None:
        set_plain = super().__setattr__
        set_plain("training", True)
        set_plain("_parameters", {})
        set_plain("_buffers", {})
        set_plain("_transient", set())
        set_plain("_modules", {})
        set_plain("_forward_hooks", {})
        set_plain("_forward_pre_hooks", {})

    # --- computing ----------------------------------------------------------------------------------------
    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the output; every subclass writes this."""
        raise NotImplementedError(f"{type(self).__name__} has no forward()")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the output between the hooks; an error inside names the layer that it comes from."""
        try:
            hooks, pre_hooks = self._forward_hooks, self._forward_pre_hooks
        except AttributeError:
            raise RuntimeError(f"{type(self).__name__}.__init__() must call super().__init__() first") from None
        if pre_hooks:
            for hook in list(pre_hooks.values()):
                replaced = hook(self, args)
                if replaced is not None:
                    args = replaced if isinstance(replaced, tuple) else (replaced,)
        try:
            out = self.forward(*args, **kwargs)
        except (RuntimeError, ValueError, TypeError, IndexError) as error:
            _name_layer(self, error)
            raise
        if hooks:
            for hook in list(hooks.values()):
                replaced = hook(self, args, out)
                if replaced is not None:
                    out = replaced
        return out

    def register_forward_hook(self, hook: Callable[["Module", Any, Any], Any]) -> Handle:
        """Call `hook(module, inputs, output)` after every forward; what it returns replaces the output."""
        CHANGES.count += 1
        return Handle(self._forward_hooks, hook)

    def register_forward_pre_hook(self, hook: Callable[["Module", Any], Any]) -> Handle:
        """Call `hook(module, inputs)` before every forward; what it returns replaces the inputs."""
        CHANGES.count += 1
        return Handle(self._forward_pre_hooks, hook)

    # --- attributes ---------------------------------------------------------------------------------------
    def __setattr__(self, name: str, value: Any) -> None:
        CHANGES.count += 1
        tables = self.__dict__
        if isinstance(value, (Parameter, Module, Buffer)) and "_parameters" not in tables:
            raise AttributeError(
                f"{type(self).__name__}.__init__() must call super().__init__() before {name!r} is set"
            )
        if isinstance(value, Parameter):
            self._register("_parameters", name, value)
        elif isinstance(value, Module):
            self._register("_modules", name, value)
        elif isinstance(value, Buffer):
            self._register("_buffers", name, value)
        elif name in tables.get("_parameters", ()):
            if value is not None:
                raise TypeError(
                    f"parameter {name!r} can be replaced by a Parameter or None, got {type(value).__name__}"
                )
            self._parameters[name] = None
        elif name in tables.get("_buffers", ()):
            if value is not None and not isinstance(value, Tensor):
                raise TypeError(f"buffer {name!r} can be replaced by a Tensor or None, got {type(value).__name__}")
            self._buffers[name] = value
        elif name in tables.get("_modules", ()):
            if value is not None:
                raise TypeError(f"submodule {name!r} can be replaced by a Module or None, got {type(value).__name__}")
            self._modules[name] = None
        else:
            super().__setattr__(name, value)

    def _register(self, table: str, name: str, value: Any) -> None:
        CHANGES.count += 1
        for other in ("_parameters", "_buffers", "_modules"):
            if other != table:
                self.__dict__[other].pop(name, None)
        self.__dict__.pop(name, None)
        self.__dict__[table][name] = value

    def __getattr__(self, name: str) -> Any:
        for table in ("_parameters", "_buffers", "_modules"):
            found = self.__dict__.get(table)
            if found is not None and name in found:
                return found[name]
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")

    def __delattr__(self, name: str) -> None:
        CHANGES.count += 1
        for table in ("_parameters", "_buffers", "_modules"):
            if name in self.__dict__.get(table, ()):
                del self.__dict__[table][name]
                return
        super().__delattr__(name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._parameters, *self._buffers, *self._modules})

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter by name; None keeps the place and holds nothing."""
        self._check_name(name)
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(f"parameter {name!r} must be a Parameter or None, got {type(param).__name__}")
        self._register("_parameters", name, param)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add state that is not trained; it is saved with the weights unless `persistent` is false."""
        self._check_name(name)
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(f"buffer {name!r} must be a Tensor or None, got {type(tensor).__name__}")
        self._register("_buffers", name, tensor)
        (self._transient.discard if persistent else self._transient.add)(name)

    def add_module(self, name: str, module: "Module | None") -> None:
        """Add a submodule by name."""
        self._check_name(name)
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"submodule {name!r} must be a Module or None, got {type(module).__name__}")
        self._register("_modules", name, module)

    register_module = add_module

    @staticmethod
    def _check_name(name: str) -> None:
        if not name or "." in name:
            raise KeyError(f"a name in a module is not empty and has no dot, got {name!r}")

    # --- walking the tree ---------------------------------------------------------------------------------
    def named_modules(self, prefix: str = "") -> Iterator[tuple[str, "Module"]]:
        """Yield every module of the tree with its path, this one first; a shared one once."""
        seen: set[int] = set()
        stack: list[tuple[str, Module]] = [(prefix, self)]
        while stack:
            path, module = stack.pop()
            if id(module) not in seen:
                seen.add(id(module))
                yield path, module
                children = [(n, m) for n, m in module._modules.items() if m is not None]
                stack.extend((f"{path}.{n}" if path else n, m) for n, m in reversed(children))

    def modules(self) -> "Iterator[Module]":
        """Yield every module of the tree, this one first."""
        return (module for _, module in self.named_modules())

    def named_children(self) -> "Iterator[tuple[str, Module]]":
        """Yield the direct submodules with their names; one that has several names once, as its first."""
        seen: set[int] = set()
        for name, module in self._modules.items():
            if module is not None and id(module) not in seen:
                seen.add(id(module))
                yield name, module

    def children(self) -> "Iterator[Module]":
        """Yield the direct submodules."""
        return (module for _, module in self.named_children())

    def get_submodule(self, target: str) -> "Module":
        """Return the submodule at a dotted path."""
        module: Module = self
        for name in target.split(".") if target else ():
            if name not in module._modules:
                raise AttributeError(f"{type(module).__name__} has no submodule {name!r} (of path {target!r})")
            module = module._modules[name]
        return module

    def get_parameter(self, target: str) -> Parameter:
        """Return the parameter at a dotted path."""
        path, _, name = target.rpartition(".")
        owner = self.get_submodule(path)
        if owner._parameters.get(name) is None:
            raise AttributeError(f"{type(owner).__name__} has no parameter {name!r} (of path {target!r})")
        return owner._parameters[name]

    def _named(self, table: str, prefix: str, recurse: bool) -> Iterator[tuple[str, Any]]:
        seen: set[int] = set()
        for path, module in self.named_modules(prefix) if recurse else [(prefix, self)]:
            for name, value in module.__dict__[table].items():
                if value is not None and id(value) not in seen:
                    seen.add(id(value))
                    yield (f"{path}.{name}" if path else name), value

    def named_parameters(self, prefix: str = "", recurse: bool = True) -> Iterator[tuple[str, Parameter]]:
        """Yield every parameter with its path; a shared one once."""
        return self._named("_parameters", prefix, recurse)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """Yield every parameter; a shared one once."""
        return (p for _, p in self.named_parameters(recurse=recurse))

    def named_buffers(self, prefix: str = "", recurse: bool = True) -> Iterator[tuple[str, Tensor]]:
        """Yield every buffer with its path."""
        return self._named("_buffers", prefix, recurse)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """Yield every buffer."""
        return (b for _, b in self.named_buffers(recurse=recurse))

    def apply(self, fn: "Callable[[Module], Any]") -> Self:
        """Call `fn` on every module of the tree, children before parents."""
        for child in self.children():
            child.apply(fn)
        fn(self)
        return self

    # --- modes and types ----------------------------------------------------------------------------------
    def train(self, mode: bool = True) -> Self:
        """Set training mode (dropout drops, batch norm uses the batch) in the whole tree."""
        for module in self.modules():
            module.training = bool(mode)
        return self

    def eval(self) -> Self:
        """Set evaluation mode in the whole tree."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Freeze (False) or free (True) every parameter."""
        for p in self.parameters():
            p.requires_grad = requires_grad
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of every parameter."""
        for p in self.parameters():
            if p.grad is not None:
                p.grad = None if set_to_none else Tensor(np.zeros_like(p.grad.array))

    def to(self, *args: Any, device: Any = None, dtype: Any = None) -> Self:
        """Convert the floating-point parameters and buffers to a type; the device is the CPU."""
        for arg in args:
            if isinstance(arg, (np.dtype, type)):
                dtype = arg
            else:
                device = arg
        check_device(device)
        if dtype is not None:
            kind = dtypes.to_dtype(dtype)
            for module in self.modules():
                for table in (module._parameters, module._buffers):
                    for value in table.values():
                        if value is not None and value.array.dtype.kind == "f" and value.dtype != kind:
                            value.data = value.array.astype(kind)
                            value.grad = None if value.grad is None else value.grad.to(kind)
        return self

    def float(self) -> Self:
        """Convert to float32."""
        return self.to(dtypes.float32)

    def double(self) -> Self:
        """Convert to float64."""
        return self.to(dtypes.float64)

    def cpu(self) -> Self:
        """Return self, which is on the CPU already."""
        return self

    # --- state --------------------------------------------------------------------------------------------
    def state_dict(self, *, prefix: str = "") -> OrderedDict[str, Tensor]:
        """Return every parameter and persistent buffer by path; they share memory with the module."""
        state: OrderedDict[str, Tensor] = OrderedDict()
        for path, module in _all_paths(self, prefix):
            for name, value in (*module._parameters.items(), *module._buffers.items()):
                if value is not None and name not in module._transient:
                    state[f"{path}.{name}" if path else name] = value.detach()
        return state

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> LoadedKeys:
        """Copy values into the parameters and buffers of the same paths.

        Args:
            state_dict: what `state_dict()` gave; tensors or arrays by path.
            strict: refuse missing and unexpected paths; mis-shaped values are always refused.

        Returns:
            the missing and the unexpected paths, as `missing_keys` and `unexpected_keys`.

        Raises:
            RuntimeError: listing every missing, unexpected and mis-shaped path; nothing is changed then.
        """
        own = self.state_dict()
        missing = [k for k in own if k not in state_dict]
        unexpected = [k for k in state_dict if k not in own]
        values = {k: as_array(v) for k, v in state_dict.items() if k in own}
        wrong = [
            f"{k}: this model has {own[k].array.shape}, the state has {v.shape}"
            for k, v in values.items()
            if v.shape != own[k].array.shape
        ]
        problems = [f"wrong shape for {w}" for w in wrong]
        if strict:
            problems += [f"missing: {', '.join(missing)}"] * bool(missing)
            problems += [f"unexpected: {', '.join(unexpected)}"] * bool(unexpected)
        if problems:
            raise RuntimeError(f"the state does not fit {type(self).__name__}:\n  " + "\n  ".join(problems))
        for k, v in values.items():
            own[k]._version[0] += 1
            own[k].array[...] = v
        return LoadedKeys(missing, unexpected)

    # --- printing -----------------------------------------------------------------------------------------
    def extra_repr(self) -> str:
        """Return what `repr` shows between the brackets of a layer without children."""
        return ""

    def __repr__(self) -> str:
        extra = self.extra_repr()
        children = [f"({name}): " + repr(module).replace("\n", "\n  ") for name, module in self._modules.items()]
        if not children:
            return f"{type(self).__name__}({extra})"
        lines = [extra, *children] if extra else children
        return f"{type(self).__name__}(\n  " + "\n  ".join(lines) + "\n)"


def _name_layer(module: Module, error: Exception) -> None:
    """Put the path of the layer that failed, seen from `module`, in front of the error's message.

    The innermost module notes itself and the message; each one around it then writes the longer path.
    """
    if len(error.args) == 1 and isinstance(error.args[0], str):
        failed, message = error.__dict__.setdefault("pellucid_origin", (module, error.args[0]))
        path = next((path for path, m in module.named_modules() if m is failed), "")
        if path:
            error.args = (f"in layer {path!r} ({type(failed).__name__}): {message}",)


def _all_paths(root: Module, prefix: str) -> Iterator[tuple[str, Module]]:
    """Yield modules with paths, a shared one under each of its paths, as state dicts name them."""
    yield prefix, root
    for name, child in root._modules.items():
        if child is not None:
            yield from _all_paths(child, f"{prefix}.{name}" if prefix else name)

"""The backward walk: once over the tape, from the loss to the leaves."""

from heapq import heappop, heappush
from typing import Any

import numpy as np

from pellucid._quiet import QUIET
from pellucid._tensor import Array, Node, Tensor, as_array

__all__ = ["backward", "topological", "unbroadcast"]


def backward(
    root: Tensor,
    gradient: Tensor | Array | None = None,
    *,
    retain_graph: bool = False,
    into: dict[int, Array] | None = None,
) -> None:
    """Walk the tape of `root` in reverse and accumulate the gradients of the leaves.

    Args:
        root: where to start.
        gradient: dL/droot; 1 when root is a single number.
        retain_graph: keep the tape for another walk.
        into: collect gradients here, by id, for the tensors whose ids are its keys, and leave every
            `grad` alone; this is how `autograd.grad` asks.
    """
    pending = {id(root): _first_gradient(root, gradient)}
    leaves: list[Tensor] = []
    computed: list[tuple[int, Tensor]] = []  # a heap: what was recorded last has all its gradients first
    _await(root, leaves, computed)
    with np.errstate(all="ignore"):  # infinities are carried as values, as NumPy and PyTorch carry them
        while computed:
            tensor = heappop(computed)[1]
            dy = pending.pop(id(tensor))
            if tensor._hooks:
                dy = _run_hooks(tensor, dy)
            if into is not None:
                if id(tensor) in into:
                    into[id(tensor)] = dy
            elif tensor._retains_grad:
                _accumulate(tensor, dy.copy())
            node: Node = tensor._node  # type: ignore[assignment]
            _step(tensor, node, dy, pending, leaves, computed)
            if not retain_graph:
                node.free()  # the memory of the tape goes while the walk goes on
        for leaf in leaves:
            dy = pending[id(leaf)]
            if leaf._hooks:
                dy = _run_hooks(leaf, dy)
            if into is None:
                _accumulate(leaf, dy)
            elif id(leaf) in into:
                into[id(leaf)] = dy


def _await(tensor: Tensor, leaves: list[Tensor], computed: list[tuple[int, Tensor]]) -> None:
    """Put a tensor that has a gradient now, for the first time, where the walk will find it."""
    node = tensor._node
    if node is None:
        leaves.append(tensor)
    elif node.edges is None:
        raise _freed()
    else:
        heappush(computed, (-node.serial, tensor))


def _freed() -> RuntimeError:
    return RuntimeError(
        "this graph was already walked by backward() and its memory freed; call backward(retain_graph=True) the "
        "first time if you need it twice, or run the forward pass again (a loss kept from an earlier step needs "
        ".detach())"
    )


def topological(root: Tensor) -> list[Tensor]:
    """List the tensors that need a gradient and that root depends on, each after all that it was computed from.

    Iterative, because a long chain would overflow Python's stack. A tensor is listed when the walk *returns*
    to it, after its inputs, and not when it is first met: a tensor used twice must come before both users.
    """
    order: list[Tensor] = []
    seen: set[int] = set()
    stack: list[Tensor | None] = [root]
    while stack:
        tensor = stack.pop()
        if tensor is None:  # the mark above a tensor whose inputs are all listed by now
            order.append(stack.pop())  # type: ignore[arg-type]
        elif id(tensor) not in seen:
            seen.add(id(tensor))
            node = tensor._node
            if node is None:
                order.append(tensor)
                continue
            if node.edges is None:
                raise _freed()
            stack += (tensor, None)
            for x, _, _ in node.edges:
                if x._requires_grad:
                    stack.append(x)
    return order


def _step(
    tensor: Tensor,
    node: Node,
    dy: Array,
    pending: dict[int, Array],
    leaves: list[Tensor],
    computed: list[tuple[int, Tensor]],
) -> None:
    """Turn the gradient of one operation's output into those of its inputs."""
    if tensor._version[0] != node.output_version:
        raise _overwritten("output", tensor, node)
    edges, joint = node.edges, node.joint
    if edges is None:  # a hook walked the same tape while this walk was under way
        raise RuntimeError("the graph was freed during this backward walk")
    dxs = None if joint is None else joint(dy)
    if dxs is not None and len(dxs) != len(edges):
        raise RuntimeError(f"the operation '{node.name}' has {len(edges)} inputs and gave {len(dxs)} gradients")
    for i, (x, version, gradient) in enumerate(edges):
        if x._version[0] != version:
            raise _overwritten("input", x, node)
        if not x._requires_grad:
            continue
        dx = gradient(dy) if dxs is None else dxs[i]
        if dx is None:
            continue
        if type(dx) is not np.ndarray:  # NumPy gives scalars for 0-dim
            dx = np.asarray(dx)
        a, key = x.array, id(x)
        if dx.shape != a.shape or dx.dtype is not a.dtype:
            dx = unbroadcast(dx, a.shape).astype(a.dtype, copy=False)
        if key in pending:
            pending[key] = pending[key] + dx
            continue
        if x._node is None and (dx is dy or dx.base is not None):
            dx = dx.copy()  # x + y hands dy to both; what users find in `grad` is that leaf's alone
        pending[key] = dx
        _await(x, leaves, computed)


def _overwritten(role: str, tensor: Tensor, node: Node) -> RuntimeError:
    return RuntimeError(
        f"an {role} of shape {tensor.array.shape} of the operation '{node.name}' was overwritten in place after "
        "it was used, so the gradient would be wrong; use the operation without the underscore, or call "
        "backward() before the change (before optimizer.step())"
    )


def unbroadcast(dx: Array, shape: tuple[int, ...]) -> Array:
    """Sum a gradient over the axes along which its input was broadcast.

    Example:
        >>> unbroadcast(np.ones((2, 3)), (3,))
        array([2., 2., 2.])
    """
    if dx.shape == shape:
        return dx
    if dx.ndim < len(shape):
        dx = np.broadcast_to(dx, shape)
    dx = dx.sum(axis=tuple(range(dx.ndim - len(shape)))) if dx.ndim > len(shape) else dx
    stretched = tuple(i for i, n in enumerate(shape) if n == 1 and dx.shape[i] != 1)
    if stretched:
        dx = dx.sum(axis=stretched, keepdims=True)
    if dx.shape != shape:
        raise RuntimeError(f"a gradient has shape {dx.shape} where its input has {shape}")
    return dx


def _first_gradient(root: Tensor, gradient: Any) -> Array:
    if not root._requires_grad:
        raise RuntimeError(
            "backward() needs a tensor that was computed from one that requires gradients; this one was not "
            "(was it computed under no_grad, detached, or made of integers?)"
        )
    if gradient is None:
        if root.array.size != 1:
            raise RuntimeError(
                f"backward() without a gradient needs a single number, this tensor has shape {root.array.shape}; "
                "reduce it (.sum(), .mean()) or give backward(gradient) of that shape"
            )
        dy = np.empty(root.array.shape, root.array.dtype)  # np.ones() takes five times as long
        dy.fill(1)
        return dy
    dy = as_array(gradient)
    if dy.shape != root.array.shape:
        raise RuntimeError(f"backward(gradient) must have the shape {root.array.shape}, got {dy.shape}")
    return QUIET.run(dy.astype, root.array.dtype)


def _run_hooks(tensor: Tensor, dy: Array) -> Array:
    for hook in list((tensor._hooks or {}).values()):
        replaced = hook(Tensor(dy))
        if replaced is not None:
            if not isinstance(replaced, Tensor):
                raise TypeError(f"a hook must return a Tensor or None, got {type(replaced).__name__}")
            if replaced.array.shape != dy.shape:
                raise RuntimeError(f"a hook returned shape {replaced.array.shape} for a gradient of {dy.shape}")
            dy = replaced.array.astype(dy.dtype, copy=False)
    return dy.copy()  # hooks may have kept what they were given


def _accumulate(tensor: Tensor, dy: Array) -> None:
    grad = tensor._grad
    tensor._grad = Tensor(dy if grad is None else grad.array + dy)

import gc
import threading
import tracemalloc
import weakref

import numpy as np
import pytest
import torch

import pellucid
from pellucid.autograd import Function
from pellucid.backward import unbroadcast


def leaf(*shape, dtype=pellucid.float64):
    return pellucid.randn(*shape, dtype=dtype).requires_grad_()


def test_gradients_of_a_tensor_used_many_times_add_up():
    # y = x x + 3 x, so dx = 2 x + 3; z uses y twice, so dz = 2 y dy
    x = pellucid.tensor(2.0, requires_grad=True)
    y = x * x + 3 * x
    (y * y).backward()
    assert x.grad.item() == 2 * 10 * 7


def test_a_diamond_is_walked_in_the_right_order():
    # Met first is not ready first: a reaches the root directly and through a long detour.
    x = pellucid.tensor(1.5, requires_grad=True)
    a = x * 2
    b = a
    for _ in range(5):
        b = b + a
    (a * b).backward()
    assert x.grad.item() == pytest.approx(2 * 6 * 4 * 1.5)  # a b = 6 a^2 = 24 x^2


def test_gradients_accumulate_over_walks_until_forgotten():
    x = leaf(3)
    for _ in range(3):
        (x * 2).sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [6.0, 6.0, 6.0])
    x.grad = None
    (x * 2).sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [2.0, 2.0, 2.0])


def test_a_chain_of_100000_operations_is_built_walked_and_dropped():
    x = pellucid.tensor(1.0, requires_grad=True)
    y = x
    for _ in range(100_000):
        y = y + 1
    y.backward()
    assert x.grad.item() == 1.0
    assert y.item() == 100_001
    z = x
    for _ in range(100_000):
        z = z + 1
    alive = weakref.ref(z)
    del z, y  # dropped without a walk: Python must not recurse through the chain
    assert alive() is None


def test_a_graph_walked_twice_says_so():
    x = leaf(2)
    y = (x * x).sum()
    y.backward()
    with pytest.raises(RuntimeError, match=r"already walked.*retain_graph=True.*detach"):
        y.backward()


def test_a_later_graph_built_on_a_freed_one_says_so():
    x = leaf(2)
    h = x * x
    h.sum().backward()
    with pytest.raises(RuntimeError, match="already walked"):
        (h * 2).sum().backward()


def test_retain_graph_keeps_the_tape_for_another_walk():
    x = leaf(2)
    y = (x * x).sum()
    y.backward(retain_graph=True)
    once = x.grad.numpy().copy()
    y.backward()
    np.testing.assert_array_equal(x.grad.numpy(), 2 * once)


def test_backward_wants_a_gradient_unless_the_root_is_one_number():
    x = leaf(2, 3)
    with pytest.raises(RuntimeError, match=r"\(2, 3\).*\.sum\(\)"):
        (x * 2).backward()
    with pytest.raises(RuntimeError, match=r"\(2, 3\), got \(3,\)"):
        (x * 2).backward(pellucid.ones(3))
    (x * 2).backward(pellucid.ones(2, 3) * 5)
    assert (x.grad == 10).all()


def test_backward_from_what_needs_no_gradient_says_why():
    with pytest.raises(RuntimeError, match=r"no_grad.*detached.*integers"):
        pellucid.ones(1).sum().backward()


def test_backward_from_a_leaf_gives_it_the_gradient():
    x = pellucid.tensor(3.0, requires_grad=True)
    x.backward()
    assert x.grad.item() == 1.0


def test_the_tape_is_freed_while_the_walk_goes_on():
    n, steps = 100_000, 50
    x = leaf(n)

    def peak_of_walk(retain):
        y = x
        for _ in range(steps):
            y = (y * 1.0001).tanh()
        loss = y.sum()
        del y
        tracemalloc.start()
        try:
            loss.backward(retain_graph=retain)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
            x.grad = None

    # The walk itself needs the gradients of one step at a time, a few arrays, and not one for each of the 100.
    assert peak_of_walk(retain=False) < 10 * n * 8


def test_the_memory_of_the_tape_is_gone_after_the_walk():
    n = 100_000
    x = leaf(n)
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        y = x
        for _ in range(50):
            y = (y * 1.0001).tanh()
        loss = y.sum()
        del y
        during = tracemalloc.get_traced_memory()[0] - before
        loss.backward()
        after = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert during > 50 * n * 8  # the tape did hold something
    assert after < 1.1 * n * 8  # what stays is the gradient of x


def test_a_tape_dropped_without_a_walk_is_freed_without_the_garbage_collector():
    gc.collect()
    gc.disable()
    try:
        x = leaf(3)
        y = (x * 2).exp()
        alive = weakref.ref(y)
        z = y.sum()
        del y
        assert alive() is not None
        del z
        assert alive() is None
    finally:
        gc.enable()


def test_gradients_of_different_leaves_never_share_memory():
    x, w = leaf(3), leaf(3)
    (x + w).backward(pellucid.ones(3, dtype=pellucid.float64))
    x.grad.array[0] = 99
    assert w.grad.array[0] == 1


def test_the_gradient_given_to_backward_is_not_kept():
    x = leaf(3)
    given = pellucid.ones(3, dtype=pellucid.float64)
    (x + 0).backward(given)
    x.grad.array[0] = 99
    assert given.array[0] == 1


@pytest.mark.parametrize(
    "op",
    [
        lambda x: x + 0, lambda x: x.reshape(4), lambda x: x.T, lambda x: x.clone(), lambda x: x[0:1],
        lambda x: x.expand(3, 2, 2), lambda x: x.flip(0), lambda x: x.double(), lambda x: x.contiguous(),
        lambda x: pellucid.cat([x, x]), lambda x: x.sum(0), lambda x: -x,
    ],
)  # fmt: skip
def test_no_operation_hands_a_leaf_memory_of_somebody_else(op):
    x = leaf(2, 2)
    y = op(x)
    dy = pellucid.randn(*y.shape, dtype=pellucid.float64)
    y.backward(dy)
    assert not np.shares_memory(x.grad.array, dy.array)
    assert not np.shares_memory(x.grad.array, x.array)
    assert x.grad.array.flags.writeable


# --- hooks and kept gradients -----------------------------------------------------------------------------


def test_retain_grad_keeps_the_gradient_of_a_computed_tensor():
    x = leaf(3)
    y = x * 2
    y.retain_grad()
    (y * y).sum().backward()
    np.testing.assert_allclose(y.grad.numpy(), 2 * y.detach().numpy())
    y.grad.array[...] = 0  # it is y's alone
    np.testing.assert_allclose(x.grad.numpy(), 8 * x.detach().numpy())


def test_gradients_kept_by_two_computed_tensors_do_not_share_memory():
    x = leaf(3) * 1
    y = x + 0  # hands its dy on to x as it is
    x.retain_grad()
    y.retain_grad()
    y.sum().backward()
    y.grad.array[...] = 7
    assert x.grad.tolist() == [1.0, 1.0, 1.0]


def test_computed_tensors_keep_no_gradient_unless_asked():
    x = leaf(3)
    y = x * 2
    y.sum().backward()
    assert y.grad is None


def test_a_hook_sees_the_whole_gradient_and_may_replace_it():
    x = leaf(2)
    y = x * 1
    seen = []
    y.register_hook(lambda g: seen.append(g.numpy().copy()))
    y.register_hook(lambda g: g * 10)
    (y * 2 + y * 3).sum().backward()
    assert [s.tolist() for s in seen] == [[5.0, 5.0]]
    assert x.grad.tolist() == [50.0, 50.0]


def test_a_hook_of_a_leaf_changes_what_is_accumulated():
    x = leaf(2)
    x.register_hook(lambda g: -g)
    x.sum().backward()
    assert x.grad.tolist() == [-1.0, -1.0]


def test_a_removed_hook_is_silent():
    x = leaf(2)
    calls = []
    handle = x.register_hook(calls.append)
    handle.remove()
    handle.remove()
    with x.register_hook(calls.append):
        pass
    x.sum().backward()
    assert calls == []


def test_what_a_hook_keeps_is_not_written_into_later():
    x = leaf(2)
    kept = []
    x.register_hook(kept.append)
    x.sum().backward()
    x.grad.array[...] = 7
    assert kept[0].tolist() == [1.0, 1.0]


def test_a_hook_that_returns_another_shape_or_no_tensor_is_refused():
    x = leaf(2)
    x.register_hook(lambda g: g.sum())
    with pytest.raises(RuntimeError, match=r"hook returned shape \(\).*\(2,\)"):
        x.sum().backward()
    y = leaf(2)
    y.register_hook(lambda g: 3.0)
    with pytest.raises(TypeError, match=r"hook.*Tensor or None.*float"):
        y.sum().backward()


def test_hooks_need_a_tensor_on_the_tape():
    for name, args in (("register_hook", (print,)), ("retain_grad", ())):
        with pytest.raises(RuntimeError, match="requires gradients"):
            getattr(pellucid.ones(2), name)(*args)


def test_a_failing_hook_leaves_a_message_and_no_half_written_leaf_type():
    x = leaf(2)
    x.register_hook(lambda g: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        x.sum().backward()
    assert x.grad is None


# --- arrays overwritten before the walk -------------------------------------------------------------------


def test_an_input_overwritten_before_the_walk_is_refused():
    x, w = leaf(2), pellucid.ones(2, dtype=pellucid.float64)
    y = (x * w).sum()
    w.add_(1)  # w needs no gradient, but dx = dy w
    with pytest.raises(RuntimeError, match=r"overwritten"):
        y.backward()
    z = (x * x).sum()
    with pellucid.no_grad():
        x.mul_(2)
    with pytest.raises(RuntimeError, match=r"input.*\(2,\).*'mul'.*overwritten.*optimizer.step"):
        z.backward()


def test_an_output_overwritten_before_the_walk_is_refused():
    x = leaf(2)
    y = x.exp()
    with pellucid.no_grad():
        y.zero_()
    with pytest.raises(RuntimeError, match=r"output.*'exp'.*overwritten"):
        y.sum().backward()


def test_a_view_overwritten_counts_as_the_whole():
    x = leaf(4)
    y = (x * x).sum()
    x.detach()[0] = 5.0
    with pytest.raises(RuntimeError, match="overwritten"):
        y.backward()


def test_a_view_of_a_view_overwritten_counts_as_the_whole():
    x = leaf(2, 4)
    y = (x * x).sum()
    x.detach().T[1].reshape(2).mul_(2)
    with pytest.raises(RuntimeError, match="overwritten"):
        y.backward()


def test_a_write_through_a_view_on_the_tape_is_not_lost_silently():
    # In PyTorch the write reaches y; here it makes a new array for the view, and y must not be used as if it had.
    w = pellucid.tensor(5.0, dtype=pellucid.float64, requires_grad=True)
    y = pellucid.zeros(2, 2, dtype=pellucid.float64)
    y[0][1] = w
    with pytest.raises(RuntimeError, match=r"missed that write.*y\[i, j\]"):
        y.sum()
    z = leaf(2, 2) * 1
    z[0].mul_(2)
    with pytest.raises(RuntimeError, match="missed"):
        z * 2
    kept = leaf(2) * 1
    view = kept[0:1]
    kept.add_(1)
    with pytest.raises(RuntimeError, match="missed"):
        view * 2


def test_another_name_for_a_tensor_augmented_on_the_tape_is_not_used_with_its_old_values():
    # In PyTorch `x += 1` changes what `same` names too; here Python binds x to a new tensor.
    x = leaf(2) * 1
    same, twice = x, x * 2
    x += 1
    (x + twice).sum().backward()
    with pytest.raises(RuntimeError, match="missed"):
        same * 2


def test_an_augmented_leaf_is_refused_whatever_is_added():
    x, w = leaf(2), leaf(2)
    with pytest.raises(RuntimeError, match=r"leaf.*no_grad"):
        x += w


def test_an_augmented_tensor_keeps_its_shape_and_type():
    x, w = pellucid.zeros(2), leaf(2)
    with pytest.raises(RuntimeError, match=r"\(3, 2\).*\(2,\)"):
        x += leaf(3, 2)
    x += w
    assert x.dtype == pellucid.float32
    assert x.requires_grad


def test_a_view_written_on_the_tape_goes_on_with_its_own_values():
    x = leaf(4)
    h = (x * 3).reshape(2, 2)
    h.masked_fill_(pellucid.tensor([[True, False], [False, False]]), -1.0)
    h += 1
    (h * h).sum().backward()
    expected = 2 * (3 * x.detach().numpy() + 1) * 3
    expected[0] = 0
    np.testing.assert_allclose(x.grad.numpy(), expected)


def test_a_refused_write_leaves_the_tape_as_it_was():
    x = leaf(2)
    y = x * 2
    y.add_(1)
    with pytest.raises(RuntimeError, match=r"\(3, 2\)"):
        y.add_(pellucid.ones(3, 2, dtype=pellucid.float64))
    y.sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_overwriting_after_the_walk_is_fine():
    x = leaf(2)
    for _ in range(2):
        (x * x).sum().backward()
        with pellucid.no_grad():
            x -= 0.1 * x.grad


def test_in_place_on_the_tape_gives_the_same_gradients_as_pytorch():
    a = np.array([0.5, 1.5, -2.0])
    grads = []
    for library in (pellucid, torch):
        x = library.from_numpy(a.copy()).requires_grad_()
        y = x * 2
        y.add_(x)
        y[0] = 7.0
        y *= x
        y.clamp_(-4, 4)
        y.sum().backward()
        grads.append(x.grad.numpy())
    np.testing.assert_allclose(*grads)


# --- gradients assigned by hand ---------------------------------------------------------------------------


def test_grad_accepts_only_what_fits():
    x = leaf(2)
    x.grad = pellucid.ones(2, dtype=pellucid.float64)
    with pytest.raises(RuntimeError, match=r"\(2,\).*float64.*\(3,\)"):
        x.grad = pellucid.ones(3, dtype=pellucid.float64)
    with pytest.raises(RuntimeError, match="float32"):
        x.grad = pellucid.ones(2)
    with pytest.raises(TypeError, match="Tensor or None, got ndarray"):
        x.grad = np.ones(2)
    assert x.grad.tolist() == [1.0, 1.0]


def test_unbroadcast_sums_what_was_stretched_and_refuses_the_rest():
    assert unbroadcast(np.ones((4, 2, 3)), (2, 1)).tolist() == [[12.0], [12.0]]
    assert unbroadcast(np.ones((2, 3)), ()).item() == 6
    with pytest.raises(RuntimeError, match=r"\(2, 3\).*\(2, 2\)"):
        unbroadcast(np.ones((2, 3)), (2, 2))


def test_a_walk_in_each_of_several_threads_gives_each_its_gradient():
    found = {}

    def work(i):
        x = pellucid.tensor(float(i), requires_grad=True)
        y = x
        for _ in range(200):
            y = y * 1.0
        (y * y).backward()
        found[i] = x.grad.item()

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert found == {i: 2.0 * i for i in range(8)}


def test_a_function_that_returns_one_array_for_two_inputs_gives_each_its_own():
    class Twice(Function):
        @staticmethod
        def forward(ctx, x, w):
            return x + w

        @staticmethod
        def backward(ctx, dy):
            return dy, dy

    x, w = leaf(2), leaf(2)
    Twice.apply(x, w).sum().backward()
    x.grad.array[...] = 5
    assert w.grad.tolist() == [1.0, 1.0]


def test_infinities_in_a_walk_are_carried_without_warnings():
    x = pellucid.tensor([0.0, 1e-300], dtype=pellucid.float64, requires_grad=True)
    (1 / x).sum().backward()
    assert np.isinf(x.grad.array).all()

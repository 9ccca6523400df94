"""Laws that hold for any shape: broadcasting, un-broadcasting and indexing, found by Hypothesis."""

import hypothesis.extra.numpy as hnp
import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import pellucid

steady = settings(deadline=None, derandomize=True, max_examples=150, database=None)

SHAPES = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
TWO_SHAPES = hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=4, min_side=0, max_side=4)


def counted(shape, start=1.0):
    """Distinct numbers, none of them zero."""
    return (np.arange(np.prod(shape, dtype=int), dtype=np.float64) + start).reshape(shape)


def both(*arrays):
    """The arrays as leaves of both libraries."""
    return [[library.from_numpy(a.copy()).requires_grad_() for a in arrays] for library in (pellucid, torch)]


def assert_same(y, z, xs, zs):
    np.testing.assert_allclose(y.detach().numpy(), z.detach().numpy(), rtol=1e-12)
    assert tuple(y.shape) == tuple(z.shape)
    c = counted(tuple(y.shape), 0.5)
    y.backward(pellucid.from_numpy(c))
    z.backward(torch.from_numpy(c))
    for x, w in zip(xs, zs, strict=True):
        np.testing.assert_allclose(x.grad.numpy(), w.grad.numpy(), rtol=1e-12)


@steady
@given(TWO_SHAPES)
def test_operands_broadcast_and_their_gradients_sum_back(shapes):
    a, b = (counted(s) for s in shapes.input_shapes)
    (x, w), (tx, tw) = both(a, b)
    assert_same(x * w + w, tx * tw + tw, (x, w), (tx, tw))


@steady
@given(st.data())
def test_basic_and_advanced_indices_take_and_give_back_what_numpys_do(data):
    shape = data.draw(hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=4))
    a = counted(shape)
    index = data.draw(
        st.one_of(
            hnp.basic_indices(shape, allow_newaxis=True).filter(lambda i: not _steps_back(i)),
            hnp.integer_array_indices(shape, result_shape=hnp.array_shapes(min_dims=0, max_dims=2, max_side=3)),
            hnp.arrays(np.bool_, shape),
        )
    )
    x = pellucid.from_numpy(a.copy()).requires_grad_()
    y = x[index]
    np.testing.assert_array_equal(y.detach().numpy(), a[index])
    c = counted(y.shape, 0.5)
    y.backward(pellucid.from_numpy(c))
    expected = np.zeros(shape)
    np.add.at(expected, index, c)
    np.testing.assert_allclose(x.grad.numpy(), expected)
    written = pellucid.from_numpy(a.copy())
    written[index] = -1.0
    b = a.copy()
    b[index] = -1.0
    np.testing.assert_array_equal(written.numpy(), b)


def _steps_back(index):
    return any(isinstance(i, slice) and (i.step or 1) < 0 for i in (index if isinstance(index, tuple) else (index,)))


@steady
@given(SHAPES, st.data())
def test_reductions_over_any_axes_equal_pytorchs(shape, data):
    dims = data.draw(st.lists(st.integers(0, len(shape) - 1), unique=True, min_size=1) if shape else st.just([]))
    keepdim = data.draw(st.booleans())
    if not dims:
        return
    a = counted(shape)
    for name in ("sum", "mean"):
        (x,), (z,) = both(a)
        assert_same(getattr(x, name)(dims, keepdim), getattr(z, name)(dims, keepdim), (x,), (z,))


@steady
@given(SHAPES, st.data())
def test_shapes_change_back_and_forth_without_loss(shape, data):
    order = data.draw(st.permutations(range(len(shape))))
    a = counted(shape)
    x = pellucid.from_numpy(a)
    assert x.permute(*order).permute(*np.argsort(order).tolist()).equal(x)
    assert x.flatten().reshape(shape).equal(x)
    for dim in range(-len(shape) - 1, len(shape) + 1):
        assert x.unsqueeze(dim).squeeze(dim).equal(x)
    for dim in range(len(shape)):
        assert pellucid.cat(x.split(2, dim), dim).equal(x)
        assert shape[dim] == 0 or pellucid.stack(x.unbind(dim), dim).equal(x)
        assert x.flip(dim).flip(dim).equal(x)
        assert x.roll(1, dim).roll(-1, dim).equal(x)


@steady
@given(hnp.arrays(np.float64, hnp.array_shapes(max_dims=2, max_side=6), elements=st.integers(-3, 3)), st.booleans())
def test_sorting_is_stable_and_gathers_what_it_says(a, descending):
    x, z = pellucid.from_numpy(a), torch.from_numpy(a)
    values, indices = x.sort(-1, descending)
    expected = torch.sort(z, stable=True, dim=-1, descending=descending)
    np.testing.assert_array_equal(values.numpy(), expected.values.numpy())
    np.testing.assert_array_equal(indices.numpy(), expected.indices.numpy())
    assert x.gather(-1, indices).equal(values)


@steady
@given(st.data())
def test_matrices_of_any_rank_multiply_as_pytorchs(data):
    n, k, m = (data.draw(st.integers(0, 3)) for _ in range(3))
    batches = data.draw(
        hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=2, min_side=0, max_side=3)
    ).input_shapes
    (x, w), (tx, tw) = both(counted((*batches[0], n, k)), counted((*batches[1], k, m)))
    assert_same(x @ w, tx @ tw, (x, w), (tx, tw))

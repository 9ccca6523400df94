import copy
import multiprocessing
import operator
import pickle

import numpy as np
import pytest
import torch

import pellucid
from pellucid import Tensor
from pellucid.nn import Parameter

# --- what it is -------------------------------------------------------------------------------------------


def test_a_tensor_wraps_an_array_and_tensor_copies_it():
    a = np.arange(3.0)
    assert np.shares_memory(Tensor(a).array, a)
    assert np.shares_memory(pellucid.from_numpy(a).array, a)
    assert np.shares_memory(pellucid.as_tensor(a).array, a)
    assert not np.shares_memory(pellucid.tensor(a).array, a)


def test_lists_of_tensors_become_one_tensor():
    assert pellucid.tensor([pellucid.tensor(1.0), pellucid.tensor(2.0)]).tolist() == [1.0, 2.0]


def test_sizes_and_kinds_are_asked_under_pytorchs_names():
    x = pellucid.zeros(2, 3)
    assert x.shape == (2, 3)
    assert x.size() == (2, 3)
    assert (x.size(0), x.dim(), x.ndim, x.numel(), x.nelement(), len(x)) == (2, 2, 2, 6, 6, 2)
    assert x.shape.numel() == 6
    assert repr(x.shape) == "Size([2, 3])"
    assert x.is_leaf
    assert x.grad_fn is None
    assert x.type() == "float32"
    assert x.element_size() == 4


def test_numpy_and_detach_share_memory_and_clone_does_not():
    x = pellucid.zeros(2)
    assert np.shares_memory(x.numpy(), x.array)
    assert np.shares_memory(x.detach().array, x.array)
    assert not np.shares_memory(x.clone().array, x.array)


def test_writing_through_detach_and_data_is_seen_in_the_tensor():
    x = pellucid.zeros(3, requires_grad=True)
    x.detach()[0] = 1.0
    x.data[1] = 2.0
    x.data.add_(10.0)
    with pellucid.no_grad():
        x[2] = 5.0
        x.mul_(2)
    assert x.tolist() == [22.0, 24.0, 10.0]
    assert x.requires_grad


def test_data_can_be_replaced():
    x = pellucid.zeros(3, requires_grad=True)
    x.data = pellucid.ones(4)
    assert x.tolist() == [1.0] * 4
    assert x.requires_grad
    x.data = np.zeros(2, dtype=np.float64)
    assert x.dtype == pellucid.float64


def test_a_leaf_that_requires_gradients_is_not_overwritten_on_the_tape():
    x = pellucid.zeros(3, requires_grad=True)
    for change in (lambda: x.add_(1), lambda: operator.setitem(x, 0, 1.0), lambda: operator.iadd(x, 1), x.zero_):
        with pytest.raises(RuntimeError, match=r"leaf.*no_grad"):
            change()
    assert x.tolist() == [0.0, 0.0, 0.0]


def test_an_in_place_result_of_another_shape_or_kind_is_refused():
    x = pellucid.zeros(3)
    with pytest.raises(RuntimeError, match=r"\(2, 3\).*\(3,\)"):
        x.add_(pellucid.ones(2, 3))
    n = pellucid.zeros(3, dtype=pellucid.int64)
    with pytest.raises(RuntimeError, match="int64"):
        n.add_(0.5)
    with pytest.raises(RuntimeError, match="int64"):
        n /= 2
    assert n.tolist() == [0, 0, 0]


def test_setting_elements_of_a_tensor_without_gradients_changes_its_array():
    x = pellucid.zeros(2, 3)
    a = x.array
    x[0] = 1
    x[:, 1] = pellucid.tensor([5.0, 6.0])
    x[x == 0] = -1.0
    assert a.tolist() == [[1, 5, 1], [-1, 6, -1]]
    with pytest.raises(RuntimeError, match=r"\(4,\).*place of shape \(3,\)"):
        x[0] = pellucid.ones(4)
    assert a.tolist() == [[1, 5, 1], [-1, 6, -1]]


def test_requires_grad_is_switched_on_leaves_only():
    x = pellucid.ones(2)
    assert x.requires_grad_() is x
    y = x * 2
    with pytest.raises(RuntimeError, match=r"leaf.*detach"):
        y.requires_grad = False
    x.requires_grad = False
    assert not (x * 2).requires_grad


def test_unknown_attributes_are_refused_not_swallowed():
    x = pellucid.ones(2)
    with pytest.raises(AttributeError):
        x.requries_grad = True


def test_the_recorded_operation_names_itself():
    x = pellucid.ones(2, requires_grad=True)
    y = (x * 2).exp()
    assert y.grad_fn.name == "exp"
    y.sum().backward()
    assert y.grad_fn.name == "freed"


# --- Python's protocols -----------------------------------------------------------------------------------


def test_numbers_come_out_of_tensors_of_one_element():
    x = pellucid.tensor([[2.5]])
    assert (x.item(), float(x), int(x), bool(x)) == (2.5, 2.5, 2, True)
    assert isinstance(pellucid.tensor(3).item(), int)
    assert isinstance(pellucid.tensor(True).item(), bool)
    with pytest.raises(RuntimeError, match=r"one element.*\(2,\)"):
        pellucid.ones(2).item()
    with pytest.raises(RuntimeError, match="one element"):
        float(pellucid.ones(2))


def test_the_truth_of_several_elements_is_ambiguous():
    with pytest.raises(RuntimeError, match=r"\(2,\).*any\(\).*all\(\)"):
        bool(pellucid.ones(2))
    with pytest.raises(RuntimeError, match="ambiguous"):
        bool(pellucid.ones(0))
    assert not pellucid.tensor(0.0)


def test_integer_tensors_are_indices_and_others_are_not():
    assert [10, 20, 30][pellucid.tensor(1)] == 20
    assert list(range(pellucid.tensor(3))) == [0, 1, 2]
    for x in (pellucid.tensor(1.0), pellucid.tensor([1, 2])):
        with pytest.raises(TypeError, match="integer tensor of one element"):
            operator.index(x)


def test_length_iteration_and_membership():
    x = pellucid.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    assert [row.tolist() for row in x] == [[1.0, 2.0], [3.0, 4.0]]
    a, b = x
    (a * b).sum().backward()
    assert x.grad.tolist() == [[3.0, 4.0], [1.0, 2.0]]
    assert 3.0 in x
    assert 5.0 not in x
    assert pellucid.tensor(4.0) in x
    for refused in (len, iter):
        with pytest.raises(TypeError, match="without axes"):
            refused(pellucid.tensor(1.0))


def test_tensors_are_hashed_by_identity_and_compared_by_element():
    x, w = pellucid.ones(2), pellucid.ones(2)
    assert len({x, w, x}) == 2
    assert (x == w).tolist() == [True, True]
    assert {x: 1}[x] == 1


def test_formats_apply_to_single_numbers():
    x = pellucid.tensor(3.14159)
    assert f"{x:.2f}" == "3.14"
    assert f"{pellucid.tensor(3)}" == "3"
    assert f"{x}"[:6] == "3.1415"
    assert f"{pellucid.ones(2)}" == "tensor([1., 1.])"
    with pytest.raises(TypeError, match=r"\(2,\).*format"):
        f"{pellucid.ones(2):.2f}"


# --- NumPy ------------------------------------------------------------------------------------------------


def test_numpy_functions_read_tensors():
    x = pellucid.tensor([1.0, 4.0])
    assert np.asarray(x).dtype == np.float32
    assert np.shares_memory(np.asarray(x), x.array)
    assert not np.shares_memory(np.array(x), x.array)
    assert np.asarray(x, dtype=np.float64).dtype == np.float64
    assert np.mean(np.asarray(x)) == 2.5
    with pytest.raises(RuntimeError, match=r"detach\(\)\.numpy\(\)"):
        np.asarray(x.requires_grad_())


@pytest.mark.parametrize("left", [np.array([1.0, 2.0]), np.float64(2.0), np.float32(2.0), np.int64(2)])
@pytest.mark.parametrize("name", ["add", "sub", "mul", "truediv", "pow", "lt", "eq"])
def test_numpy_on_the_left_leaves_the_work_to_the_tensor(left, name):
    x = pellucid.tensor([3.0, 4.0], dtype=pellucid.float64, requires_grad=True)
    y = getattr(operator, name)(left, x)
    assert isinstance(y, Tensor)
    np.testing.assert_allclose(y.detach().numpy(), getattr(operator, name)(left, x.detach().numpy()))
    if y.is_floating_point():
        y.sum().backward()
        assert x.grad is not None


def test_numpy_matrices_on_the_left_multiply_tensors():
    x = pellucid.ones(3, 2, dtype=pellucid.float64, requires_grad=True)
    y = np.ones((2, 3)) @ x
    assert isinstance(y, Tensor)
    y.sum().backward()
    assert (x.grad == 2).all()


def test_what_is_no_number_is_refused_as_an_operand_and_unequal_as_a_whole():
    x = pellucid.ones(2)
    for other in ("text", None, object()):
        with pytest.raises(TypeError, match=f"tensor, an array or a number, got {type(other).__name__}"):
            x + other
    assert (x == None) is False  # noqa: E711
    assert (x != "text") is True


# --- copies -----------------------------------------------------------------------------------------------


def same(x, y):
    return type(x) is type(y) and x.dtype == y.dtype and x.requires_grad == y.requires_grad and x.equal(y)


@pytest.mark.parametrize("kind", [Tensor, Parameter])
@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_copies_keep_class_type_and_gradients(kind, way):
    x = kind(np.arange(3.0))
    x.requires_grad = True
    (x * 2).sum().backward()
    y = way(x)
    assert same(x, y)
    if way is copy.deepcopy:
        assert y.grad.tolist() == [2.0, 2.0, 2.0]
        assert not np.shares_memory(x.grad.array, y.grad.array)
    else:  # a gradient does not travel in a pickle, as in PyTorch
        assert y.grad is None


@pytest.mark.parametrize("kind", ["f4", "f8", "i8", "u1", "?"])
def test_what_comes_out_of_a_pickle_has_numpys_own_dtype_by_which_kernels_are_chosen(kind):
    there = pickle.loads(pickle.dumps(np.ones((2, 3), kind)))
    assert there.dtype is not np.dtype(kind)
    assert Tensor(there).array.dtype is np.dtype(kind)
    assert np.shares_memory(Tensor(there).array, there)
    assert pickle.loads(pickle.dumps(Tensor(there))).array.dtype is np.dtype(kind)
    layer = pellucid.nn.LSTM(2, 8)
    x = pellucid.randn(5, 60, 2)
    again, y = pickle.loads(pickle.dumps((layer, x)))
    assert (again(y)[0].detach().numpy() == layer(x)[0].detach().numpy()).all()  # by the same kernels, so to the bit


def test_deepcopy_and_pickle_do_not_share_memory_and_copy_does():
    x = pellucid.zeros(2)
    assert not np.shares_memory(copy.deepcopy(x).array, x.array)
    assert not np.shares_memory(pickle.loads(pickle.dumps(x)).array, x.array)
    assert np.shares_memory(copy.copy(x).array, x.array)


def test_a_tensor_shared_by_two_names_stays_shared_in_a_deepcopy():
    x = pellucid.zeros(2)
    a, b = copy.deepcopy([x, x])
    assert a is b


def test_a_shallow_copy_counts_writes_together_with_the_original():
    x = pellucid.ones(2, requires_grad=True)
    w = pellucid.ones(2)
    y = (x * w).sum()
    copy.copy(w).add_(1)
    with pytest.raises(RuntimeError, match="overwritten"):
        y.backward()


def test_computed_tensors_are_copied_only_without_their_tape():
    x = pellucid.ones(2, requires_grad=True)
    y = x * 2
    for way in (copy.deepcopy, pickle.dumps):
        with pytest.raises(RuntimeError, match=r"leaf.*detach"):
            way(y)
    assert same(copy.deepcopy(y.detach()), y.detach())


def _double(x):
    return x * 2


def test_tensors_travel_to_other_processes():
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        y = pool.apply(_double, (pellucid.tensor([1.0, 2.0]),))
    assert y.tolist() == [2.0, 4.0]


# --- printing ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (pellucid.tensor(1.5), "tensor(1.5000)"),
        (pellucid.tensor(2), "tensor(2)"),
        (pellucid.tensor(True), "tensor(True)"),
        (pellucid.tensor([]), "tensor([])"),
        (pellucid.zeros(2, 0), "tensor([], size=(2, 0))"),
        (pellucid.tensor([1.0, 2.0]), "tensor([1., 2.])"),
        (pellucid.tensor([1.0, 0.5]), "tensor([1.0000, 0.5000])"),
        (pellucid.tensor([1.0, 0.5], dtype=pellucid.float64), "tensor([1.0000, 0.5000], dtype=float64)"),
        (pellucid.tensor([1, 2], dtype=pellucid.int32), "tensor([1, 2], dtype=int32)"),
        (pellucid.tensor([1e-8, 1.0]), "tensor([1.0000e-08, 1.0000e+00])"),
        (pellucid.tensor([float("nan"), float("inf")]), "tensor([nan, inf])"),
        (pellucid.tensor([1000.0, 0.5, -0.0]), "tensor([1000.0000,    0.5000,   -0.0000])"),
        (pellucid.tensor([1.0], requires_grad=True), "tensor([1.], requires_grad=True)"),
        (pellucid.tensor([1.0], requires_grad=True).exp(), "tensor([2.7183], grad_fn=<exp>)"),
        (pellucid.tensor([[1, 2], [3, 4]]), "tensor([[1, 2],\n        [3, 4]])"),
        (pellucid.zeros(2000), "tensor([0., 0., 0.,  ..., 0., 0., 0.])"),
    ],
)
def test_tensors_print_their_values_and_what_is_not_obvious(x, text):
    assert repr(x) == text


@pytest.mark.parametrize("shape", [(5,), (11,), (7, 30), (2, 3, 12), (50,), (2, 1, 2, 9)])
@pytest.mark.parametrize("scale", [1.0, 100.0, 0.01, 1e6, 1e-7])
def test_tensors_print_as_pytorchs_do(shape, scale):
    rng = np.random.default_rng(0)
    a = (rng.uniform(0.3, 30, shape) * rng.choice([-1, 1], shape) * scale).astype(np.float32)
    for b in (a, np.trunc(np.abs(a)) + np.float32(3), (a * 50).astype(np.int64), a > 0):
        assert repr(pellucid.from_numpy(b)) == repr(torch.from_numpy(b))


def test_printing_a_large_tensor_does_not_look_at_all_of_it():
    assert len(repr(pellucid.randn(1000, 1000))) < 1000


def test_printing_leaves_numpys_settings_alone():
    before = np.get_printoptions()
    repr(pellucid.randn(3))
    assert np.get_printoptions() == before


# --- device -----------------------------------------------------------------------------------------------


def test_the_cpu_is_the_only_device():
    assert pellucid.device("cpu") == "cpu"
    assert str(pellucid.device("cpu:0")) == "cpu"
    assert not pellucid.cuda.is_available()
    device = pellucid.device("cuda" if pellucid.cuda.is_available() else "cpu")
    assert pellucid.ones(2).to(device).device == device
    with pytest.raises(RuntimeError, match=r"'cuda'.*cpu"):
        pellucid.device("cuda")
    with pytest.raises((RuntimeError, ValueError), match="cpu"):
        pellucid.device("cpu:x")

"""The native updates against those written in optim, which NumPy runs."""

import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pellucid
from pellucid import _native, optim
from pellucid import kernels as K
from pellucid.kernels import native

ISAS = _native.available_isas().split(",")
SHAPES = [(3, 2), (), (0, 4), (1,), (17,), (65, 129), (30001,)]

HOW = [
    (optim.SGD, {"lr": 0.1}),
    (optim.SGD, {"lr": 0.1, "weight_decay": 0.3, "maximize": True}),
    (optim.SGD, {"lr": 0.1, "momentum": 0.9, "dampening": 0.25}),
    (optim.SGD, {"lr": 0.1, "momentum": 0.8, "nesterov": True, "weight_decay": 0.1}),
    (optim.RMSprop, {"lr": 0.01}),
    (optim.RMSprop, {"lr": 0.01, "alpha": 0.5, "eps": 0.1, "weight_decay": 0.1, "maximize": True}),
    (optim.RMSprop, {"lr": 0.01, "momentum": 0.9}),
    (optim.RMSprop, {"lr": 0.01, "centered": True, "eps": 0.01}),
    (optim.RMSprop, {"lr": 0.01, "centered": True, "eps": 0.01, "momentum": 0.5, "weight_decay": 0.1}),
    (optim.Adam, {"lr": 0.01}),
    (optim.Adam, {"lr": 0.01, "betas": (0.5, 0.7), "eps": 0.1, "weight_decay": 0.2, "maximize": True}),
    (optim.Adam, {"lr": 0.01, "weight_decay": 0.2, "decoupled_weight_decay": True}),
    (optim.AdamW, {"lr": 0.01, "weight_decay": 0.5}),
]
NAMES = [f"{kind.__name__}-{'-'.join(how)}" for kind, how in HOW]
KERNELS = ("update_sgd", "update_rmsprop", "update_adam")


@pytest.fixture(autouse=True)
def _as_before():
    isa, threads, engine, reason = _native.isa(), _native.thread_count(), K.get_engine(), K.why_engine()
    yield
    _native.choose_isa(isa)
    _native.set_thread_count(threads)
    K.set_engine(engine, reason=reason)


@pytest.fixture
def taken(monkeypatch):
    """Notes what the native updates answer."""
    answers = []

    def noting(kernel):
        def call(*args):
            answers.append(kernel(*args))
            return answers[-1]

        return call

    for name in KERNELS:
        monkeypatch.setattr(native, name, noting(getattr(native, name)))
    return answers


def _begun(kind, how, shapes=SHAPES, seed=0):
    rng = np.random.default_rng(seed)
    ps = [pellucid.tensor(rng.standard_normal(s).astype("f4"), requires_grad=True) for s in shapes]
    return ps, kind(ps, **how)


def _walk(ps, optimizer, steps, seed=1):
    rng = np.random.default_rng(seed)
    for _ in range(steps):
        for p in ps:
            p.grad = pellucid.tensor(rng.standard_normal(p.array.shape).astype("f4"))
        optimizer.step()


def _arrays(ps, optimizer):
    kept = [v for p in ps for v in optimizer.state[p].values() if isinstance(v, np.ndarray)]
    return [p.array for p in ps] + kept


def _run(engine, kind, how, steps=20, shapes=SHAPES):
    with pellucid.use_engine(engine):
        ps, optimizer = _begun(kind, how, shapes)
        _walk(ps, optimizer, steps)
    return ps, optimizer


def _same_bits(got, expected):
    """Also NaN where there is NaN; its sign and payload are nobody's business."""
    for a, b in zip(got, expected, strict=True):
        assert a.dtype == b.dtype
        assert np.array_equal(a, b, equal_nan=True)


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize(("kind", "how"), HOW, ids=NAMES)
def test_twenty_steps_have_the_bits_of_numpy(kind, how, isa, taken):
    expected = _run("numpy", kind, how)
    assert not taken
    assert _native.choose_isa(isa)
    got = _run("native", kind, how)
    assert sum(taken) >= 19  # the first step makes velocities one by one
    _same_bits(_arrays(*got), _arrays(*expected))
    states = [[got[1].state[p].get("step") for p in got[0]], [expected[1].state[p].get("step") for p in expected[0]]]
    assert states[0] == states[1]
    assert [p._version for p in got[0]] == [p._version for p in expected[0]]


@pytest.mark.parametrize(("kind", "how"), HOW, ids=NAMES)
def test_the_bits_do_not_depend_on_the_number_of_threads(kind, how):
    results = []
    for threads in (1, 2, 3, 4):
        _native.set_thread_count(threads)
        results.append(_arrays(*_run("native", kind, how, steps=3)))
    for other in results[1:]:
        _same_bits(results[0], other)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.integers(0, 40), max_size=3).map(tuple), min_size=1, max_size=6), st.sampled_from(HOW))
def test_any_list_of_shapes_is_taken(shapes, how):
    _same_bits(_arrays(*_run("native", *how, 3, shapes)), _arrays(*_run("numpy", *how, 3, shapes)))


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize(("kind", "how"), HOW, ids=NAMES)
def test_nan_and_infinity_are_carried_as_numpy_carries_them(kind, how, isa, taken):
    _native.choose_isa(isa)
    special = np.array([np.nan, np.inf, -np.inf, 0, 1, 3e38, -3e38], dtype="f4")
    values, grads = (np.ascontiguousarray(x).ravel() for x in np.meshgrid(special, special))

    def run(engine):
        with pellucid.use_engine(engine):
            p = pellucid.tensor(values, requires_grad=True)
            optimizer = kind([p], **how)
            for _ in range(3):
                p.grad = pellucid.tensor(grads)
                optimizer.step()
        return _arrays([p], optimizer)

    _same_bits(run("native"), run("numpy"))
    assert any(taken)


def _misaligned(n):
    return np.frombuffer(bytearray(4 * n + 1), dtype=np.uint8)[1:].view("f4")


def _overlapping():
    a = np.zeros(10, "f4")
    return [a[:7], a[3:]]


UNFIT = {
    "float64": lambda: [np.zeros(5), np.zeros(5)],
    "one of float64": lambda: [np.zeros(5, "f4"), np.zeros(5)],
    "not contiguous": lambda: [np.zeros((5, 4), "f4").T, np.zeros(10, "f4")[::2]],
    "misaligned": lambda: [_misaligned(5), np.zeros(3, "f4")],
    "of the other byte order": lambda: [np.zeros(5, np.dtype("f4").newbyteorder())],
    "one partly in the other": _overlapping,
}


@pytest.mark.parametrize("unfit", UNFIT)
@pytest.mark.parametrize("kind", [optim.SGD, optim.RMSprop, optim.Adam])
def test_what_the_kernels_do_not_take_goes_the_way_of_numpy_to_the_same_bits(kind, unfit, taken):
    def run(engine):
        with pellucid.use_engine(engine):
            ps = [pellucid.Tensor(a, requires_grad=True) for a in UNFIT[unfit]()]
            optimizer = kind(ps, lr=0.1)
            rng = np.random.default_rng(0)
            for _ in range(3):
                for p in ps:
                    p.grad = pellucid.Tensor(rng.standard_normal(p.array.shape).astype(p.dtype))
                optimizer.step()
        return _arrays(ps, optimizer)

    got = run("native")
    _same_bits(got, run("numpy"))
    assert all(a.any() for a in got)
    assert taken == [False] * 3


def test_a_gradient_that_is_the_parameter_itself_goes_the_way_of_numpy(taken):
    with pellucid.use_engine("native"):
        p = pellucid.tensor([1.0, 2.0], requires_grad=True)
        p.grad = p.detach()
        optim.AdamW([p], lr=0.5).step()
    assert taken == [False]
    np.testing.assert_allclose(p.array, [0.495, 1.49], rtol=1e-6)


def test_a_read_only_parameter_is_an_error_as_with_numpy():
    with pellucid.use_engine("native"):
        p = pellucid.Tensor(np.frombuffer(bytes(8), dtype="f4"), requires_grad=True)
        p.grad = pellucid.ones(2)
        with pytest.raises(ValueError, match="read-only"):
            optim.SGD([p], lr=0.1).step()


def test_amsgrad_goes_the_way_of_numpy(taken):
    how = {"lr": 0.01, "amsgrad": True}
    _same_bits(_arrays(*_run("native", optim.Adam, how, 3)), _arrays(*_run("numpy", optim.Adam, how, 3)))
    assert not taken


@pytest.mark.parametrize(("kind", "how"), HOW, ids=NAMES)
def test_a_run_resumed_midway_ends_on_the_same_bits(kind, how, taken):
    ps, optimizer = _run("native", kind, how, 4)
    weights, state = [p.array.copy() for p in ps], copy.deepcopy(optimizer.state_dict())
    with pellucid.use_engine("native"):
        _walk(ps, optimizer, 4, seed=2)
        others, resumed = _begun(kind, {**how, "lr": 7.0})
        for p, w in zip(others, weights, strict=True):
            p.array[...] = w
        resumed.load_state_dict(state)
        _walk(others, resumed, 4, seed=2)
    assert any(taken)
    _same_bits(_arrays(others, resumed), _arrays(ps, optimizer))


def test_the_engine_may_change_between_steps_and_parameters_may_sit_out(taken):
    def run(engines):
        ps, optimizer = _begun(optim.Adam, {"lr": 0.01})
        for step, engine in enumerate(engines):
            with pellucid.use_engine(engine):
                for i, p in enumerate(ps):
                    p.grad = pellucid.ones(*p.shape) * 0.1 * (i + 1) if (i + step) % 3 else None
                optimizer.step()
        return ps, optimizer

    got, expected = run(["native", "numpy"] * 4), run(["numpy"] * 8)
    assert taken == [True] * 4
    assert [s["step"] for s in got[1].state.values()] == [s["step"] for s in expected[1].state.values()]
    _same_bits(_arrays(*got), _arrays(*expected))


def test_nothing_moves_when_a_gradient_of_a_later_group_does_not_fit():
    with pellucid.use_engine("native"):
        ps, optimizer = _begun(optim.Adam, {"lr": 0.1}, [(2,)])
        q = pellucid.tensor([1.0, 2.0], requires_grad=True)
        optimizer.add_param_group({"params": [q]})
        ps[0].grad, q.grad = pellucid.ones(2), pellucid.ones(2)
        q.data = pellucid.ones(3)
        before = ps[0].array.copy()
        with pytest.raises(RuntimeError, match="parameter 0 of group 1"):
            optimizer.step()
    assert np.array_equal(ps[0].array, before)


def test_the_binding_refuses_lists_of_different_lengths_and_what_are_no_lists():
    a, b = np.zeros(3, "f4"), np.zeros(3, "f4")
    with pytest.raises(ValueError, match="lists differ in length"):
        _native.update_sgd([a], [b, b], None, 0.1, 0.0, 0.0, 0.0, False, False)
    with pytest.raises(ValueError, match="lists differ in length"):
        _native.update_adam([a], [b], [a.copy()], [a.copy()], [1, 2], 0.1, 0.9, 0.9, 1e-8, 0.0, False, False)
    with pytest.raises(TypeError):
        _native.update_sgd(a, [b], None, 0.1, 0.0, 0.0, 0.0, False, False)


@pytest.mark.parametrize("g", [np.zeros(4, "f4"), np.zeros((3, 1), "f4"), [0.0, 0.0, 0.0], None, b"12345678abcd"])
def test_the_binding_writes_nothing_where_a_gradient_does_not_fit(g):
    p = np.ones(3, "f4")
    assert not _native.update_sgd([p], [g], None, 0.1, 0.0, 0.0, 0.5, False, False)
    assert p.tolist() == [1, 1, 1]

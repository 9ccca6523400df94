"""No NumPy warning escapes an operation, whatever finite numbers it is given; warnings are errors in these tests."""

import threading
from zlib import crc32

import numpy as np
import pytest
from tests.oracle.test_ops import CASES, is_tensor, outputs

import pellucid
from pellucid._quiet import QUIET

FLOATS = [c for c in CASES if any(a.dtype == np.float64 for a in c.inputs())]


def extreme(case, kind):
    """The inputs of a case with their floats made huge, tiny, zero or left alone, all finite."""
    rng = np.random.default_rng(crc32(case.name.encode()))
    scales = {"float64": (1e308, 1e-308, 0.0, 1.0), "float32": (3e38, 1e-45, 0.0, 1.0)}[kind]
    made = []
    for a in case.inputs():
        if a.dtype == np.float64:
            limit = np.finfo(kind).max
            with np.errstate(all="ignore"):
                a = np.clip(np.nan_to_num(a * rng.choice(scales, a.shape)), -limit, limit).astype(kind)  # noqa: PLW2901
        x = pellucid.from_numpy(np.array(a))
        made.append(x.requires_grad_() if x.is_floating_point() else x)
    return made


@pytest.mark.parametrize("kind", ["float64", "float32"])
@pytest.mark.parametrize("case", FLOATS, ids=lambda c: c.name)
def test_extreme_numbers_go_through_forward_and_backward_in_silence(case, kind):
    for y in outputs(case.call(pellucid, *extreme(case, kind))):
        if is_tensor(y) and y.requires_grad:
            y.backward(pellucid.ones(y.shape, dtype=y.dtype), retain_graph=True)


def test_the_users_own_settings_stay_as_they_are():
    with np.errstate(all="raise"):
        assert np.isinf((pellucid.tensor([3e38]) * 10).array).all()
        with pytest.raises(FloatingPointError):
            np.multiply(np.float32(3e38), np.float32(10))
    with pytest.warns(RuntimeWarning, match="overflow"):
        np.multiply(np.float32(3e38), np.float32(10))


def test_conversions_that_overflow_are_silent():
    x = pellucid.tensor([1e300], dtype=pellucid.float64)
    assert np.isinf(x.float().array).all()
    assert pellucid.tensor(np.array([1e300]), dtype=pellucid.float32).isinf().all()
    y = pellucid.zeros(1)
    y[0] = x
    assert y.isinf().all()
    assert pellucid.zeros(1).add_(x).isinf().all()


def test_threads_compute_side_by_side():
    found = []

    def work():
        x = pellucid.full((200_000,), 3e38)
        for _ in range(50):
            y = x * 10
        found.append(bool(y.isinf().all()))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert found == [True] * 8


def test_what_comes_back_from_inside_is_refused_loudly():
    with pytest.raises(RuntimeError, match="already entered"):
        QUIET.run(QUIET.run, np.add, 1, 2)

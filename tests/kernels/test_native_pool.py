"""The thread pool: the same bits for any number of threads, from several callers at once, and after a fork."""

import os
import subprocess
import sys
import threading

import numpy as np
import pytest

import pellucid
from pellucid.kernels import native, reference

SHAPES = [(96, 300, 200), (1, 2000, 500), (513, 129, 65)]


@pytest.fixture(autouse=True)
def _threads_as_before():
    before = native.get_num_threads()
    yield
    native.set_num_threads(before)


def operands(shape, seed=0):
    rng = np.random.default_rng(seed)
    m, k, n = shape
    return rng.normal(size=(m, k)).astype(np.float32), rng.normal(size=(k, n)).astype(np.float32)


@pytest.mark.parametrize("shape", SHAPES)
def test_results_do_not_depend_on_the_number_of_threads(shape):
    x, y = operands(shape)
    bits = set()
    for threads in (1, 2, 3, 4):
        native.set_num_threads(threads)
        bits.add(native.matmul(x, y).tobytes())
    assert len(bits) == 1
    np.testing.assert_allclose(native.matmul(x, y), reference.matmul(x, y), rtol=1e-4, atol=1e-3)


def test_several_callers_at_once_get_the_right_results():
    native.set_num_threads(3)
    cases = [operands(SHAPES[i % 3], seed=i) for i in range(6)]
    expected = [native.matmul(x, y).tobytes() for x, y in cases]
    wrong = []

    def work(i):
        x, y = cases[i]
        wrong.extend(i for _ in range(30) if native.matmul(x, y).tobytes() != expected[i])

    callers = [threading.Thread(target=work, args=(i,)) for i in range(6)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert wrong == []


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_computes_on():
    native.set_num_threads(3)
    x, y = operands(SHAPES[0])
    expected = native.matmul(x, y).tobytes()
    child = os.fork()
    if child == 0:
        os._exit(0 if native.matmul(x, y).tobytes() == expected else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert native.matmul(x, y).tobytes() == expected


def test_denormal_mode_is_the_callers_again_afterwards():
    tiny = np.array([1e-40], dtype=np.float32)
    native.matmul(*operands(SHAPES[0]))
    assert (tiny * np.float32(1)).item() != 0


def test_at_least_one_thread_is_needed():
    with pytest.raises(ValueError, match="at least one thread, got 0"):
        native.set_num_threads(0)


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"PELLUCID_NUM_THREADS": "3"}, "3"),
        ({"OMP_NUM_THREADS": "1"}, "1"),
        ({"OMP_NUM_THREADS": "5,2"}, "5"),
        ({"PELLUCID_NUM_THREADS": "2", "OMP_NUM_THREADS": "1"}, "2"),
        ({"PELLUCID_NUM_THREADS": "many"}, "PELLUCID_NUM_THREADS must be a positive whole number, got 'many'"),
        ({"PELLUCID_ISA": "baseline"}, "baseline"),
        ({"PELLUCID_ISA": "mmx"}, "PELLUCID_ISA='mmx' does not run here"),
    ],
)
def test_the_environment_sets_threads_and_instructions(variables, said):
    plain = {k: v for k, v in os.environ.items() if not k.endswith("_NUM_THREADS") and k != "PELLUCID_ISA"}
    script = "from pellucid.kernels import native; print(native.get_num_threads(), native.isa())"
    done = subprocess.run(
        [sys.executable, "-c", script], env=plain | variables, capture_output=True, text=True, check=False
    )
    assert said in done.stdout + done.stderr


def test_the_number_of_threads_is_public():
    pellucid.set_num_threads(2)
    assert pellucid.get_num_threads() == native.get_num_threads() == 2

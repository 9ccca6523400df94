import os
import subprocess
import sys

import pytest

import pellucid
from pellucid import kernels as K
from pellucid.kernels import reference


@pytest.fixture(autouse=True)
def _back_to_the_engine_before():
    name, reason = K.get_engine(), K.why_engine()
    yield
    K.set_engine(name, reason=reason)


def test_the_reference_engine_is_always_there():
    pellucid.set_engine("numpy")
    assert pellucid.get_engine() == "numpy"
    assert K.why_engine() == "chosen by set_engine"
    assert all(getattr(K, name) is getattr(reference, name) for name in reference.__all__)


def test_every_kernel_of_the_reference_is_reached_through_the_seam():
    assert set(reference.__all__) <= set(K.__all__)
    assert all(callable(getattr(K, name)) for name in reference.__all__)


@pytest.mark.parametrize("choose", [pellucid.set_engine, lambda name: pellucid.use_engine(name).__enter__()])
def test_an_unknown_engine_is_refused_and_the_engine_stays(choose):
    with pytest.raises(ValueError, match=r"'cupy'.*numpy, native"):
        choose("cupy")
    assert K.get_engine() in K.ENGINES


@pytest.fixture
def without_native(monkeypatch):
    """As on a machine that had no C++ compiler."""
    for name in [name for name in sys.modules if name.startswith(("pellucid.kernels.native", "pellucid._native"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pellucid._native", None)  # what an absent module looks like


def test_an_engine_that_is_not_installed_is_refused_with_the_mend(without_native):
    pellucid.set_engine("numpy")
    with pytest.raises(RuntimeError, match=r"'native' is not part.*install one .*install pellucid again"):
        pellucid.set_engine("native")
    assert K.get_engine() == "numpy"


def test_without_the_native_engine_the_reference_takes_its_place_and_says_why(without_native, monkeypatch):
    monkeypatch.delenv("PELLUCID_ENGINE", raising=False)
    K._begin()
    assert K.get_engine() == "numpy"
    assert "no C++ compiler was found" in K.why_engine()


def test_an_error_inside_the_native_engine_is_not_called_absence(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "pellucid.kernels.native", None)
    with pytest.raises(ModuleNotFoundError, match="native"):
        pellucid.set_engine("native")


def test_use_engine_returns_to_the_engine_before_also_after_an_error():
    pellucid.set_engine("numpy", reason="test")
    with pytest.raises(ZeroDivisionError), pellucid.use_engine("numpy"):
        1 / 0  # noqa: B018
    assert (K.get_engine(), K.why_engine()) == ("numpy", "test")


class _Native:
    """An engine of one kernel."""

    @staticmethod
    def exp(x):
        return x * 0 + 42


def test_an_engine_brings_its_kernels_and_the_reference_the_others(monkeypatch):
    monkeypatch.setitem(sys.modules, "pellucid.kernels.native", _Native)
    pellucid.set_engine("numpy")
    with pellucid.use_engine("native"):
        assert pellucid.tensor([1.0]).exp().tolist() == [42.0]
        assert K.log is reference.log
    assert pellucid.tensor([0.0]).exp().tolist() == [1.0]


@pytest.mark.parametrize(("value", "code", "said"), [("numpy", 0, "numpy: chosen by PELLUCID_ENGINE"), ("x", 1, "'x'")])
def test_the_environment_chooses_the_engine(value, code, said):
    script = "from pellucid import kernels as K; print(f'{K.get_engine()}: {K.why_engine()}')"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PELLUCID_ENGINE": value},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code
    assert said in done.stdout + done.stderr

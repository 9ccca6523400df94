import importlib.util

# Where no C++ compiler was found there is no native engine to test.
collect_ignore_glob = [] if importlib.util.find_spec("pellucid._native") else ["test_native_*.py"]

if importlib.util.find_spec("pellucid._native"):
    import pytest

    from pellucid import _native

    @pytest.fixture(params=_native.available_isas().split(","))
    def each_isa(request):
        """Every instruction set that this processor runs, one after the other."""
        before = _native.isa()
        assert _native.choose_isa(request.param)
        yield request.param
        _native.choose_isa(before)

"""The checks of docs/differences.md by the first column of their rows."""

import pytest

CHECKS = {}


def row(name):
    """Register the check of the row whose first column is `name`."""

    def register(check):
        assert name not in CHECKS, f"two checks of {name}"
        CHECKS[name] = check
        return check

    return register


def refused(error, call, *args, **kwargs):
    with pytest.raises(error):
        call(*args, **kwargs)


def leaf(L, *values):
    return L.tensor(values, requires_grad=True)

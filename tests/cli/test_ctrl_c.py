import inspect

import pytest

from pellucid.cli.ctrl_c import CtrlC, ctrl_c_as_error


def test_ctrl_c_becomes_an_error_with_its_notes():
    def command(run: str) -> None:
        interrupt = KeyboardInterrupt()
        interrupt.add_note(f"Continue {run}")
        raise interrupt

    guarded = ctrl_c_as_error(command)
    assert inspect.signature(guarded) == inspect.signature(command)
    with pytest.raises(CtrlC, match=r"Interrupted\.") as caught:
        guarded(run="it")
    assert caught.value.__notes__ == ["Continue it"]


def test_everything_else_passes():
    assert ctrl_c_as_error(lambda: 3)() == 3

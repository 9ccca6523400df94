"""Where arrays live: the CPU, and PyTorch's way of asking."""

from typing import Any

__all__ = ["CPU", "check_device", "device"]


class device:  # noqa: N801 - PyTorch's name
    """A place for arrays; Pellucid has one, "cpu".

    Example:
        >>> device("cpu")
        device(type='cpu')
    """

    __slots__ = ("index", "type")

    def __init__(self, type: "str | device", index: int | None = None) -> None:
        name, _, number = str(type).partition(":")
        self.type = name
        self.index = int(number) if number.isdecimal() else index
        if self.type != "cpu" or (number and not number.isdecimal()):
            raise RuntimeError(
                f"device {str(type)!r} is not available: Pellucid computes on the CPU; use device('cpu'), or "
                "choose with pellucid.cuda.is_available(), which is False here"
            )

    def __repr__(self) -> str:
        return f"device(type={self.type!r})"

    def __str__(self) -> str:
        return self.type

    def __eq__(self, other: object) -> bool:
        return str(other).partition(":")[0] == self.type if isinstance(other, (str, device)) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.type)


CPU = device("cpu")
"""The one place there is."""


def check_device(where: Any) -> None:
    """Accept None and the CPU.

    Raises:
        RuntimeError: for any other device.
    """
    if where is not None:
        device(where)

"""What all losses share: the reduction from one number an element or sample to one number a batch."""

from typing import Any

from pellucid.nn.module import Module
from pellucid.ops._loss import check_options

__all__ = ["Loss"]


class Loss(Module):
    """The base of every loss, a module without parameters that is called as `loss(input, target)`.

    With reduction="none" a loss returns what each element or sample costs, which is the place for weights of
    one's own: `(sample_weight * loss(input, target)).sum() / sample_weight.sum()`.

    Args:
        size_average: PyTorch's old name of a reduction; not supported.
        reduce: PyTorch's old name of a reduction; not supported.
        reduction: "none", "mean" or "sum".

    Raises:
        ValueError: when `reduction` is something else.
        NotImplementedError: when `size_average` or `reduce` is given.
    """

    def __init__(self, size_average: Any = None, reduce: Any = None, reduction: str = "mean") -> None:
        super().__init__()
        check_options(reduction, size_average, reduce)
        self.reduction = reduction

    def extra_repr(self) -> str:
        """Show the reduction."""
        return f"reduction={self.reduction!r}"

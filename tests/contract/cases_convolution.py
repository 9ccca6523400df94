"""The cases of convolutions, transposed ones, and of windows laid out as columns."""

from typing import Any

from tests.contract.case import Case, case, normal

SPACE = {1: (7,), 2: (5, 6), 3: (3, 4, 3)}


def _convolutions():
    for d, size in SPACE.items():
        name = f"Conv{d}d"
        yield case(name, normal(2, 4, *size), args=(4, 6, 3))
        yield case(name, normal(4, *size), args=(4, 2, 2), bias=False)  # one sample without a batch
        yield case(name, normal(2, 4, *size), args=(4, 6, 2), stride=2, padding=1, groups=2)
        yield case(name, normal(1, 4, *size), args=(4, 4, 2), groups=4, dilation=2)
        yield case(name, normal(2, 2, *size), args=(2, 3, 3), padding="same")
        yield case(name, normal(2, 2, *size), args=(2, 1, 2), padding="same")
        yield case(name, normal(1, 1, *size), args=(1, 1, 1), padding="valid")
    for mode in ("reflect", "replicate", "circular"):
        yield case("Conv2d", normal(2, 2, 4, 5), args=(2, 3, 3), padding=(1, 2), padding_mode=mode)
    yield case("Conv1d", normal(2, 2, 7), args=(2, 3, 3), stride=(3,), padding=(2,), dilation=(2,))
    yield case("Conv2d", normal(2, 3, 5, 7), args=(3, 2, (3, 2)), stride=(2, 1), padding=(0, 2), dilation=(1, 3))
    yield case("Conv2d", normal(2, 2, 5, 5), args=(2, 2, (4, 3)), padding="same", dilation=(1, 2))
    yield case("Conv3d", normal(1, 2, 4, 3, 5), args=(2, 2, (2, 1, 3)), stride=(1, 2, 3), padding=(1, 0, 2))


def _transposed():
    for d, size in SPACE.items():
        name = f"ConvTranspose{d}d"
        small = tuple(n - 2 for n in size)
        yield case(name, normal(2, 4, *small), args=(4, 6, 3))
        yield case(name, normal(4, *small), args=(4, 2, 2), bias=False)
        yield case(name, normal(2, 4, *small), args=(4, 6, 3), stride=2, padding=1, output_padding=1, groups=2)
        yield case(name, normal(1, 4, *small), args=(4, 4, 2), groups=4, dilation=2)
        yield case(name, normal(2, 1, *small), args=(1, 2, 2), dilation=3, output_padding=2, padding=1)
    yield case("ConvTranspose2d", normal(2, 2, 3, 4), args=(2, 3, (3, 2)), stride=(2, 3), output_padding=(0, 2))


def _columns():
    for shape in [(2, 3, 4, 5), (3, 4, 5), (1, 1, 3, 3)]:
        yield case("Unfold", normal(*shape), kernel_size=2)
        yield case("Unfold", normal(*shape), kernel_size=(3, 2), dilation=(1, 2), padding=(0, 1), stride=(2, 1))
    for batch in [(2,), (), (1,)]:
        yield case("Fold", normal(*batch, 8, 12), args=((4, 5), 2))
        yield case("Fold", normal(*batch, 12, 2), args=((4, 5), (3, 2)), dilation=(1, 3), padding=(0, 1), stride=(2, 2))


CASES = [*_convolutions(), *_transposed(), *_columns()]


def _options_of_convolution(d):
    def base(**options: Any):
        return case(
            f"Conv{d}d", normal(2, 4, *SPACE[d]), **{"in_channels": 4, "out_channels": 2, "kernel_size": 2} | options
        )

    return {
        "in_channels": (case(f"Conv{d}d", in_channels=4, out_channels=2, kernel_size=2), 6),
        "out_channels": (base(), 3),
        "kernel_size": (base(), 3),
        "stride": (base(), 2),
        "padding": (base(), 1),
        "dilation": (base(), 2),
        "groups": (base(), 2),
        "bias": (base(), False),
        "padding_mode": (base(padding=1), "circular"),
    }


def _options_of_transposed(d):
    def base(**options: Any):
        given = {"in_channels": 4, "out_channels": 2, "kernel_size": 2} | options
        return case(f"ConvTranspose{d}d", normal(2, 4, *SPACE[d]), **given)

    return {
        "in_channels": (case(f"ConvTranspose{d}d", in_channels=4, out_channels=2, kernel_size=2), 6),
        "out_channels": (base(), 3),
        "kernel_size": (base(), 3),
        "stride": (base(), 2),
        "padding": (base(), 1),
        "output_padding": (base(stride=2), 1),
        "groups": (base(), 2),
        "bias": (base(), False),
        "dilation": (base(), 2),
    }


OPTIONS: dict[str, dict[str, tuple[Case, Any]]] = {
    **{f"Conv{d}d": _options_of_convolution(d) for d in SPACE},
    **{f"ConvTranspose{d}d": _options_of_transposed(d) for d in SPACE},
    "Unfold": {
        "kernel_size": (case("Unfold", normal(1, 2, 4, 4), kernel_size=2), 3),
        "dilation": (case("Unfold", normal(1, 2, 4, 4), kernel_size=2), 2),
        "padding": (case("Unfold", normal(1, 2, 4, 4), kernel_size=2), 1),
        "stride": (case("Unfold", normal(1, 2, 4, 4), kernel_size=2), 2),
    },
    "Fold": {
        "output_size": (case("Fold", normal(1, 4, 4), output_size=(3, 3), kernel_size=2), (2, 5)),
        "kernel_size": (case("Fold", normal(1, 4, 4), output_size=(2, 5), kernel_size=2), (1, 4)),
        "dilation": (case("Fold", normal(1, 4, 1), output_size=(3, 3), kernel_size=2, stride=2), 2),
        "padding": (case("Fold", normal(1, 4, 1), output_size=(2, 2), kernel_size=2, stride=4), 1),
        "stride": (case("Fold", normal(1, 4, 4), output_size=(6, 6), kernel_size=2, stride=3), 4),
    },
}
"""For each layer and option: a case, and another value of the option that must change what comes out."""

SINGLE_VALUED = {f"ConvTranspose{d}d": {"padding_mode"} for d in SPACE}
"""Options that know one value only, as in PyTorch; every other is refused."""

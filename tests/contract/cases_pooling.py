"""Cases of the layers that pool, pad, scale and rearrange signals, images and volumes."""

import numpy as np
from tests.contract.case import case, normal

LENGTHS = {1: (7,), 2: (5, 6), 3: (4, 5, 4)}
"""Of the axes behind the channels, by their number."""


def _padding():
    borders = {1: (1, 2), 2: (1, 2, 0, 3), 3: (1, 2, 0, 3, 2, 1)}
    for n, lengths in LENGTHS.items():
        for kind in ("Reflection", "Replication", "Circular", "Zero"):
            for shape in [(2, 3, *lengths), (3, *lengths)]:
                yield case(f"{kind}Pad{n}d", normal(*shape), args=(1,))
                yield case(f"{kind}Pad{n}d", normal(*shape), args=(borders[n],))
        yield case(f"ConstantPad{n}d", normal(2, 3, *lengths), args=(1, 3.5))
        yield case(f"ConstantPad{n}d", normal(2, *lengths), args=(borders[n], -1))
        yield case(f"ZeroPad{n}d", normal(2, 3, *lengths), args=((-1, *borders[n][1:]),))


def _pooling():
    for n, lengths in LENGTHS.items():
        batch, single = normal(2, 3, *lengths), normal(3, *lengths)
        for kind in ("Max", "Avg"):
            layer = f"{kind}Pool{n}d"
            yield case(layer, batch, args=(2,))
            yield case(layer, single, args=((2,) * n,), stride=1, padding=1)
            yield case(layer, batch, args=(3,), stride=2, padding=1)
            yield case(layer, batch, args=(3,), stride=2, ceil_mode=True)
            yield case(layer, batch, args=(3,), stride=2, padding=1, ceil_mode=True)
        yield case(f"MaxPool{n}d", batch, args=(2,), dilation=2, padding=1)
        yield case(f"AvgPool{n}d", batch, args=(3,), stride=2, padding=1, ceil_mode=True, count_include_pad=False)
        yield case(f"LPPool{n}d", batch, args=(2, 2))
        yield case(f"LPPool{n}d", single, args=(4, 3), stride=2, ceil_mode=True)
        yield case(f"LPPool{n}d", batch, args=(float("inf"), 2))
        for kind in ("AdaptiveAvg", "AdaptiveMax"):
            for wanted in (1, 2, lengths, tuple(m - 1 for m in lengths)):
                yield case(f"{kind}Pool{n}d", batch, args=(wanted,))
            yield case(f"{kind}Pool{n}d", single, args=(3,))
            if n > 1:
                yield case(f"{kind}Pool{n}d", batch, args=((None, *(2,) * (n - 1)),))
        places = np.stack([np.random.default_rng(i).permutation(4**n)[: 2**n] for i in range(6)])
        places = places.reshape(2, 3, *(2,) * n)
        yield case(f"MaxUnpool{n}d", normal(*places.shape), places, args=(2,))
        yield case(f"MaxUnpool{n}d", normal(*places.shape), places, args=((4,) * n,), stride=2, padding=1)
        if n > 1:  # the last window stands at the end, whatever the random numbers are
            yield case(f"FractionalMaxPool{n}d", single, args=(3,), output_size=1)
            yield case(f"FractionalMaxPool{n}d", batch, args=(2,), output_ratio=0.25)
    for n in (2, 3):
        yield case(f"AvgPool{n}d", normal(2, 3, *LENGTHS[n]), args=(2,), divisor_override=5)


CASES = [*_padding(), *_pooling()]

OPTIONS = {}
for _n, _lengths in LENGTHS.items():
    _x = normal(2, 3, *_lengths)
    for _kind in ("Reflection", "Replication", "Circular", "Zero", "Constant"):
        _value = {"value": 1.0} if _kind == "Constant" else {}
        OPTIONS[f"{_kind}Pad{_n}d"] = {"padding": (case(f"{_kind}Pad{_n}d", _x, padding=1, **_value), 2)}
    OPTIONS[f"ConstantPad{_n}d"]["value"] = (case(f"ConstantPad{_n}d", _x, padding=1, value=1.0), 2.0)
    _max = {"kernel_size": 2, "stride": 2, "padding": 0}
    OPTIONS[f"MaxPool{_n}d"] = {
        "kernel_size": (case(f"MaxPool{_n}d", _x, **_max), 3),
        "stride": (case(f"MaxPool{_n}d", _x, **_max), 1),
        "padding": (case(f"MaxPool{_n}d", _x, **_max), 1),
        "dilation": (case(f"MaxPool{_n}d", _x, **_max), 2),
        "ceil_mode": (case(f"MaxPool{_n}d", _x, **_max), True),
    }
    _avg = {"kernel_size": 2, "stride": 2, "padding": 1}
    OPTIONS[f"AvgPool{_n}d"] = {
        "kernel_size": (case(f"AvgPool{_n}d", _x, **_avg), 3),
        "stride": (case(f"AvgPool{_n}d", _x, **_avg), 1),
        "padding": (case(f"AvgPool{_n}d", _x, **_avg), 0),
        "ceil_mode": (case(f"AvgPool{_n}d", _x, **_avg | {"padding": 0}), True),
        "count_include_pad": (case(f"AvgPool{_n}d", _x, **_avg), False),
    }
    if _n > 1:
        OPTIONS[f"AvgPool{_n}d"]["divisor_override"] = (case(f"AvgPool{_n}d", _x, **_avg), 3)
        OPTIONS[f"FractionalMaxPool{_n}d"] = {
            "kernel_size": (case(f"FractionalMaxPool{_n}d", _x, kernel_size=2, output_size=2), 3),
            "output_size": (case(f"FractionalMaxPool{_n}d", _x, kernel_size=2, output_size=2), 3),
            "output_ratio": (case(f"FractionalMaxPool{_n}d", _x, kernel_size=2, output_ratio=0.5), 0.7),
        }
    _lp = {"norm_type": 2, "kernel_size": 2, "stride": 2}
    OPTIONS[f"LPPool{_n}d"] = {
        "norm_type": (case(f"LPPool{_n}d", _x, **_lp), 4),
        "kernel_size": (case(f"LPPool{_n}d", _x, **_lp), 3),
        "stride": (case(f"LPPool{_n}d", _x, **_lp), 1),
        "ceil_mode": (case(f"LPPool{_n}d", _x, **_lp), True),
    }
    for _kind in ("AdaptiveAvg", "AdaptiveMax"):
        OPTIONS[f"{_kind}Pool{_n}d"] = {"output_size": (case(f"{_kind}Pool{_n}d", _x, output_size=2), 3)}
    _y, _places = normal(1, 1, *(2,) * _n), np.arange(2**_n).reshape(1, 1, *(2,) * _n)
    _unpool = {"kernel_size": 2, "stride": 2, "padding": 0}
    OPTIONS[f"MaxUnpool{_n}d"] = {
        "kernel_size": (case(f"MaxUnpool{_n}d", _y, _places, **_unpool), 3),
        "stride": (case(f"MaxUnpool{_n}d", _y, _places, **_unpool), 3),
        "padding": (case(f"MaxUnpool{_n}d", _y, _places, **_unpool | {"kernel_size": 4}), 1),
    }
"""For each layer and option: a case, and another value of the option that must change what comes out."""

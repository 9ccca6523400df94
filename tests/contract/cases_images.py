"""Cases of the layers that normalise, drop, enlarge and shuffle the channels of signals, images and volumes."""

from tests.contract.case import case, normal

SHAPES = {1: (4, 3, 5), 2: (3, 3, 2, 4), 3: (2, 3, 2, 2, 3)}
"""(N, C, ...) by the number of axes behind the channels."""


def _norms():
    for n, shape in SHAPES.items():
        if n > 1:
            yield case(f"BatchNorm{n}d", normal(*shape), args=(3,))
            yield case(f"BatchNorm{n}d", normal(*shape), args=(3,), momentum=None, eps=0.1)
            yield case(f"BatchNorm{n}d", normal(*shape), args=(3,), affine=False, momentum=0.7)
            yield case(f"BatchNorm{n}d", normal(*shape), args=(3,), track_running_stats=False, bias=False)
        for x in (normal(*shape), normal(*shape[1:])):
            yield case(f"InstanceNorm{n}d", x, args=(3,), affine=True, track_running_stats=True, momentum=0.7)
            yield case(f"InstanceNorm{n}d", x, args=(3,), affine=True, track_running_stats=False, bias=False, eps=0.1)
            if x.ndim == n + 2:  # without samples, PyTorch takes another number of channels too
                yield case(f"InstanceNorm{n}d", x, args=(3,), affine=False, track_running_stats=False)
    for shape in [(2, 6, 4), (2, 5, 2, 3), (1, 3, 2, 2, 2)]:
        for size in (1, 2, 3):
            yield case("LocalResponseNorm", normal(*shape), args=(size,), alpha=0.5)
        yield case("LocalResponseNorm", normal(*shape), args=(8,), alpha=0.5, beta=0.3, k=2.0)


def _dropping():
    for layer, shapes in DROPPED.items():
        for shape in shapes:
            yield case(layer, normal(*shape))
        yield case(layer, normal(*shapes[0]), p=0.0)
        yield case(layer, normal(*shapes[0]), p=1.0)


def _resizing():
    x = {1: (2, 3, 5), 2: (2, 3, 5, 4), 3: (1, 2, 3, 4, 3)}
    for n, mode in [(1, "linear"), (2, "bilinear"), (2, "bicubic"), (3, "trilinear")]:
        for corners in (None, True):
            yield case("Upsample", normal(*x[n]), size=(7, 3, 5)[:n], mode=mode, align_corners=corners)
            yield case("Upsample", normal(*x[n]), scale_factor=1.7, mode=mode, align_corners=corners)
    for n, shape in x.items():
        for mode in ("nearest", "nearest-exact", "area"):
            yield case("Upsample", normal(*shape), size=7, mode=mode)
            yield case("Upsample", normal(*shape), scale_factor=(0.7, 2.0, 1.6)[:n], mode=mode)
        yield case("Upsample", normal(*shape), scale_factor=1.7, recompute_scale_factor=True)
    for layer in ("UpsamplingNearest2d", "UpsamplingBilinear2d"):
        yield case(layer, normal(*x[2]), args=((3, 9),))
        yield case(layer, normal(*x[2]), scale_factor=2)


def _shuffling():
    for shape in [(2, 8, 2, 3), (4, 3, 1), (1, 2, 12, 1, 2)]:
        yield case("PixelShuffle", normal(*shape), args=(2,))
    for shape in [(2, 2, 4, 6), (1, 2, 2), (1, 2, 3, 4, 2)]:
        yield case("PixelUnshuffle", normal(*shape), args=(2,))
    for shape in [(2, 6, 4), (1, 6, 2, 3)]:
        yield case("ChannelShuffle", normal(*shape), args=(3,))
    for shape in [(2, 4, 2, 3), (4, 3, 1)]:
        yield case("Softmax2d", normal(*shape))


DROPPED = {
    "Dropout1d": [(4, 3, 5), (4, 3)],
    "Dropout2d": [(2, 4, 3, 2), (1, 1, 1, 1)],
    "Dropout3d": [(2, 4, 3, 2, 2), (4, 3, 2, 2)],
    "FeatureAlphaDropout": [(4, 3, 5), (2, 4, 3, 2)],
}
CASES = [*_norms(), *_dropping(), *_resizing(), *_shuffling()]

_image = normal(2, 6, 4, 4)
OPTIONS = {
    "LocalResponseNorm": {
        "size": (case("LocalResponseNorm", _image, size=2, alpha=1.0), 3),
        "alpha": (case("LocalResponseNorm", _image, size=2), 1.0),
        "beta": (case("LocalResponseNorm", _image, size=2, alpha=1.0), 0.5),
        "k": (case("LocalResponseNorm", _image, size=2, alpha=1.0), 2.0),
    },
    "Upsample": {
        "size": (case("Upsample", _image, size=5), 6),
        "scale_factor": (case("Upsample", _image, scale_factor=2), 3),
        "mode": (case("Upsample", _image, size=5), "bilinear"),
        "align_corners": (case("Upsample", _image, size=5, mode="bilinear"), True),
        "recompute_scale_factor": (case("Upsample", _image, scale_factor=1.7, mode="bilinear"), True),
    },
    "UpsamplingNearest2d": {
        "size": (case("UpsamplingNearest2d", _image, size=5), 6),
        "scale_factor": (case("UpsamplingNearest2d", _image, scale_factor=2), 3),
    },
    "UpsamplingBilinear2d": {
        "size": (case("UpsamplingBilinear2d", _image, size=5), 6),
        "scale_factor": (case("UpsamplingBilinear2d", _image, scale_factor=2), 3),
    },
    "PixelShuffle": {"upscale_factor": (case("PixelShuffle", normal(1, 36, 1, 1), upscale_factor=2), 3)},
    "PixelUnshuffle": {"downscale_factor": (case("PixelUnshuffle", normal(1, 1, 6, 6), downscale_factor=2), 3)},
    "ChannelShuffle": {"groups": (case("ChannelShuffle", _image, groups=2), 3)},
}
OPTIONS |= {
    layer: {"p": (case(layer, normal(*(64 if i < 2 else m for i, m in enumerate(shapes[0])))), 0.2)}
    for layer, shapes in DROPPED.items()
}
for _n, _shape in SHAPES.items():
    for _layer in (f"BatchNorm{_n}d", f"InstanceNorm{_n}d"):
        if _layer == "BatchNorm1d":
            continue
        _plain = {"num_features": 3, "affine": True, "track_running_stats": True}
        _x = normal(*_shape)
        OPTIONS[_layer] = {
            "num_features": (case(_layer, **_plain), 2),
            "eps": (case(_layer, _x, **_plain), 0.1),
            "momentum": (case(_layer, _x, **_plain), 0.4),
            "affine": (case(_layer, _x, **_plain), False),
            "track_running_stats": (case(_layer, _x, **_plain), False),
            "bias": (case(_layer, _x, **_plain), False),
        }
"""For each layer and option: a case, and another value of the option that must change what comes out."""

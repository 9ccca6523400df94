"""Pictures as arrays: layouts that are told or refused, scales that never mix bytes with numbers."""

import numpy as np
import pytest

from pellucid.estimators.augmentation import checked_augmentation, varied_loader
from pellucid.estimators.pictures import PictureShape, Scale

rng = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("shape", "layout", "image_shape", "expected"),
    [
        ((5, 8, 6), "auto", None, (1, 8, 6)),
        ((5, 8, 6, 3), "auto", None, (3, 8, 6)),
        ((5, 3, 8, 6), "auto", None, (3, 8, 6)),
        ((5, 4, 8, 3), "hwc", None, (3, 4, 8)),
        ((5, 4, 8, 3), "chw", None, (4, 8, 3)),
        ((5, 48), "auto", (8, 6), (1, 8, 6)),
        ((5, 144), "auto", (8, 6, 3), (3, 8, 6)),
    ],
)
def test_pictures_come_to_one_layout(shape, layout, image_shape, expected):
    X = rng.random(shape)
    told = PictureShape.told(X, layout, image_shape, "CNNClassifier")
    assert told.input_shape == expected
    pictures = told.channels_first(X, "CNNClassifier")
    assert pictures.shape == (5, *expected)
    given = X.reshape(5, *told.given)
    back = {"hw": pictures[:, 0], "hwc": np.moveaxis(pictures, 1, 3), "chw": pictures}[told.layout]
    assert (back == given).all()


@pytest.mark.parametrize(
    ("shape", "layout", "image_shape", "message"),
    [
        ((5, 3, 8, 3), "auto", None, "which axis holds the channels.*both could be.*layout='hwc'"),
        ((5, 7, 8, 9), "auto", None, "neither is"),
        ((5, 64), "auto", None, r"got an array of shape \(5, 64\).*image_shape=\(h, w\)"),
        ((5, 60), "auto", (8, 8), r"made for pictures of shape \(8, 8\), got an array of shape \(5, 60\)"),
        ((5, 8, 6), "hwc", None, "needs pictures of 3 axes"),
        ((5, 8, 6), "hcw", None, "no layout 'hcw'; did you mean 'h.*'"),
        ((5,), "auto", None, "has the axes"),
    ],
)
def test_what_is_ambiguous_or_no_picture_is_refused(shape, layout, image_shape, message):
    with pytest.raises(ValueError, match=message):
        PictureShape.told(np.zeros(shape), layout, image_shape, "CNNClassifier")


def test_a_later_picture_of_another_shape_is_refused():
    told = PictureShape.told(np.zeros((2, 8, 6, 3)), "auto", None, "CNNClassifier")
    with pytest.raises(ValueError, match=r"shape \(8, 6, 3\), got an array of shape \(2, 3, 8, 6\)"):
        told.channels_first(np.zeros((2, 3, 8, 6)), "CNNClassifier")


def test_each_channel_of_the_training_gets_mean_0_and_deviation_1():
    X = rng.integers(0, 256, (20, 2, 4, 4)).astype(np.uint8)
    X[:, 1] = 7
    scale = Scale.fit(X)
    again = Scale.from_json(scale.to_json())
    y = again(X, "CNNClassifier")
    assert y.dtype == np.float32
    np.testing.assert_allclose(y.mean(axis=(0, 2, 3)), [0, 0], atol=1e-6)
    np.testing.assert_allclose(y.std(axis=(0, 2, 3)), [1, 0], atol=1e-6)
    np.testing.assert_allclose(again(X / 255, "CNNClassifier"), y, atol=1e-5)


def test_bytes_and_numbers_are_not_mixed_up():
    X = rng.integers(1, 256, (20, 1, 4, 4)).astype(np.uint8)
    with pytest.raises(ValueError, match="got bytes"):
        Scale.fit(X / 255)(X, "CNNClassifier")
    with pytest.raises(ValueError, match="give bytes"):
        Scale.fit(X)(X.astype(float), "CNNClassifier")


def test_augmented_batches_are_the_same_for_a_seed_and_epoch_and_differ_between_epochs():
    X = rng.random((10, 1, 8, 8)).astype(np.float32)
    y = np.arange(10)

    def epochs(seed, n=2):
        loader = varied_loader([X, y], checked_augmentation(["shift", "flip"]), batch_size=4, shuffle=False, seed=seed)
        return [np.concatenate([x.array for x, _ in loader]) for _ in range(n)]

    (a, b), (c, d), (e, _) = epochs(0), epochs(0), epochs(1)
    assert (a == c).all()
    assert (b == d).all()
    assert (a != b).any()
    assert (a != e).any()


def test_a_shift_moves_all_pixels_alike_and_a_flip_mirrors():
    X = np.broadcast_to(np.arange(8.0), (64, 1, 8, 8)).copy()
    (shifted, _), *_ = varied_loader([X, X], checked_augmentation("shift"), batch_size=64, shuffle=False, seed=0)
    moved = shifted.array[:, 0, 0, 3] - 3
    assert set(moved.astype(int)) == {-1, 0, 1}
    assert (shifted.array[:, 0] == shifted.array[:, 0, :1]).all()
    own = np.broadcast_to(np.arange(64.0)[:, None, None, None], X.shape).copy()
    (shifted, _), *_ = varied_loader([own, own], checked_augmentation("shift"), batch_size=64, shuffle=False, seed=0)
    assert (shifted.array == own).all()
    (flipped, _), *_ = varied_loader([X, X], checked_augmentation("flip"), batch_size=64, shuffle=False, seed=0)
    mirrored = flipped.array[:, 0, 0, 0] == 7
    assert 0 < mirrored.sum() < 64
    assert (flipped.array[mirrored] == X[mirrored][..., ::-1]).all()
    assert (flipped.array[~mirrored] == X[~mirrored]).all()


def test_an_augmentation_that_is_none_is_refused():
    with pytest.raises(ValueError, match="no augmentation 'shfit'; did you mean 'shift'"):
        checked_augmentation("shfit")
    with pytest.raises(TypeError, match="a name such as 'shift'"):
        checked_augmentation(3)
    X = np.zeros((4, 1, 2, 2))
    loader = varied_loader([X], checked_augmentation(lambda x, rng: x[..., :1]), batch_size=2, shuffle=False, seed=0)
    with pytest.raises(ValueError, match="must keep the shape"):
        next(iter(loader))

import numpy as np
import pytest
from PIL import Image, ImageEnhance

import pellucid
from pellucid.data import DataLoader, ImageArrays
from pellucid.data.transforms import (
    CenterCrop,
    ColorJitter,
    Compose,
    MixUp,
    Normalize,
    RandomCrop,
    RandomHorizontalFlip,
    RandomRotation,
    Resize,
    ToArray,
    ToTensor,
)


@pytest.fixture
def picture():
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (10, 16, 3), np.uint8))


def pixels(image):
    return np.asarray(image)


def test_resizing_keeps_the_proportion_where_one_number_is_given(picture):
    assert Resize(5)(picture).size == (8, 5)
    assert Resize(5)(picture.rotate(90, expand=True)).size == (5, 8)
    assert Resize(5, max_size=6)(picture).size == (6, 3)
    assert Resize((4, 7))(picture).size == (7, 4)
    assert Resize(10)(picture) is picture
    expected = picture.resize((8, 5), Image.Resampling.BICUBIC)
    assert np.array_equal(pixels(Resize(5, "bicubic")(picture)), pixels(expected))


def test_the_middle_is_cut_out_and_small_pictures_get_a_border(picture):
    assert np.array_equal(pixels(CenterCrop((4, 6))(picture)), pixels(picture)[3:7, 5:11])
    framed = pixels(CenterCrop(12)(picture))
    assert framed.shape == (12, 12, 3)
    assert np.array_equal(framed[1:11], pixels(picture)[:, 2:14])
    assert not framed[[0, 11]].any()


def test_numbers_lie_between_0_and_1_with_channels_first(picture):
    x = ToTensor()(picture)
    assert x.shape == (3, 10, 16)
    assert x.dtype == pellucid.float32
    assert np.array_equal(x.array, ToArray()(pixels(picture)))
    assert np.allclose(x.array.transpose(1, 2, 0) * 255, pixels(picture))
    assert ToArray()(Image.new("1", (2, 1), 1)).tolist() == [[[1.0, 1.0]]]
    with pytest.raises(TypeError, match="8 bits a channel, got float64"):
        ToArray()(np.zeros((2, 2)))
    with pytest.raises(ValueError, match=r"got the shape \(4,\)"):
        ToArray()(np.zeros(4, np.uint8))
    with pytest.raises(TypeError, match="takes a Pillow image or a uint8 array, got list"):
        ToTensor()([[1]])


def test_normalising_scales_each_channel_of_arrays_and_tensors(picture):
    scale = Normalize([0.1, 0.2, 0.3], [0.5, 0.25, 2.0])
    x = ToArray()(picture)
    z = scale(x)
    assert z.dtype == np.float32
    for channel, (mean, std) in enumerate([(0.1, 0.5), (0.2, 0.25), (0.3, 2.0)]):
        assert np.allclose(z[channel], (x[channel] - mean) / std, atol=1e-6)
    assert np.array_equal(scale(pellucid.tensor(x)).array, z)
    assert np.array_equal(scale(x[None])[0], z)
    for wrong in (x[:2], x[0]):
        with pytest.raises(ValueError, match="Normalize has 3 channels"):
            scale(wrong)
    with pytest.raises(TypeError, match=r"put ToTensor\(\) before it"):
        scale(picture)
    with pytest.raises(ValueError, match="std must be positive"):
        Normalize([0.0], [0.0])
    with pytest.raises(ValueError, match="one number a channel"):
        Normalize([0.0], [1.0, 1.0])


def test_what_is_not_supported_or_out_of_range_is_refused(picture):
    refused = [
        (lambda: Resize(4, antialias=False), NotImplementedError, "antialias"),
        (lambda: Normalize([0], [1], inplace=True), NotImplementedError, "inplace"),
        (lambda: RandomCrop(4, padding_mode="reflect"), NotImplementedError, "padding_mode"),
        (lambda: Resize(0), ValueError, "size must be"),
        (lambda: Resize((1, 2, 3)), ValueError, "size must be"),
        (lambda: Resize(4, interpolation="cubic"), ValueError, "interpolation must be"),
        (lambda: Resize((4, 4), max_size=8), ValueError, "max_size"),
        (lambda: RandomCrop(4, padding=(1, 2, 3)), ValueError, "padding must be"),
        (lambda: RandomCrop(11)(picture), ValueError, "a picture of 10 x 16 has no piece of 11 x 11"),
        (lambda: RandomHorizontalFlip(1.5), ValueError, "p must be"),
        (lambda: RandomRotation(-3), ValueError, "degrees must be"),
        (lambda: RandomRotation(3, "lanczos"), ValueError, "interpolation must be"),
        (lambda: ColorJitter(hue=0.6), ValueError, "hue must lie within"),
        (lambda: ColorJitter(brightness=-0.1), ValueError, "brightness must lie within"),
        (lambda: MixUp(0, num_classes=2), ValueError, "alpha must be"),
        (lambda: MixUp(1, num_classes=0), ValueError, "num_classes must be"),
    ]
    for make, error, message in refused:
        with pytest.raises(error, match=message):
            make()


def test_flips_happen_as_often_as_asked(picture):
    pellucid.manual_seed(0)
    flip = RandomHorizontalFlip(0.3)
    flipped = [np.array_equal(pixels(flip(picture)), pixels(picture)[:, ::-1]) for _ in range(400)]
    assert 0.2 < np.mean(flipped) < 0.4
    assert RandomHorizontalFlip(0.0)(picture) is picture


def test_crops_are_pieces_from_everywhere(picture):
    pellucid.manual_seed(0)
    places = set()
    for _ in range(200):
        piece = pixels(RandomCrop((8, 14))(picture))
        places |= {
            (i, j) for i in range(3) for j in range(3) if np.array_equal(piece, pixels(picture)[i : i + 8, j : j + 14])
        }
    assert places == {(i, j) for i in range(3) for j in range(3)}
    assert RandomCrop(20, pad_if_needed=True)(picture).size == (20, 20)
    padded = pixels(RandomCrop((12, 18), padding=1, fill=7)(picture))
    assert np.array_equal(padded[1:-1, 1:-1], pixels(picture))
    assert (padded[0] == 7).all()


def test_rotations_stay_within_their_bounds(picture):
    pellucid.manual_seed(0)
    quarter = RandomRotation((90, 90), expand=True)(picture)
    assert np.array_equal(pixels(quarter), np.rot90(pixels(picture)))
    corner = pixels(RandomRotation((45, 45), fill=9)(picture))[0, 0]
    assert corner.tolist() == [9, 9, 9]
    angles = []

    class Turned:
        def getbands(self):
            return ("L",)

        def rotate(self, angle, *rest, **named):
            angles.append(angle)

    for _ in range(300):
        RandomRotation(10)(Turned())
    assert -10 <= min(angles) < -9
    assert 9 < max(angles) <= 10


def test_colours_change_by_the_factors_drawn(picture):
    pellucid.manual_seed(0)
    assert np.array_equal(pixels(ColorJitter()(picture)), pixels(picture))
    for name, kind in (
        ("brightness", ImageEnhance.Brightness),
        ("contrast", ImageEnhance.Contrast),
        ("saturation", ImageEnhance.Color),
    ):
        changed = ColorJitter(**{name: (0.5, 0.5)})(picture)
        assert np.array_equal(pixels(changed), pixels(kind(picture).enhance(0.5)))
    red = Image.new("RGB", (1, 1), (255, 0, 0))
    assert ColorJitter(hue=(1 / 3, 1 / 3))(red).getpixel((0, 0)) == (0, 255, 0)
    grey = Image.new("L", (1, 1), 99)
    assert ColorJitter(hue=0.5)(grey).getpixel((0, 0)) == 99
    outcomes = {pixels(ColorJitter(0.5, 0.5, 0.5, 0.2)(picture)).tobytes() for _ in range(5)}
    assert len(outcomes) == 5


def augmented(seed):
    images = np.random.default_rng(1).integers(0, 256, (7, 8, 8, 3), np.uint8)
    drawn = Compose([RandomCrop(6), RandomHorizontalFlip(), ColorJitter(0.4), RandomRotation(20), ToTensor()])
    return DataLoader(ImageArrays(images, transform=drawn), batch_size=3, shuffle=True, seed=seed)


def epoch_of(loader):
    return [batch.array for batch in loader]


def same(a, b):
    return all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


def test_the_same_seed_and_epoch_give_the_same_pictures_whatever_was_drawn_before():
    first = augmented(5)
    epochs = [epoch_of(first), epoch_of(first)]
    pellucid.rand(3)
    again = augmented(5)
    repeated = [epoch_of(again), epoch_of(again)]
    assert same(epochs[0], repeated[0])
    assert same(epochs[1], repeated[1])
    assert not same(epochs[0], epochs[1])
    assert not same(epochs[0], epoch_of(augmented(6)))


def test_a_loader_resumed_within_an_epoch_gives_the_pictures_that_were_to_come():
    loader = augmented(5)
    epoch_of(loader)
    batches = iter(loader)
    next(batches)
    state = loader.state_dict()
    rest = [batch.array for batch in batches]
    resumed = augmented(9)
    resumed.load_state_dict(state)
    assert same(rest, epoch_of(resumed))


def test_making_batches_does_not_move_the_default_generator():
    pellucid.manual_seed(3)
    before = pellucid.get_rng_state()
    epoch_of(augmented(5))
    assert pellucid.get_rng_state() == before


def test_mixup_blends_samples_and_labels_in_one_proportion():
    pellucid.manual_seed(1)
    X = np.eye(4, dtype=np.float32)
    mixed, targets = MixUp(0.8, num_classes=4)(X, np.arange(4))
    assert np.array_equal(mixed.array, targets.array)
    shares = np.sort(targets.array, axis=1)[:, -2:]
    assert np.allclose(shares.sum(axis=1), 1)
    assert len(np.unique(shares[shares.max(axis=1) < 1].round(6), axis=0)) == 1
    nearly_pure = MixUp(0.01, num_classes=4)
    assert np.mean([nearly_pure(X, np.arange(4))[1].array.max(axis=1).mean() for _ in range(50)]) > 0.95
    loss = pellucid.nn.CrossEntropyLoss()(mixed, targets)
    assert np.isfinite(loss.item())


def test_mixup_refuses_what_it_cannot_blend():
    X = np.zeros((2, 3), np.float32)
    for x, y, message in (
        (X, [0, 2], r"classes must lie in 0\.\.1, got 0\.\.2"),
        (X, [0], "a class index for each of the 2 samples"),
        (X, [0.5, 0.5], "a class index for each"),
    ):
        with pytest.raises(ValueError, match=message):
            MixUp(num_classes=2)(x, np.array(y))
    with pytest.raises(TypeError, match="floating-point samples"):
        MixUp(num_classes=2)(X.astype(np.uint8), np.array([0, 1]))

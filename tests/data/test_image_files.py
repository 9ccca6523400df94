import numpy as np
import pytest
from PIL import Image

from pellucid.data import DataError, DataLoader, ImageArrays, ImageFiles, ImageFolder, read_image, transforms


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(0)
    for name, count in {"dog": 2, "cat": 3}.items():
        (tmp_path / name).mkdir()
        for i in range(count):
            Image.fromarray(rng.integers(0, 256, (5, 4, 3), np.uint8)).save(tmp_path / name / f"{i}.png")
    return tmp_path


def test_classes_are_the_folders_in_order_of_their_names(folder):
    pictures = ImageFolder(folder)
    assert pictures.classes == ["cat", "dog"]
    assert pictures.class_to_idx == {"cat": 0, "dog": 1}
    assert pictures.targets == [0, 0, 0, 1, 1]
    assert len(pictures) == 5
    image, target = pictures[3]
    assert (target, image.size) == (1, (4, 5))
    assert np.array_equal(np.asarray(image), np.asarray(Image.open(folder / "dog" / "0.png")))


def test_pictures_further_down_belong_to_the_class_above_and_other_files_are_listed(folder):
    (folder / "dog" / "old").mkdir()
    Image.new("L", (1, 1)).save(folder / "dog" / "old" / "z.JPG", "jpeg")
    (folder / "dog" / "notes.txt").write_text("x")
    (folder / "dog" / ".DS_Store").write_text("x")
    (folder / ".git").mkdir()
    pictures = ImageFolder(folder)
    assert pictures.samples[-1] == (str(folder / "dog" / "old" / "z.JPG"), 1)
    assert pictures.left_out == [str(folder / "dog" / "notes.txt")]


def test_transforms_are_applied_and_batches_made(folder):
    prepare = transforms.Compose([transforms.Resize((6, 6)), transforms.ToTensor()])
    loader = DataLoader(ImageFolder(folder, prepare, target_transform=lambda t: t + 10), batch_size=3)
    (X, y), (rest, _) = loader
    assert X.shape == (3, 3, 6, 6)
    assert y.tolist() == [10, 10, 10]
    assert rest.shape == (2, 3, 6, 6)


def test_folders_that_cannot_be_used_are_named(folder, tmp_path):
    with pytest.raises(DataError, match="nowhere does not exist"):
        ImageFolder(tmp_path / "nowhere")
    with pytest.raises(DataError, match=r"has no folders in it; pictures lie in one folder for each class"):
        ImageFolder(folder / "cat")
    with pytest.raises(DataError, match="is a file, not a folder"):
        ImageFolder(folder / "cat" / "0.png")
    (folder / "empty").mkdir()
    with pytest.raises(DataError, match=r"empty holds no pictures"):
        ImageFolder(folder)
    assert ImageFolder(folder, allow_empty=True).classes == ["cat", "dog", "empty"]
    Image.new("L", (1, 1)).save(folder / "stray.png")
    with pytest.raises(DataError, match=r"stray\.png lies beside the folders"):
        ImageFolder(folder, allow_empty=True)


def test_files_that_are_no_whole_pictures_are_named(folder, tmp_path, monkeypatch):
    path = folder / "cat" / "0.png"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match=r"0\.png is damaged"):
        ImageFolder(folder)[0]
    path.write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"0\.png is no picture"):
        read_image(path)
    with pytest.raises(DataError, match="does not exist"):
        read_image(tmp_path / "none.png")
    with pytest.raises(DataError, match="is a folder"):
        read_image(folder)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 9)
    with pytest.raises(DataError, match=r"1\.png is too large to be a picture"):
        read_image(folder / "cat" / "1.png")
    with pytest.raises(ValueError, match="mode must be"):
        read_image(path, "CMYK")


def test_pictures_stand_upright_and_keep_sixteen_bits_apart(tmp_path):
    turned = Image.new("L", (4, 2))
    exif = turned.getexif()
    exif[0x0112] = 6  # the camera was held on its side
    turned.save(tmp_path / "turned.jpg", exif=exif)
    assert read_image(tmp_path / "turned.jpg").size == (2, 4)
    deep = np.array([[0, 256, 65535]], np.uint16)
    Image.fromarray(deep).save(tmp_path / "deep.png")
    assert np.asarray(read_image(tmp_path / "deep.png", "L")).tolist() == [[0, 1, 255]]
    Image.fromarray(deep.astype(np.float32)).save(tmp_path / "float.tiff")
    with pytest.raises(DataError, match="32 bits a pixel"):
        read_image(tmp_path / "float.tiff")


def test_lists_of_files_come_with_or_without_labels(folder):
    paths = sorted((folder / "cat").iterdir())
    assert ImageFiles(paths, mode="L")[1].mode == "L"
    assert ImageFiles(paths, labels="abc", transform=lambda image: image.size)[2] == ((4, 5), "c")
    with pytest.raises(ValueError, match="3 files and 1 labels"):
        ImageFiles(paths, labels=[1])


def test_arrays_of_pictures_are_checked():
    images = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)
    picture, label = ImageArrays(images, labels=np.array([5, 6]))[1]
    assert np.array_equal(np.asarray(picture), images[1])
    assert label == 6
    assert ImageArrays(np.zeros((1, 2, 2, 3), np.uint8))[0].mode == "RGB"
    for wrong in (np.zeros((2, 3, 4)), np.zeros((2, 3), np.uint8), np.zeros((2, 3, 3, 5), np.uint8)):
        with pytest.raises(ValueError, match="images must be uint8"):
            ImageArrays(wrong)
    with pytest.raises(ValueError, match="2 images and labels of shape"):
        ImageArrays(images, labels=[1])

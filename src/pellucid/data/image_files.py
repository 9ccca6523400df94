"""Pictures as datasets: folders by class, lists of files, arrays; Pillow decodes them."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pellucid._extras import require
from pellucid.data.datasets import Dataset
from pellucid.data.errors import DataError

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["IMAGE_ENDINGS", "ImageArrays", "ImageFiles", "ImageFolder", "is_image_file", "read_image"]

IMAGE_ENDINGS = (".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp", ".gif")
"""Endings by which a file counts as a picture."""

Transform = Callable[[Any], Any]


def read_image(path: str | os.PathLike[str], mode: str = "RGB") -> "Image":
    """Decode a picture from a file, upright, as 8 bits a channel.

    Of pictures with 16 bits a channel the upper 8 are kept; of moving ones the first.

    Args:
        path: the file.
        mode: Pillow's name of the channels: "RGB", "L" (grey) or "RGBA".

    Returns:
        a Pillow image of that mode, turned as the camera's orientation tag says.

    Raises:
        DataError: when the file is missing, truncated, no picture, or too large to be one.
        ImportError: when Pillow is absent.
    """
    if mode not in ("RGB", "L", "RGBA"):
        raise ValueError(f"mode must be 'RGB', 'L' or 'RGBA', got {mode!r}")
    pil = require("PIL.Image", "images")
    try:
        with pil.open(path) as opened:
            opened.load()
            image: Image = require("PIL.ImageOps", "images").exif_transpose(opened)
    except FileNotFoundError:
        raise DataError(f"{path} does not exist; check the path") from None
    except IsADirectoryError:
        raise DataError(f"{path} is a folder; give a picture, or use ImageFolder for folders by class") from None
    except pil.UnidentifiedImageError:
        raise DataError(f"{path} is no picture that Pillow can read, or it is damaged; replace or remove it") from None
    except pil.DecompressionBombError as error:
        raise DataError(f"{path} is too large to be a picture ({error}); make it smaller") from None
    except (OSError, SyntaxError, ValueError) as error:
        raise DataError(f"{path} is damaged ({error}); copy it again or remove it") from None
    return _of_mode(image, mode, path, pil)


def _of_mode(image: "Image", mode: str, path: Any, pil: Any) -> "Image":
    if image.mode.startswith("I;16"):
        # Pillow's own conversion would make everything above 255 white.
        image = pil.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.mode in ("I", "F"):
        raise DataError(f"{path} has 32 bits a pixel, whose white is not known; save it with 8 or 16 bits")
    return image if image.mode == mode else image.convert(mode)


def is_image_file(path: str | os.PathLike[str]) -> bool:
    """Say whether a file's name ends as a picture's does.

    Example:
        >>> is_image_file("cat.JPG"), is_image_file("notes.txt")
        (True, False)
    """
    return str(path).lower().endswith(IMAGE_ENDINGS)


class ImageFolder(Dataset[tuple[Any, Any]]):
    """Pictures in one folder for each class: `root/cat/1.png`, `root/dog/a/2.png` ...

    Classes are the names of the folders directly in `root`, sorted; files further down belong to the class
    above them. The samples are (picture, class index), the picture as `transform` returns it.

    What differs from torchvision: pictures are turned upright by their orientation tag; other files are listed
    in `left_out`; a picture outside of the folders is an error and not passed over.

    Args:
        root: the folder of the folders.
        transform: what is done with each picture, such as `transforms.Compose([...])`.
        target_transform: what is done with each class index.
        loader: reads a file; `read_image`, in RGB, when None.
        is_valid_file: says which files are pictures; by their endings when None.
        allow_empty: whether a class may have no picture.

    Attributes:
        classes: their names.
        class_to_idx: index by name.
        samples: (path, class index) of every picture.
        targets: the class index of every picture.
        left_out: other files, hidden ones excepted.

    Raises:
        DataError: when there is no such folder, none in it, a class without pictures, or a picture in no class.

    Example:
        >>> import tempfile
        >>> from PIL import Image
        >>> root = Path(tempfile.mkdtemp())
        >>> for name in ("dog", "cat"):
        ...     (root / name).mkdir()
        ...     Image.new("RGB", (4, 3)).save(root / name / "1.png")
        >>> pictures = ImageFolder(root)
        >>> image, target = pictures[1]
        >>> pictures.classes, image.size, target
        (['cat', 'dog'], (4, 3), 1)
    """

    def __init__(
        self,
        root: str | os.PathLike[str],
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        loader: Callable[[str], Any] | None = None,
        is_valid_file: Callable[[str], bool] | None = None,
        allow_empty: bool = False,
    ) -> None:
        self.root, self.transform, self.target_transform = Path(root), transform, target_transform
        self.loader = read_image if loader is None else loader
        self.classes = _class_folders(self.root)
        self.class_to_idx = {name: i for i, name in enumerate(self.classes)}
        is_picture: Callable[[str], bool] = is_image_file if is_valid_file is None else is_valid_file
        stray = [file for file in _files(self.root, deep=False) if is_picture(str(file))]
        if stray:
            raise DataError(f"{stray[0]} lies beside the folders of the classes; put it into one of them")
        self.samples: list[tuple[str, int]] = []
        self.left_out: list[str] = []
        for name, index in self.class_to_idx.items():
            files = _files(self.root / name, deep=True)
            found = [str(file) for file in files if is_picture(str(file))]
            if not found and not allow_empty:
                raise DataError(f"{self.root / name} holds no pictures ({', '.join(IMAGE_ENDINGS)}); fill or remove it")
            self.samples += [(file, index) for file in found]
            self.left_out += sorted({str(file) for file in files} - set(found))
        self.targets = [index for _, index in self.samples]

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        """Return the picture at `index` and its class."""
        path, target = self.samples[index]
        image = self.loader(path)
        return (
            image if self.transform is None else self.transform(image),
            target if self.target_transform is None else self.target_transform(target),
        )

    def __len__(self) -> int:
        """Return the number of pictures."""
        return len(self.samples)


def _class_folders(root: Path) -> list[str]:
    if not root.is_dir():
        raise DataError(f"{root} is a file, not a folder" if root.exists() else f"{root} does not exist")
    classes = sorted(entry.name for entry in root.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    if not classes:
        raise DataError(f"{root} has no folders in it; pictures lie in one folder for each class, as in {root}/cat")
    return classes


def _files(folder: Path, *, deep: bool) -> list[Path]:
    """Return the visible files of a folder, sorted so that every system gives the same order."""
    found = folder.rglob("*") if deep else folder.iterdir()
    visible = [
        path
        for path in found
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]
    return sorted(visible, key=lambda path: path.relative_to(folder).as_posix())


class ImageFiles(Dataset[Any]):
    """Pictures from a list of files: (picture, label) where labels are given, else the picture alone.

    Args:
        paths: the files.
        labels: one for each file.
        transform: what is done with each picture.
        mode: channels to read, see `read_image`.

    Raises:
        ValueError: when there are not as many labels as files.

    Example:
        >>> len(ImageFiles(["a.png", "b.png"], labels=[0, 1]))
        2
    """

    def __init__(
        self,
        paths: Sequence[str | os.PathLike[str]],
        labels: Sequence[Any] | None = None,
        transform: Transform | None = None,
        mode: str = "RGB",
    ) -> None:
        if labels is not None and len(labels) != len(paths):
            raise ValueError(f"there are {len(paths)} files and {len(labels)} labels; give one label a file")
        self.paths = [Path(path) for path in paths]
        self.labels = None if labels is None else list(labels)
        self.transform, self.mode = transform, mode

    def __getitem__(self, index: int) -> Any:
        """Return the picture at `index`, with its label where there are labels."""
        image: Any = read_image(self.paths[index], self.mode)
        image = image if self.transform is None else self.transform(image)
        return image if self.labels is None else (image, self.labels[index])

    def __len__(self) -> int:
        """Return the number of files."""
        return len(self.paths)


class ImageArrays(Dataset[Any]):
    """Pictures that are the rows of one array, handed to the transform as Pillow images.

    Args:
        images: uint8 of shape (n, H, W) for grey or (n, H, W, 3) for colour.
        labels: (n,) labels, or None.
        transform: what is done with each picture.

    Raises:
        ValueError: for another type or shape, or when the labels' number differs.

    Example:
        >>> image, label = ImageArrays(np.zeros((5, 8, 6), np.uint8), labels=[0, 1, 0, 1, 0])[1]
        >>> image.mode, image.size, label
        ('L', (6, 8), 1)
    """

    def __init__(self, images: ArrayLike, labels: ArrayLike | None = None, transform: Transform | None = None) -> None:
        self.images: NDArray[Any] = np.asarray(images)
        shape = self.images.shape
        if self.images.dtype != np.uint8 or not (len(shape) == 3 or (len(shape) == 4 and shape[3] == 3)):
            raise ValueError(
                f"images must be uint8 of shape (n, H, W) or (n, H, W, 3), got {self.images.dtype} {shape}; "
                "bring numbers in [0, 1] there by (255 * x).round().astype(np.uint8)"
            )
        self.labels = None if labels is None else np.asarray(labels)
        if self.labels is not None and self.labels.shape[:1] != shape[:1]:
            raise ValueError(f"there are {shape[0]} images and labels of shape {self.labels.shape}")
        self.transform = transform

    def __getitem__(self, index: int) -> Any:
        """Return the picture at `index`, with its label where there are labels."""
        image = require("PIL.Image", "images").fromarray(self.images[index])
        image = image if self.transform is None else self.transform(image)
        return image if self.labels is None else (image, self.labels[index].item())

    def __len__(self) -> int:
        """Return the number of pictures."""
        return len(self.images)

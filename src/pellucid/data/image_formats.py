"""The two classic binary formats of small pictures: MNIST's IDX and CIFAR-10's records."""

import gzip
import math
import os
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pellucid.data.errors import DataError

__all__ = ["load_cifar10", "load_mnist", "read_cifar10", "read_idx"]

# The third byte of an IDX file; numbers are big-endian.
_IDX_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_CIFAR_RECORD = 1 + 3 * 32 * 32

Bytes = NDArray[np.uint8]
Labels = NDArray[np.int64]


def _content(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"{path} does not exist; check the path") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from None
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        return gzip.decompress(data)
    except (EOFError, OSError, zlib.error) as error:
        raise DataError(f"{path} is damaged: it cannot be gunzipped ({error}); copy it again") from None


def read_idx(path: str | os.PathLike[str]) -> NDArray[np.generic]:
    r"""Read an IDX file, plain or gzipped: the format of MNIST and of the sets made in its likeness.

    Two zero bytes, the type, the number of axes, each axis as four bytes with the highest first, then the
    numbers (LeCun and Cortes, http://yann.lecun.com/exdb/mnist).

    Raises:
        DataError: when the file is missing, no IDX file, or shorter or longer than its header says.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "labels.idx"
        >>> _ = path.write_bytes(b"\x00\x00\x08\x01" + b"\x00\x00\x00\x02" + b"\x07\x09")
        >>> read_idx(path)
        array([7, 9], dtype=uint8)
    """
    data = _content(Path(path))
    if len(data) < 4 or data[:2] != b"\0\0" or data[2] not in _IDX_TYPES:
        raise DataError(f"{path} is no IDX file: it begins with {data[:4].hex(' ') or 'nothing'}, not 00 00 and a type")
    dtype, axes = np.dtype(_IDX_TYPES[data[2]]), data[3]
    start = 4 + 4 * axes
    if len(data) < start:
        raise DataError(f"{path} ends within its header; copy it again")
    shape = tuple(int(n) for n in np.frombuffer(data, ">u4", axes, 4))
    expected = start + math.prod(shape) * dtype.itemsize
    if len(data) != expected:
        kind = "is truncated" if len(data) < expected else "goes on after its end"
        raise DataError(
            f"{path} {kind}: the shape {shape} of its header needs {expected} bytes, it has {len(data)}; copy it again"
        )
    numbers = np.frombuffer(data, dtype, offset=start).reshape(shape)
    return numbers.astype(dtype.newbyteorder("="))


def load_mnist(root: str | os.PathLike[str], train: bool = True) -> tuple[Bytes, Labels]:
    """Read the pictures and labels of MNIST, or of a set with its file names, from a folder of yours.

    Args:
        root: the folder with `train-images-idx3-ubyte`, `t10k-labels-idx1-ubyte` ..., each plain or `.gz`.
        train: True for the training part, False for the test part (t10k).

    Returns:
        images, uint8 (n, 28, 28), and labels, int64 (n,).

    Raises:
        DataError: when a file is missing or damaged, or the two do not belong together.
    """
    part = "train" if train else "t10k"
    images = read_idx(_one_of(Path(root), f"{part}-images", "idx3-ubyte"))
    labels = read_idx(_one_of(Path(root), f"{part}-labels", "idx1-ubyte"))
    if images.ndim != 3 or images.dtype != np.uint8:
        raise DataError(f"{root}: {part} images must be uint8 (n, H, W), found {images.dtype} {images.shape}")
    if labels.shape != images.shape[:1]:
        raise DataError(f"{root}: {part} has {len(images)} images but labels of shape {labels.shape}")
    return images.astype(np.uint8, copy=False), labels.astype(np.int64)


def _one_of(root: Path, stem: str, ending: str) -> Path:
    names = [f"{stem}{sign}{ending}{gz}" for sign in "-." for gz in ("", ".gz")]
    for name in names:
        if (root / name).is_file():
            return root / name
    raise DataError(f"{root} has no file {names[0]} or {names[1]}; give the folder that holds the files of MNIST")


def read_cifar10(path: str | os.PathLike[str]) -> tuple[Bytes, Labels]:
    """Read one file of CIFAR-10's binary version.

    Records of 3,073 bytes: the label 0..9, then 32 x 32 bytes of red, of green, of blue (Krizhevsky, 2009).

    Returns:
        images, uint8 (n, 32, 32, 3), and labels, int64 (n,).

    Raises:
        DataError: when the file is missing, empty, ends within a record, or holds a label above 9.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "batch.bin"
        >>> _ = path.write_bytes(bytes([3]) + bytes(3072))
        >>> images, labels = read_cifar10(path)
        >>> images.shape, labels.tolist()
        ((1, 32, 32, 3), [3])
    """
    data = _content(Path(path))
    if not data or len(data) % _CIFAR_RECORD:
        raise DataError(
            f"{path} has {len(data)} bytes, not a multiple of the {_CIFAR_RECORD} of one record: it is truncated, or "
            "not the binary version of CIFAR-10; copy it again"
        )
    records = np.frombuffer(data, np.uint8).reshape(-1, _CIFAR_RECORD)
    labels = records[:, 0].astype(np.int64)
    if labels.max() > 9:
        first = int((labels > 9).argmax())
        raise DataError(f"{path}, record {first}: the label is {labels[first]}, not in 0..9; is this CIFAR-10?")
    planes = records[:, 1:].reshape(-1, 3, 32, 32)
    return np.ascontiguousarray(planes.transpose(0, 2, 3, 1)), labels


def load_cifar10(root: str | os.PathLike[str], train: bool = True) -> tuple[Bytes, Labels]:
    """Read CIFAR-10's binary version from a folder of yours: five training files, or the test file.

    Args:
        root: the folder with `data_batch_1.bin` ... `data_batch_5.bin` and `test_batch.bin`.
        train: True for the training part, False for the test part.

    Returns:
        images, uint8 (n, 32, 32, 3), and labels, int64 (n,).

    Raises:
        DataError: when a file is missing or damaged.
    """
    names = [f"data_batch_{i}.bin" for i in range(1, 6)] if train else ["test_batch.bin"]
    parts = [read_cifar10(Path(root) / name) for name in names]
    return np.concatenate([images for images, _ in parts]), np.concatenate([labels for _, labels in parts])

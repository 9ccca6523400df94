import gzip
import struct

import numpy as np
import pytest

from pellucid.data import DataError, load_cifar10, load_mnist, read_cifar10, read_idx


def idx(array, code):
    big = array.astype(array.dtype.newbyteorder(">"))
    return struct.pack(">BBBB", 0, 0, code, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape) + big.tobytes()


@pytest.mark.parametrize(
    ("dtype", "code"), [("u1", 8), ("i1", 9), ("i2", 11), ("i4", 12), ("f4", 13), ("f8", 14)], ids=str
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gz"])
def test_idx_files_of_every_type_are_read(tmp_path, dtype, code, pack):
    array = np.array([[1, 2, 3], [4, 5, 100]], dtype)
    (tmp_path / "a").write_bytes(pack(idx(array, code)))
    read = read_idx(tmp_path / "a")
    assert read.dtype == np.dtype(dtype)
    assert np.array_equal(read, array)


def test_damaged_idx_files_are_refused(tmp_path):
    path, whole = tmp_path / "a", idx(np.zeros((2, 3), np.uint8), 8)
    for content, complaint in (
        (whole[:-1], r"is truncated: the shape \(2, 3\) of its header needs 18 bytes, it has 17"),
        (whole + b"x", "goes on after its end"),
        (whole[:9], "ends within its header"),
        (b"\x89PNG", "is no IDX file: it begins with 89 50 4e 47"),
        (b"", "it begins with nothing"),
        (gzip.compress(whole)[:-9], "cannot be gunzipped"),
    ):
        path.write_bytes(content)
        with pytest.raises(DataError, match=complaint):
            read_idx(path)
    with pytest.raises(DataError, match="does not exist"):
        read_idx(tmp_path / "none")


def test_mnist_is_read_from_its_four_files(tmp_path):
    images, labels = np.arange(2 * 28 * 28, dtype=np.uint8).reshape(2, 28, 28), np.array([7, 3], np.uint8)
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(images, 8)))
    (tmp_path / "train-labels.idx1-ubyte").write_bytes(idx(labels, 8))
    X, y = load_mnist(tmp_path)
    assert np.array_equal(X, images)
    assert (y.dtype, y.tolist()) == (np.int64, [7, 3])
    with pytest.raises(DataError, match="has no file t10k-images-idx3-ubyte"):
        load_mnist(tmp_path, train=False)
    (tmp_path / "train-labels.idx1-ubyte").write_bytes(idx(labels[:1], 8))
    with pytest.raises(DataError, match=r"2 images but labels of shape \(1,\)"):
        load_mnist(tmp_path)


def test_cifar_records_are_planes_of_red_green_and_blue(tmp_path):
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 256, (3, 32, 32, 3), np.uint8), [0, 9, 4]
    record = b"".join(bytes([k]) + image.transpose(2, 0, 1).tobytes() for k, image in zip(labels, images, strict=True))
    for i in range(1, 6):
        (tmp_path / f"data_batch_{i}.bin").write_bytes(record)
    X, y = load_cifar10(tmp_path)
    assert X.shape == (15, 32, 32, 3)
    assert np.array_equal(X[3:6], images)
    assert y[:3].tolist() == labels
    with pytest.raises(DataError, match=r"test_batch\.bin does not exist"):
        load_cifar10(tmp_path, train=False)


def test_damaged_cifar_files_are_refused(tmp_path):
    path = tmp_path / "test_batch.bin"
    for content, complaint in (
        (bytes(3072), "3072 bytes, not a multiple of the 3073"),
        (b"", "has 0 bytes"),
        (bytes(3073) + bytes([10]) + bytes(3072), "record 1: the label is 10"),
    ):
        path.write_bytes(content)
        with pytest.raises(DataError, match=complaint):
            read_cifar10(path)

import pickle

import numpy as np
import pytest
import safetensors.numpy
import torch

import pellucid as pl


@pytest.fixture
def path(tmp_path):
    return tmp_path / "file.safetensors"


def test_a_state_dict_is_a_plain_safetensors_file(path):
    model = pl.nn.Linear(3, 2)
    pl.save(model.state_dict(), path)
    plain = safetensors.numpy.load_file(path)
    assert sorted(plain) == ["bias", "weight"]
    again = pl.nn.Linear(3, 2)
    again.load_state_dict(pl.load(path))
    assert pl.equal(again.weight, model.weight)


def test_a_single_number_keeps_its_shape(path):
    model = pl.nn.BatchNorm1d(3)
    model(pl.ones(2, 3))
    pl.save(model.state_dict(), path)
    assert pl.load(path)["num_batches_tracked"].shape == ()
    again = pl.nn.BatchNorm1d(3)
    again.load_state_dict(pl.load(path))
    assert again.num_batches_tracked.item() == 1


def test_weights_written_by_pytorchs_safetensors_are_read(path):
    from safetensors.torch import save_file

    theirs = torch.nn.Linear(3, 2)
    save_file(theirs.state_dict(), path)
    ours = pl.nn.Linear(3, 2)
    ours.load_state_dict(pl.load(path))
    np.testing.assert_array_equal(ours.weight.array, theirs.weight.detach().numpy())


def test_everything_that_a_checkpoint_holds_comes_back(path):
    saved = {
        "epoch": 3,
        "rate": 0.1,
        "nan": float("nan"),
        "name": "grün",
        "none": None,
        "yes": True,
        "nested": {"list": [1, [2.5, "x"], ()], "tuple": (pl.arange(3), np.ones((2, 0)))},
        "state": {0: {"step": pl.tensor(2.0)}, 1: {}},
        "views": pl.arange(6).reshape(2, 3).t(),
        "scalar": np.float32(1.5),
    }
    pl.save(saved, path)
    loaded = pl.load(path)
    assert np.isnan(loaded.pop("nan"))
    assert loaded["state"][0]["step"].item() == 2
    assert loaded["state"][0]["step"].shape == ()
    assert loaded["nested"]["tuple"][0].tolist() == [0, 1, 2]
    assert loaded["nested"]["tuple"][1].shape == (2, 0)
    assert isinstance(loaded["nested"]["tuple"][1], np.ndarray)
    assert loaded["nested"]["list"] == [1, [2.5, "x"], ()]
    assert loaded["views"].tolist() == [[0, 3], [1, 4], [2, 5]]
    assert (loaded["epoch"], loaded["name"], loaded["none"], loaded["yes"]) == (3, "grün", None, True)
    assert list(loaded["state"]) == [0, 1]
    assert loaded["scalar"] == 1.5


def test_two_places_of_one_written_path_do_not_lose_one(path):
    pl.save({"a": {"b": pl.ones(1)}, "a/b": pl.zeros(1), 1: [pl.ones(2)], "1": [pl.zeros(2)]}, path)
    loaded = pl.load(path)
    assert loaded["a"]["b"].item() == 1
    assert loaded["a/b"].item() == 0
    assert loaded[1][0].tolist() == [1, 1]
    assert loaded["1"][0].tolist() == [0, 0]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool"])
def test_every_type_keeps_its_bits(path, dtype):
    array = np.arange(5).astype(dtype)
    pl.save({"x": array}, path)
    assert pl.load(path)["x"].dtype == np.dtype(dtype)
    assert pl.load(path)["x"].array.tobytes() == array.tobytes()


@pytest.mark.parametrize(("obj", "words"), [(pl.nn.Linear(1, 1), "Linear"), ({"f": len}, "at 'f'"), ({1j}, "set")])
def test_what_would_need_code_to_load_is_refused_when_saving(path, obj, words):
    with pytest.raises(TypeError, match=words):
        pl.save(obj, path)
    assert not path.exists()


def test_a_pickle_is_refused_and_not_run(path, tmp_path):
    class Bomb:
        def __reduce__(self):
            return (type(tmp_path).touch, (tmp_path / "boom",))

    path.write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(ValueError, match="not a whole safetensors file"):
        pl.load(path)
    assert not (tmp_path / "boom").exists()
    with pytest.raises(NotImplementedError, match="weights_only"):
        pl.load(path, weights_only=False)


def test_a_pytorch_file_is_refused(path):
    torch.save(torch.nn.Linear(1, 1).state_dict(), path)
    with pytest.raises(ValueError, match="damaged"):
        pl.load(path)


def test_every_truncation_is_noticed(path):
    pl.save({"epoch": 1, "x": pl.arange(10)}, path)
    whole = path.read_bytes()
    for size in range(0, len(whole), 7):
        path.write_bytes(whole[:size])
        with pytest.raises(ValueError, match="damaged"):
            pl.load(path)


def test_a_missing_file_is_named(path):
    with pytest.raises(FileNotFoundError, match=r"file\.safetensors"):
        pl.load(path)


def test_a_failed_write_leaves_the_earlier_file(path, monkeypatch):
    pl.save({"x": pl.ones(1)}, path)
    before = path.read_bytes()

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        pl.save({"x": pl.zeros(1)}, path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]

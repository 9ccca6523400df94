import importlib
import pkgutil
import subprocess
import sys

import pytest

import pellucid.data


def test_every_public_name_can_be_imported():
    for name in pellucid.data.__all__:
        assert getattr(pellucid.data, name) is not None
    assert sorted(pellucid.data.__all__) == pellucid.data.__all__ == dir(pellucid.data)


def test_a_wrong_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"'pellucid\.data' has no attribute 'Dataloader'"):
        pellucid.data.Dataloader  # noqa: B018


def test_every_file_names_what_it_offers():
    for module in pkgutil.iter_modules(pellucid.data.__path__):
        offered = importlib.import_module(f"pellucid.data.{module.name}")
        assert all(hasattr(offered, name) for name in offered.__all__)


def test_loaders_and_datasets_need_neither_pandas_nor_scikit_learn():
    code = (
        "import sys, numpy as np\n"
        "from pellucid.data import DataLoader, TensorDataset, Target, TablePreprocessor, embedded_names, make_xor\n"
        "from pellucid.data import preprocessing, read_table, split_rows\n"
        "list(DataLoader(TensorDataset(make_xor()[0]), shuffle=True))\n"
        "preprocessing.standardize(np.eye(3))\n"
        "heavy = {'pandas', 'sklearn', 'skops', 'scipy', 'matplotlib'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)

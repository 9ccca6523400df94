import hashlib
import io
import json
import zipfile

import numpy as np
import pytest
import skops.io
from sklearn.ensemble import RandomForestClassifier
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from pellucid.data.errors import DataError
from pellucid.data.estimator_file import load_estimator, save_estimator

X = np.array([[1.0], [2.0], [4.0]])


def changed(data: bytes, change) -> bytes:
    """Return the skops archive with `change` applied to the text of its schema."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content.decode()) if name == "schema.json" else content)
    return out.getvalue()


def reload(path, data: bytes):
    """Load the bytes as an attacker would offer them, with a matching checksum."""
    path.write_bytes(data)
    return load_estimator(path, hashlib.sha256(data).hexdigest())


def test_an_estimator_comes_back_with_the_same_numbers(tmp_path):
    scaler = StandardScaler().fit(X)
    sha256 = save_estimator(tmp_path / "s.skops", scaler)
    loaded = load_estimator(tmp_path / "s.skops", sha256)
    np.testing.assert_array_equal(loaded.transform(X), scaler.transform(X))


@pytest.mark.parametrize(
    "estimator",
    [FunctionTransformer(np.log).fit(X), RandomForestClassifier(1).fit(X, [0, 1, 1])],
)
def test_estimators_that_no_preprocessing_holds_are_refused(tmp_path, estimator):
    path = tmp_path / "s.skops"
    with pytest.raises(RuntimeError, match="was not written: the estimator holds"):
        save_estimator(path, estimator)
    assert not path.exists()
    with pytest.raises(DataError, match="which no saved preprocessing holds; the file was tampered with"):
        reload(path, skops.io.dumps(estimator))


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('"sklearn.preprocessing._data"', '"os"', "os.StandardScaler"),
        ('"StandardScaler"', '"system"', "sklearn.preprocessing._data.system"),
        ('"ObjectNode"', '"FunctionNode"', "FunctionNode"),
        ('"ObjectNode"', '"MethodNode"', "MethodNode"),
    ],
)
def test_a_tampered_type_is_refused_and_named(tmp_path, old, new, named):
    path = tmp_path / "s.skops"
    save_estimator(path, StandardScaler().fit(X))
    data = changed(path.read_bytes(), lambda text: text.replace(old, new))
    with pytest.raises(DataError, match=f"names {named}, which no saved preprocessing holds"):
        reload(path, data)


def test_a_type_hidden_deep_inside_is_found(tmp_path):
    path = tmp_path / "s.skops"
    save_estimator(path, StandardScaler().fit(X))

    def hide(text: str) -> str:
        schema = json.loads(text)
        schema["content"]["content"]["with_mean"] = {
            "__class__": "Popen",
            "__module__": "subprocess",
            "__loader__": "ObjectNode",
            "__id__": 1,
        }
        return json.dumps(schema)

    with pytest.raises(DataError, match=r"names subprocess\.Popen"):
        reload(path, changed(path.read_bytes(), hide))


def test_truncated_changed_and_missing_files_are_refused(tmp_path):
    path = tmp_path / "s.skops"
    sha256 = save_estimator(path, StandardScaler().fit(X))
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    with pytest.raises(DataError, match="damaged or was changed"):
        load_estimator(path, sha256)
    with pytest.raises(DataError, match="not a file of saved transformers"):
        reload(path, whole[: len(whole) // 2])
    with pytest.raises(DataError, match="not a file of saved transformers"):
        reload(path, b"a,b\n1,2\n")
    path.unlink()
    with pytest.raises(DataError, match="cannot be read"):
        load_estimator(path, sha256)


def test_a_schema_without_sense_is_refused(tmp_path):
    path = tmp_path / "s.skops"
    save_estimator(path, StandardScaler().fit(X))
    whole = path.read_bytes()
    for text in ['{"protocol": 2}', "[1, 2]", "null"]:
        with pytest.raises(DataError, match="cannot be read"):
            reload(path, changed(whole, lambda _, text=text: text))
    with pytest.raises(DataError, match="not a file of saved transformers"):
        reload(path, changed(whole, lambda _: "{"))

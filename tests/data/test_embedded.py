import numpy as np
import pytest
import sklearn.datasets

from pellucid.data.embedded import embedded_names, load_breast_cancer, load_diabetes, load_digits, load_embedded
from pellucid.data.errors import DataError


def test_the_names_are_those_that_the_command_line_offers():
    assert embedded_names() == [
        *("digits", "iris", "wine", "breast_cancer", "diabetes"),
        *("and", "or", "xor", "spirals", "moons", "circles", "blobs", "sine"),
    ]


@pytest.mark.parametrize("name", embedded_names())
def test_every_set_is_a_whole_table_with_its_target(name):
    data = load_embedded(name)
    assert data.name == name
    assert data.target == data.frame.columns[-1]
    assert not data.frame.isna().any().any()
    assert len(data.frame) >= 150
    assert data.description.endswith("?")
    assert data.frame.equals(load_embedded(name).frame)
    classes = data.frame[data.target].nunique()
    assert {"binary": classes == 2, "multiclass": 2 < classes <= 10, "regression": classes > 10}[data.task]


def test_an_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(DataError, match=r"no embedded data set 'digit' \(did you mean 'digits'\?\); there are"):
        load_embedded("digit")


def test_digits_are_images_row_by_row():
    data = load_digits()
    images = data.frame.drop(columns="digit").to_numpy().reshape(-1, *data.image_shape)
    np.testing.assert_array_equal(images, sklearn.datasets.load_digits().images)
    np.testing.assert_array_equal(data.frame["digit"], sklearn.datasets.load_digits().target)


def test_labels_are_the_words_of_their_numbers():
    bunch = sklearn.datasets.load_breast_cancer()
    frame = load_breast_cancer().frame
    assert (frame["diagnosis"] == "malignant").tolist() == (bunch.target == 0).tolist()


def test_diabetes_is_in_its_own_units():
    age = load_diabetes().frame["age"]
    assert 15 < age.min() < age.max() < 100

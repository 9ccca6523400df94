import numpy as np
import pytest

from pellucid.inspect import mean_average_precision

A, B, C, FAR = [0, 0, 2, 2], [4, 4, 6, 6], [8, 8, 9, 9], [20, 20, 21, 21]


def ap(found, true, **options):
    return mean_average_precision(found, true, **options).mean


def test_a_hand_worked_curve():
    # By score: right, wrong, right, wrong; three true boxes.
    # Precision 1, 1/2, 2/3, 1/2 at recall 1/3, 1/3, 2/3, 2/3; the third is never found: (1 + 2/3) / 3.
    found = [([A, FAR, B, FAR], [0.9, 0.8, 0.7, 0.6], [1, 1, 1, 1])]
    assert ap(found, [([A, B, C], [1, 1, 1])]) == pytest.approx(5 / 9)


def test_precision_counts_as_the_best_at_this_recall_or_higher():
    # wrong, right, right: precision 0, 1/2, 2/3; the second counts as 2/3 too.
    found = [([FAR, A, B], [0.9, 0.8, 0.7], [1, 1, 1])]
    assert ap(found, [([A, B], [1, 1])]) == pytest.approx(2 / 3)


def test_a_true_box_is_found_once():
    assert ap([([A, A], [0.9, 0.8], [1, 1])], [([A, B], [1, 1])]) == 0.5


def test_a_taken_box_leaves_the_next_best_one():
    # Both overlap both true boxes; the second takes the one that is left.
    true = [([[0, 0, 10, 10], [0, 0, 10, 9]], [1, 1])]
    assert ap([([[0, 0, 10, 10], [0, 0, 10, 9.8]], [0.9, 0.8], [1, 1])], true) == 1


def test_classes_and_pictures_are_kept_apart():
    true = [([A], [1]), ([B], [2])]
    assert ap([([A], [0.9], [2]), ([B], [0.9], [1])], true) == 0
    assert ap([([B], [0.9], [1]), ([A], [0.9], [2])], true) == 0
    result = mean_average_precision([([A], [0.9], [1]), ([FAR], [0.9], [2])], true)
    assert (result.mean, result.by_class) == (0.5, {1: 1.0, 2: 0.0})


def test_scores_are_compared_over_all_pictures():
    true = [([A], [1]), ([B], [1])]
    sure_and_wrong = [([A], [0.5], [1]), ([FAR, B], [0.9, 0.4], [1, 1])]
    assert ap(sure_and_wrong, true) == pytest.approx(2 / 3)


def test_a_class_that_is_found_but_not_there_does_not_count():
    assert mean_average_precision([([A, A], [0.9, 0.9], [1, 5])], [([A], [1])]).by_class == {1: 1.0}


def test_the_threshold_decides_what_is_right():
    found, true = [([[0, 0, 10, 6]], [0.9], [1])], [([[0, 0, 10, 10]], [1])]
    assert ap(found, true, iou_threshold=0.6) == 1
    assert ap(found, true, iou_threshold=0.61) == 0


def test_nothing_found_is_zero():
    assert ap([([], [], []), (np.zeros((0, 4)), [], [])], [([A], [1]), ([], [])]) == 0


@pytest.mark.parametrize(
    ("found", "true", "message"),
    [
        ([], [([A], [1])], "0 pictures, the truth 1"),
        ([([A], [0.5], [1])], [([], [])], "no true box"),
        ([], [], "no true box"),
        ([([A], [0.5, 0.4], [1])], [([A], [1])], "picture 0: each of the 1 boxes needs a finite score"),
        ([([A], [float("nan")], [1])], [([A], [1])], "finite score"),
        ([([A], [0.5], [1, 2])], [([A], [1])], "picture 0: boxes"),
    ],
)
def test_what_does_not_fit_is_refused(found, true, message):
    with pytest.raises(ValueError, match=message):
        mean_average_precision(found, true)

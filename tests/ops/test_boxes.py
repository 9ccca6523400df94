import numpy as np
import pytest

import pellucid as pl
from pellucid.autograd import gradcheck
from pellucid.ops.boxes import box_area, box_convert, box_iou, nms


def random_boxes(rng, n):
    corners = rng.uniform(0, 10, size=(n, 2, 2))
    return np.concatenate([corners.min(1), corners.max(1)], 1)


def iou_by_counting(a, b, n=400):
    """Count points of a fine grid."""
    x, y = np.meshgrid(*[np.linspace(0, 10, n, endpoint=False) + 5 / n] * 2)
    inside = [(x > box[0]) & (x < box[2]) & (y > box[1]) & (y < box[3]) for box in (a, b)]
    return (inside[0] & inside[1]).sum() / max(1, (inside[0] | inside[1]).sum())


def test_iou_is_the_share_of_points_in_both_among_those_in_either():
    rng = np.random.default_rng(0)
    a, b = random_boxes(rng, 6), random_boxes(rng, 8)
    found = box_iou(pl.tensor(a), pl.tensor(b)).numpy()
    counted = np.array([[iou_by_counting(p, q) for q in b] for p in a])
    assert (counted > 0.05).sum() > 5
    np.testing.assert_allclose(found, counted, atol=0.01)


def test_iou_of_hand_worked_boxes():
    # 2 x 2 and 2 x 2, shifted by one in both directions: 1 in common, 4 + 4 - 1 in either
    a, b = (
        pl.tensor([[0.0, 0.0, 2.0, 2.0]]),
        pl.tensor([[1.0, 1.0, 3.0, 3.0], [2.0, 0.0, 4.0, 2.0], [0.0, 0.0, 2.0, 2.0]]),
    )
    np.testing.assert_allclose(box_iou(a, b).numpy(), [[1 / 7, 0, 1]], rtol=1e-6)


def test_iou_passes_gradients():
    rng = np.random.default_rng(1)
    a, b = (pl.tensor(random_boxes(rng, n), requires_grad=True) for n in (3, 4))
    assert gradcheck(box_iou, (a, b))
    assert gradcheck(box_area, (a,))


def test_boxes_without_area_overlap_nothing_and_none_gives_none():
    point = pl.tensor([[1.0, 1.0, 1.0, 1.0]])
    assert box_iou(point, point).tolist() == [[0.0]]
    assert tuple(box_iou(pl.zeros(0, 4), point).shape) == (0, 1)
    assert nms(pl.zeros(0, 4), pl.zeros(0), 0.5).tolist() == []


@pytest.mark.parametrize("there", ["xyxy", "xywh", "cxcywh"])
@pytest.mark.parametrize("here", ["xyxy", "xywh", "cxcywh"])
def test_boxes_come_back_from_every_way_of_writing(here, there):
    boxes = box_convert(pl.tensor(random_boxes(np.random.default_rng(0), 5)), "xyxy", here)
    again = box_convert(box_convert(boxes, here, there), there, here)
    np.testing.assert_allclose(again.numpy(), boxes.numpy(), rtol=1e-12)


def test_ways_of_writing_by_hand():
    edges = pl.tensor([[1.0, 2.0, 5.0, 8.0]])
    assert box_convert(edges, "xyxy", "xywh").tolist() == [[1, 2, 4, 6]]
    assert box_convert(edges, "xyxy", "cxcywh").tolist() == [[3, 5, 4, 6]]


def test_of_boxes_on_one_thing_the_surest_stays():
    boxes = pl.tensor([[0.0, 0.0, 4.0, 4.0], [0.0, 0.0, 4.0, 3.0], [0.0, 2.0, 4.0, 6.0], [9.0, 9.0, 10.0, 10.0]])
    # iou(0, 1) = 12 / 16, iou(0, 2) = 8 / 24, iou(1, 2) = 4 / 24
    scores = pl.tensor([0.7, 0.9, 0.8, 0.1])
    assert nms(boxes, scores, 0.5).tolist() == [1, 2, 3]
    assert nms(boxes, scores, 0.1).tolist() == [1, 3]
    assert nms(boxes, scores, 0.75).tolist() == [1, 2, 0, 3]  # the threshold itself may be reached
    assert nms(boxes, pl.tensor([0.5, 0.5, 0.5, 0.5]), 0.5).tolist() == [0, 2, 3]


def test_a_box_that_was_suppressed_suppresses_nothing():
    # a chain: 0 covers 1, 1 covers 2, but 0 and 2 are apart
    boxes = pl.tensor([[0.0, 0.0, 4.0, 1.0], [1.5, 0.0, 5.5, 1.0], [3.0, 0.0, 7.0, 1.0]])
    assert nms(boxes, pl.tensor([0.9, 0.8, 0.7]), 0.3).tolist() == [0, 2]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: box_area(pl.zeros(4)), r"wants boxes \(n, 4\)"),
        (lambda: box_iou(pl.zeros(2, 4), pl.zeros(2, 5)), r"got \(2, 5\)"),
        (lambda: box_iou(pl.tensor([[1.0, 0.0, 0.0, 1.0]]), pl.zeros(1, 4)), "x1 <= x2 and y1 <= y2, box 0"),
        (lambda: box_iou(pl.tensor([[float("nan"), 0.0, 0.0, 1.0]]), pl.zeros(1, 4)), "box 0"),
        (lambda: nms(pl.zeros(2, 4), pl.zeros(3), 0.5), "a score for each box"),
        (lambda: nms(pl.zeros(2, 4), pl.zeros(2), 50), "from 0 to 1, got 50"),
        (lambda: nms(pl.zeros(1, 4), pl.tensor([float("nan")]), 0.5), "NaN"),
        (lambda: box_convert(pl.zeros(1, 4), "xyxy", "yxyx"), "not 'yxyx'"),
    ],
)
def test_what_is_no_box_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()

"""How well boxes are found: average precision."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pellucid._tensor import Array, Tensor, as_array
from pellucid.ops.boxes import box_iou

__all__ = ["AveragePrecision", "mean_average_precision"]


@dataclass(frozen=True)
class AveragePrecision:
    """The average precision of a detector.

    Attributes:
        mean: the mean over the classes that there are; 1 is perfect.
        by_class: the average precision of each class that stands in the truth.
    """

    mean: float
    by_class: dict[int, float]


def mean_average_precision(
    found: Sequence[tuple[Any, Any, Any]], true: Sequence[tuple[Any, Any]], iou_threshold: float = 0.5
) -> AveragePrecision:
    """Return the area under the curve of precision over recall, for each class and on average.

    The boxes found of one class, in all pictures, are taken in falling order of their score. One is right when it
    overlaps a true box of its picture and class by the threshold or more that no better one has taken. After each,
    precision is the share of the right ones so far, recall the share of true boxes found. Precision counts as the
    best that is reached at the same recall or a higher one. Everingham et al., "The PASCAL visual object classes
    challenge" (2015); COCO averages this over thresholds from 0.5 to 0.95.

    Args:
        found: for each picture the boxes (n, 4) as x1, y1, x2, y2, their scores (n,) and classes (n,).
        true: for each picture the boxes (m, 4) and classes (m,).
        iou_threshold: intersection over union from which on a box is right.

    Raises:
        ValueError: when the numbers of pictures, boxes, scores and classes do not fit, or there is no true box.

    Example:
        >>> boxes = [[0.0, 0.0, 2.0, 2.0], [4.0, 4.0, 6.0, 6.0]]
        >>> mean_average_precision([(boxes, [0.9, 0.8], [7, 7])], [(boxes[1:], [7])])  # the surest is wrong
        AveragePrecision(mean=0.5, by_class={7: 0.5})
    """
    if len(found) != len(true):
        raise ValueError(f"found has {len(found)} pictures, the truth {len(true)}")
    pictures = [_checked_found(i, *picture) for i, picture in enumerate(found)]
    truths = [_checked_true(i, *picture) for i, picture in enumerate(true)]
    classes = {int(label) for _, labels in truths for label in labels}
    if not classes:
        raise ValueError("there is no true box, so there is nothing to find")
    by_class = {c: _average_precision(pictures, truths, c, iou_threshold) for c in sorted(classes)}
    return AveragePrecision(float(np.mean(list(by_class.values()))), by_class)


def _average_precision(
    found: list[tuple[Array, Array, Array]], true: list[tuple[Array, Array]], wanted: Any, iou_threshold: float
) -> float:
    scores: list[Array] = []
    right: list[Array] = []
    n_true = 0
    for (boxes, sure, labels), (true_boxes, true_labels) in zip(found, true, strict=True):
        mine, theirs = labels == wanted, true_boxes[true_labels == wanted]
        order = np.argsort(-sure[mine], kind="stable")
        scores.append(sure[mine][order])
        right.append(_matches(boxes[mine][order], theirs, iou_threshold))
        n_true += len(theirs)
    hits = np.concatenate(right)[np.argsort(-np.concatenate(scores), kind="stable")]
    n_right = np.cumsum(hits)
    precision = n_right / np.arange(1, len(hits) + 1)
    best_from_here = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(best_from_here[hits]) / n_true)  # recall grows by 1 / n_true with each right one


def _matches(boxes: Array, true_boxes: Array, iou_threshold: float) -> Array:
    """Say for each box, the surest first, whether it finds a true one that is not yet found."""
    overlaps = box_iou(Tensor(boxes), Tensor(true_boxes)).array.copy()
    right = np.zeros(len(boxes), dtype=bool)
    if len(true_boxes):
        for i, row in enumerate(overlaps):
            best = int(np.argmax(row))
            right[i] = row[best] >= iou_threshold
            if right[i]:
                overlaps[:, best] = -1  # taken
    return right


def _checked_found(i: int, boxes: Any, scores: Any, labels: Any) -> tuple[Array, Array, Array]:
    checked, classes = _checked_true(i, boxes, labels)
    sure = as_array(scores).reshape(-1)
    if len(sure) != len(checked) or not np.all(np.isfinite(sure)):
        raise ValueError(f"picture {i}: each of the {len(checked)} boxes needs a finite score, got {sure.tolist()}")
    return checked, sure, classes


def _checked_true(i: int, boxes: Any, labels: Any) -> tuple[Array, Array]:
    checked, classes = np.asarray(as_array(boxes), dtype=np.float64), as_array(labels).reshape(-1)
    if checked.size == 0:
        checked = checked.reshape(0, 4)
    if checked.ndim != 2 or checked.shape[1] != 4 or len(classes) != len(checked):
        raise ValueError(f"picture {i}: boxes (n, 4) need n classes, got {checked.shape} and {classes.shape}")
    return checked, classes

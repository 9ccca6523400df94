"""Boxes around things in pictures: areas, overlaps, and which of several to keep.

A box is (x1, y1, x2, y2), its left, upper, right and lower edge, in pixels or any other unit.
"""

import numpy as np

from pellucid._tensor import Array, Tensor, as_array
from pellucid.ops.arithmetic import add, div, maximum, minimum, mul, sub
from pellucid.ops.elementwise import clamp
from pellucid.ops.shape import stack, unbind

__all__ = ["box_area", "box_convert", "box_iou", "nms"]


def box_area(boxes: Tensor) -> Tensor:
    """Return (x2 - x1) (y2 - y1) of each box.

    Shapes: boxes (n, 4), areas (n,).

    Raises:
        ValueError: when the boxes are not (n, 4).

    Example:
        >>> import pellucid
        >>> box_area(pellucid.tensor([[0.0, 0.0, 3.0, 2.0]])).tolist()
        [6.0]
    """
    x1, y1, x2, y2 = unbind(_checked("box_area", boxes), 1)
    return mul(sub(x2, x1), sub(y2, y1))


def box_convert(boxes: Tensor, in_fmt: str, out_fmt: str) -> Tensor:
    """Return boxes written in another way.

    Shapes: boxes and result (n, 4).

    Args:
        boxes: the boxes.
        in_fmt: how they are written: "xyxy" edges, "xywh" left, top, width, height, or "cxcywh" centre, width, height.
        out_fmt: how they are to be written.

    Raises:
        ValueError: when a way is unknown or the boxes are not (n, 4).

    Example:
        >>> import pellucid
        >>> box_convert(pellucid.tensor([[4.0, 5.0, 2.0, 6.0]]), "cxcywh", "xyxy").tolist()
        [[3.0, 2.0, 5.0, 8.0]]
    """
    for way in (in_fmt, out_fmt):
        if way not in ("xyxy", "xywh", "cxcywh"):
            raise ValueError(f"box_convert: boxes are written as 'xyxy', 'xywh' or 'cxcywh', not {way!r}")
    a, b, c, d = unbind(_checked("box_convert", boxes), 1)
    if in_fmt == out_fmt:
        return boxes
    if in_fmt == "xyxy":
        x, y, w, h = a, b, sub(c, a), sub(d, b)
    elif in_fmt == "xywh":
        x, y, w, h = a, b, c, d
    else:
        x, y, w, h = sub(a, div(c, 2)), sub(b, div(d, 2)), c, d
    if out_fmt == "xyxy":
        return stack([x, y, add(x, w), add(y, h)], 1)
    if out_fmt == "xywh":
        return stack([x, y, w, h], 1)
    return stack([add(x, div(w, 2)), add(y, div(h, 2)), w, h], 1)


def box_iou(boxes1: Tensor, boxes2: Tensor) -> Tensor:
    """Return intersection over union, |A ∩ B| / |A ∪ B|, of every box with every other: 1 the same, 0 apart.

    Jaccard (1912). Two boxes without area have 0, where torchvision gives NaN.

    Shapes: boxes1 (n, 4), boxes2 (m, 4), the result (n, m).

    Args:
        boxes1: boxes as (x1, y1, x2, y2).
        boxes2: the others.

    Raises:
        ValueError: when boxes are not (n, 4), or one has its right or lower edge before the left or upper one.

    Example:
        >>> import pellucid
        >>> a = pellucid.tensor([[0.0, 0.0, 2.0, 2.0]])
        >>> box_iou(a, pellucid.tensor([[0.0, 0.0, 2.0, 1.0], [3.0, 3.0, 4.0, 4.0]])).tolist()
        [[0.5, 0.0]]
    """
    for boxes in (boxes1, boxes2):
        _check_edges("box_iou", _checked("box_iou", boxes).array)
    (l1, t1, r1, b1), (l2, t2, r2, b2) = (unbind(boxes, 1) for boxes in (boxes1, boxes2))
    l1, t1, r1, b1 = (edge.unsqueeze(1) for edge in (l1, t1, r1, b1))  # (n, 1), against (m,)
    width = clamp(sub(minimum(r1, r2), maximum(l1, l2)), min=0)
    height = clamp(sub(minimum(b1, b2), maximum(t1, t2)), min=0)
    both = mul(width, height)
    either = sub(add(box_area(boxes1).unsqueeze(1), box_area(boxes2)), both)
    return div(both, clamp(either, min=float(np.finfo(either.array.dtype).tiny)))


def nms(boxes: Tensor, scores: Tensor, iou_threshold: float) -> Tensor:
    """Return which boxes stay when of boxes on the same thing only the best is kept: non-maximum suppression.

    The box with the highest score stays, all that overlap it by more than the threshold go; then the best of those
    left, and so on. Of equal scores the first box counts as better.

    Shapes: boxes (n, 4), scores (n,), the result (kept,), indices in falling order of the score.

    Args:
        boxes: boxes as (x1, y1, x2, y2).
        scores: how sure each one is.
        iou_threshold: the intersection over union above which two boxes are on the same thing.

    Raises:
        ValueError: when boxes are not (n, 4) with as many scores, an edge or a score is wrong, or the threshold is not
            in [0, 1].

    Example:
        >>> import pellucid
        >>> boxes = pellucid.tensor([[0.0, 0.0, 2.0, 2.0], [0.0, 0.0, 2.0, 1.9], [5.0, 5.0, 6.0, 6.0]])
        >>> nms(boxes, pellucid.tensor([0.8, 0.9, 0.3]), 0.5).tolist()
        [1, 2]
    """
    if tuple(scores.shape) != (boxes.shape[0],):
        raise ValueError(
            f"nms needs a score for each box, got boxes {tuple(boxes.shape)}, scores {tuple(scores.shape)}"
        )
    if not 0 <= iou_threshold <= 1:
        raise ValueError(f"nms: iou_threshold is from 0 to 1, got {iou_threshold}")
    sure = as_array(scores)
    if not np.all(np.isfinite(sure)):
        raise ValueError("nms: a score is NaN or infinite")
    overlaps = box_iou(boxes.detach(), boxes.detach()).array > iou_threshold
    left, kept = np.argsort(-sure, kind="stable"), []
    while len(left):
        best, *_ = left
        kept.append(best)
        left = left[1:][~overlaps[best, left[1:]]]
    return Tensor(np.asarray(kept, dtype=np.int64))


def _checked(name: str, boxes: Tensor) -> Tensor:
    if boxes.array.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError(f"{name} wants boxes (n, 4) of x1, y1, x2, y2, got {tuple(boxes.shape)}")
    return boxes


def _check_edges(name: str, boxes: Array) -> None:
    wrong = np.flatnonzero(~((boxes[:, 0] <= boxes[:, 2]) & (boxes[:, 1] <= boxes[:, 3])))
    if len(wrong):
        raise ValueError(
            f"{name}: a box has x1 <= x2 and y1 <= y2, box {wrong[0]} is {boxes[wrong[0]].tolist()}; "
            "box_convert gives edges from centre and size"
        )

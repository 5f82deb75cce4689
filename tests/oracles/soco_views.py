"""SoCo's boxes in its views, one by one, from the sentences of the paper and of its code.

A view is told as (top, left, height, width, rows, columns, flipped).
"""
from __future__ import annotations


def in_view(box, view):
    """Clipped to the crop, then scaled, not yet flipped; None if nothing is left of it."""
    top, left, height, width, rows, columns, _ = view
    x1, y1 = max(box[0], left), max(box[1], top)
    x2, y2 = min(box[2], left + width), min(box[3], top + height)
    if x2 <= x1 or y2 <= y1:
        return None
    return [(x1 - left) * columns / width, (y1 - top) * rows / height,
            (x2 - left) * columns / width, (y2 - top) * rows / height]


def flipped(box, view):
    columns = view[5]
    return [columns - box[2], box[1], columns - box[0], box[3]] if view[6] else list(box)


def jittered(box, shares, view, of):
    """x, y, w, h += r * (w, h, w, h), where (x, y) is the corner or the centre; then clipped."""
    w, h = box[2] - box[0], box[3] - box[1]
    x, y = (box[0], box[1]) if of == 'corner' else (box[0] + w / 2, box[1] + h / 2)
    x, y = x + shares[0] * w, y + shares[1] * h
    w, h = w + shares[2] * w, h + shares[3] * h
    if of == 'centre':
        x, y = x - w / 2, y - h / 2
    rows, columns = view[4:6]
    return [max(x, 0), max(y, 0), min(x + w, columns), min(y + h, rows)]


def seen(box, view, min_side):
    inside = in_view(box, view)
    return inside is not None and min(inside[2] - inside[0], inside[3] - inside[1]) >= min_side


def item(proposals, views, count, min_side, order, shares, of):
    """Boxes and weights of an image.

    Args:
        proposals: boxes of the image, four numbers each.
        views: as above, the first of each pair first.
        order: for each set of boxes, in the order of its first view, takes how many are seen and
            returns their order, the places in a list.
        shares: for each set, takes how many are drawn and returns what moves each, four numbers.

    Returns:
        For each other view, `count` rows of (box in the first view, box in the other, weight).
    """
    first, *others = views
    whole = [[0, 0, view[5], view[4]] for view in views]
    rows = [None] * len(others)
    for i, view in enumerate(others):
        if rows[i] is not None:
            continue
        alike = [j for j, other in enumerate(others) if other[:4] == view[:4]]
        both = [box for box in proposals if seen(box, first, min_side)
                and all(seen(box, others[j], min_side) for j in alike)]
        chosen = [both[place] for place in order(len(both))][:count]
        near = [flipped(jittered(in_view(box, first), r, first, of), first)
                for box, r in zip(chosen, shares(len(chosen)), strict=True)]
        for j in alike:
            far = [flipped(in_view(box, others[j]), others[j]) for box in chosen]
            pad = [(whole[0], whole[j + 1], 0)] * (count - len(chosen))
            rows[j] = [(a, b, 1) for a, b in zip(near, far, strict=True)] + pad
    return rows

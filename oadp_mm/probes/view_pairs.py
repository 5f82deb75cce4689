"""Two views of an image whose places are known, and the cells and boxes that both show."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from oadp_mm.ops.correspondence import carried, centres
from oadp_mm.ops.windows import Window, draw_window
from oadp_mm.probes.regions import region_features

#: Of the image's area, and width over height: crops that overlap.
SCALE, RATIO = (.5, 1.), (3 / 4, 4 / 3)
_TRIES = 10


def window_pair(shape: tuple[int, int], side: int, seed: Sequence[int]) -> tuple[Window, Window]:
    """Two random crops of an image, resized to squares, the second flipped half the time.

    Args:
        shape: (height, width) of the image.
        side: of the views, in pixels.
        seed: numbers that decide the draw.
    """
    generator = np.random.default_rng(seed)
    one, two = (draw_window(generator.random((_TRIES, 4)), *shape, scale=SCALE, ratio=RATIO,
                            size=(side, side)) for _ in range(2))
    return one, replace(two, flipped=bool(generator.random() < .5))


def as_numbers(windows: Sequence[Window]) -> np.ndarray:
    """Windows for a file, int64 (n, 7)."""
    return np.array([[w.top, w.left, w.height, w.width, *w.size, w.flipped] for w in windows])


def as_windows(numbers: np.ndarray) -> list[Window]:
    """The reverse of `as_numbers`."""
    return [Window(*row[:4], size=(row[4], row[5]), flipped=bool(row[6]))
            for row in numbers.tolist()]


def paired_cells(first: Tensor, second: Tensor, windows: Sequence[Window],
                 others: Sequence[Window]) -> tuple[Tensor, Tensor]:
    """Features of cells of first views whose centre the second show, and of the cells there."""
    rows: list[tuple[Tensor, Tensor]] = []
    for one, two, window, other in zip(first, second, windows, others, strict=True):
        places = carried(centres(one.shape[1:], window.size), window, other)
        inside = ((places >= 0) & (places < np.array(other.size[::-1]))).all(1)
        grid = np.array(two.shape[1:])
        cells = (places[inside][:, ::-1] * grid / np.array(other.size)).astype(np.int64)
        found = torch.from_numpy(cells[:, 0] * grid[1] + cells[:, 1])
        rows.append((one.flatten(1).T[torch.from_numpy(inside)], two.flatten(1).T[found]))
    return torch.cat([each[0] for each in rows]), torch.cat([each[1] for each in rows])


def paired_regions(first: Tensor, second: Tensor, windows: Sequence[Window],
                   others: Sequence[Window], boxes: Sequence[np.ndarray],
                   ) -> tuple[Tensor, Tensor]:
    """Features of the boxes (n, 4) of each image that lie whole in both of its views."""
    rows: list[tuple[Tensor, Tensor]] = []
    for one, two, window, other, corners in zip(first, second, windows, others, boxes, strict=True):
        kept = corners[_whole_in(corners, window) & _whole_in(corners, other)]
        if len(kept):
            rows.append(tuple(  # type: ignore[arg-type]
                region_features(maps[None], [torch.from_numpy(each.carry(kept)[0])], each.size)
                for maps, each in ((one, window), (two, other))))
    empty = first.new_zeros(0, first.shape[1])
    return (torch.cat([empty, *(each[0] for each in rows)]),
            torch.cat([empty, *(each[1] for each in rows)]))


def _whole_in(corners: np.ndarray, window: Window) -> np.ndarray:
    low = np.array([window.left, window.top])
    high = low + np.array([window.width, window.height])
    return (corners[:, :2] >= low).all(1) & (corners[:, 2:] <= high).all(1)

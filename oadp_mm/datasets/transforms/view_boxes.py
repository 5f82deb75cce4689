"""Object proposals in pairs of views: the same objects in both, as boxes that regions are read off.

The order within a view is that of SoCo's code: crop, clip, jitter (first view), flip.
"""
from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import get_args

import numpy as np

from oadp_mm.files.recipe import MEAN
from oadp_mm.ops.boxes import JitterOf, jitter, seen, squares
from oadp_mm.ops.windows import Window

#: What an item holds of them for the model.
BOXES = ('boxes', 'box_weights')
_TRIES = 5
_CUTOUT_SHARES = (0.1, 0.3)


class ViewBoxes:
    """Choose `count` proposals for each pair of the first view and another one.

    Those that both views show are drawn without replacement, for each pair anew; views of one
    rectangle (V2 and its copy at another size) share them. Where there are fewer, weights of 0 fill
    up. `oadp_mm.MultiViewDataset` builds it, from `views.boxes`.

    Args:
        count: boxes a pair (K), at least 1.
        min_side: least side in pixels of what a view shows of a box, before jitter; thinner
            remnants count as unseen.
        jitter: greatest share of its sides by which a box of the first view moves and grows, drawn
            uniformly for x, y, width and height; 0 for none, at most 0.2.
        jitter_prob: chance of each box to be jittered.
        jitter_of: what is moved, 'centre' or 'corner'.
        cutout: chance of each box of the other views to lose a square of 10 to 30 % of its area to
            the mean colour, which is 0 after normalisation up to the rounding of a gray level.

    Raises:
        ValueError: an argument out of range.
    """

    def __init__(self, count: int = 4, min_side: float = 8, jitter: float = 0.1,
                 jitter_prob: float = 0.5, jitter_of: JitterOf = 'centre',
                 cutout: float = 0.0) -> None:
        if type(count) is not int or count < 1:
            raise ValueError(f'count must be a number of boxes a pair of at least 1, got {count}')
        if not 0 <= min_side < math.inf:
            raise ValueError(f'min_side must be a finite number of pixels of at least 0, got '
                             f'{min_side}')
        for name, value, most in (('jitter', jitter, 0.2), ('jitter_prob', jitter_prob, 1),
                                  ('cutout', cutout, 1)):
            if not 0 <= value <= most:
                raise ValueError(f'{name} must lie in 0..{most}, got {value}')
        if jitter_of not in get_args(JitterOf):
            raise ValueError(f'jitter_of must be one of {", ".join(get_args(JitterOf))}, '
                             f'got {jitter_of!r}')
        self.count, self.min_side, self.cutout = count, min_side, cutout
        self.jitter, self.jitter_prob, self.jitter_of = jitter, jitter_prob, jitter_of

    def cut(self, crop: Callable[[], dict], first: Window | None, proposals: np.ndarray) -> dict:
        """Cut a view again until it and the first one show max(K // 2, 1) proposals together.

        That number halves with each of five tries, the last of which stands. More than the first
        view shows are not asked for.

        Args:
            crop: makes a view.
            first: window of the first view; None if its place is unknown.
            proposals: boxes (n, 4) of the image.
        """
        def shown(*windows: Window | None) -> int:
            return int(seen(proposals, filter(None, windows), self.min_side).sum())

        most, least = shown(first), self.count
        for _ in range(_TRIES):
            view, least = crop(), max(least // 2, 1)
            if shown(first, view.get('window')) >= min(least, most):
                break
        return view

    def __call__(self, results: Mapping) -> dict:
        """Add `boxes`, float32 (p, 2, K, 4), and `box_weights`, float32 (p, K), to made views.

        Pair i is of views 0 and i + 1; `boxes[i, 0]` lie in the former and `boxes[i, 1]` in the
        latter, (x1, y1, x2, y2) in its pixels. A weight is 1, or 0 of a padding, whose boxes are
        the whole views. For people there is `box_numbers`, int64 (p, K): which proposals, or -1.
        """
        first, *others = windows = self._windows(results)
        whole = np.array([[0, 0, *window.size[::-1]] for window in windows], np.float32)
        boxes = np.empty((len(others), 2, self.count, 4), np.float32)
        boxes[:, 0], boxes[:, 1] = whole[0], whole[1:, None]
        weights = np.zeros((len(others), self.count), np.float32)
        numbers = np.full((len(others), self.count), -1)
        alike: dict[tuple[int, ...], list[int]] = {}
        for number, window in enumerate(others):
            alike.setdefault(window.rectangle, []).append(number)
        for members in alike.values():
            shown = seen(results['proposals'], [first, *(others[i] for i in members)],
                         self.min_side)
            order = np.random.permutation(np.flatnonzero(shown))  # noqa: NPY002 - see SeedHook
            chosen = results['proposals'][order[:self.count]]
            weights[members, :len(chosen)], numbers[members, :len(chosen)] = 1, order[:self.count]
            boxes[members, 0, :len(chosen)] = self._jittered(first, chosen)
            for i in members:
                boxes[i, 1, :len(chosen)] = others[i].carry(chosen)[0]
        views = [results['img'][0], *map(self._cut_out, results['img'][1:], boxes[:, 1], weights)]
        return {**results, 'img': views, 'boxes': boxes, 'box_weights': weights,
                'box_numbers': numbers}

    def _windows(self, results: Mapping) -> Sequence[Window]:
        if 'proposals' not in results:
            raise ValueError('views.boxes needs the `proposals` of an image, and there are none: '
                             "set the data set's proposals=dict(files=FILE), which oadp-mm "
                             'proposals makes, or views.boxes=None')
        windows = results['windows']
        if len(windows) < 2:
            raise ValueError('boxes belong to pairs of views, got one view: add one to views.each')
        for number, window in enumerate(windows):
            if window is None:
                raise ValueError(f'the place of view {number}, counted from 0, is unknown, so that '
                                 'boxes cannot follow it: crop it by oadp_mm.RandomResizedWindow '
                                 'and let its changes move nothing, as oadp_mm.RandAugment or '
                                 'Rotate does, or set views.boxes=None')
            if min(window.size) < self.min_side:
                raise ValueError(f'view {number}, counted from 0, of {window.size} pixels shows no '
                                 f'box of min_side={self.min_side}: enlarge the view or lower '
                                 'views.boxes.min_side')
        return windows

    def _jittered(self, window: Window, boxes: np.ndarray) -> np.ndarray:
        """Boxes of the image in the first view, each moved a little or not."""
        carried, _ = replace(window, flipped=False).carry(boxes)
        shares = np.random.uniform(-self.jitter, self.jitter, carried.shape)  # noqa: NPY002
        shares *= np.random.random((len(boxes), 1)) < self.jitter_prob  # noqa: NPY002
        of_view = Window(0, 0, *window.size, window.size, window.flipped)
        return of_view.carry(jitter(carried, shares, self.jitter_of))[0]

    def _cut_out(self, view: np.ndarray, boxes: np.ndarray, weights: np.ndarray) -> np.ndarray:
        if not self.cutout:
            return view
        chosen = (np.random.random(len(boxes)) < self.cutout) & (weights > 0)  # noqa: NPY002
        holes = squares(boxes, np.random.uniform(*_CUTOUT_SHARES, len(boxes)),  # noqa: NPY002
                        np.random.random((len(boxes), 2)))  # noqa: NPY002
        holes = holes.clip(0, [*view.shape[1::-1]] * 2).round().astype(int)
        view = view.copy()
        for x1, y1, x2, y2 in holes[chosen]:
            view[y1:y2, x1:x2] = np.round(MEAN[::-1])
        return view

    def __repr__(self) -> str:
        settings = ', '.join(f'{name}={value}' for name, value in vars(self).items())
        return f'{type(self).__name__}({settings})'

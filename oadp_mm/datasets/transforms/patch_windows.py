"""The patches of an image that ORL compares: boxes, without a further crop."""
from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, get_args

import numpy as np

from oadp_mm.datasets.transforms.load_correspondences import Side
from oadp_mm.datasets.transforms.resized_window import Resized, earlier_view
from oadp_mm.ops.orl_boxes import jittered
from oadp_mm.ops.windows import Interpolation, Window
from oadp_mm.registry import TRANSFORMS


@TRANSFORMS.register_module()
class ProposalWindow(Resized):
    """A random one of an image's `proposals`.

    Raises:
        ValueError: when a view is made, the image has no proposals.
    """

    def place(self, results: dict) -> tuple[np.ndarray, Window]:
        proposals = _needed(results, 'proposals')
        box = proposals[np.random.randint(len(proposals))]  # noqa: NPY002 - see SeedHook
        return results['img'], Window.of_box(box, self.size)


@TRANSFORMS.register_module()
class JitteredWindow(Resized):
    """The rectangle of an earlier view, moved, scaled and reshaped (`ops.orl_boxes.jittered`).

    Args:
        scale: see `Resized`.
        like: name of the earlier view of `MultiView`.
        shift: greatest move of the centre, as a share of the sides, at least 0.
        area: (least, greatest) factor of the area.
        ratio: (least, greatest) width over height of the result.
        min_iou: overlap with the rectangle that the result exceeds, 0..1.
        tries: after which it is the rectangle itself, at least 1.
        interpolation: see `Window.cut`.

    Raises:
        ValueError: an argument is out of range; when a view is made, there is no earlier one of
            that name, or its crop does not say where it cut.
    """

    def __init__(self, scale: int | Sequence[int], like: str, shift: float = 0.5,
                 area: Sequence[float] = (0.5, 2.0), ratio: Sequence[float] = (0.5, 2.0),
                 min_iou: float = 0.5, tries: int = 200,
                 interpolation: Interpolation = 'bilinear') -> None:
        super().__init__(scale, interpolation)
        if not 0 <= shift < math.inf:
            raise ValueError(f'shift must be a share of a box\'s sides of at least 0, got {shift}')
        for name, pair in (('area', area), ('ratio', ratio)):
            if len(pair) != 2 or not 0 < pair[0] <= pair[1] < math.inf:
                raise ValueError(f'{name} must be (least, greatest) with 0 < least <= greatest, '
                                 f'got {pair}')
        if not 0 <= min_iou <= 1:
            raise ValueError(f'min_iou must lie in 0..1, got {min_iou}')
        if type(tries) is not int or tries < 1:
            raise ValueError(f'tries must be a number of at least 1, got {tries}')
        self.like, self.tries = like, tries
        self.jitter: dict[str, Any] = {'shift': shift, 'area': tuple(area), 'ratio': tuple(ratio),
                                       'min_iou': min_iou}

    def place(self, results: dict) -> tuple[np.ndarray, Window]:
        box = earlier_view(results, self.like).box
        chances = np.random.random((self.tries, 4))  # noqa: NPY002 - see SeedHook
        box = jittered(chances, box, *results['img'].shape[:2], **self.jitter)
        return results['img'], Window.of_box(box, self.size)


@TRANSFORMS.register_module()
class CorrespondingWindow(Resized):
    """One side of the correspondence that was drawn for an image.

    Args:
        scale: see `Resized`.
        side: 'query', the box in the image, or 'key', that in its neighbour.
        interpolation: see `Window.cut`.

    Raises:
        ValueError: another `side`; when a view is made, the image has no correspondence.
    """

    def __init__(self, scale: int | Sequence[int], side: Side,
                 interpolation: Interpolation = 'bilinear') -> None:
        super().__init__(scale, interpolation)
        if side not in get_args(Side):
            raise ValueError(f'side must be one of {", ".join(get_args(Side))}, got {side!r}')
        self.side = side

    def place(self, results: dict) -> tuple[np.ndarray, Window]:
        image, box = _needed(results, 'correspondence')[self.side]
        window = Window.of_box(box, self.size)
        return image, replace(window, of_neighbour=self.side == 'key')


def _needed(results: dict, name: str) -> Any:
    if name not in results:
        raise ValueError(f'a patch is cut by the `{name}` of an image, and there is none: set the '
                         "data set's correspondences=dict(file=FILE), which oadp-mm "
                         'correspondences makes')
    return results[name]

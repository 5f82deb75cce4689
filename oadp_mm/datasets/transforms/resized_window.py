"""Crops whose rectangle is told, not drawn by area and ratio: resized to one size."""
from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from mmcv.transforms import BaseTransform

from oadp_mm.ops.windows import Interpolation, Window, check_interpolation
from oadp_mm.registry import TRANSFORMS


class Resized(BaseTransform):
    """Resize a rectangle, whatever its aspect ratio.

    Changes `img` and `img_shape`; adds `window`, which is not flipped.

    Args:
        scale: pixels of a side of the view, or its (height, width), as the host's crops call it.
        interpolation: see `Window.cut`.

    Raises:
        ValueError: `scale` is not positive, or another interpolation.
    """

    def __init__(self, scale: int | Sequence[int],
                 interpolation: Interpolation = 'bilinear') -> None:
        sides = (scale, scale) if isinstance(scale, int) else tuple(scale)
        if len(sides) != 2 or not all(isinstance(side, int) and side > 0 for side in sides):
            raise ValueError(f'scale must be a positive number of pixels or two, got {scale}')
        self.size = sides[0], sides[1]
        check_interpolation(interpolation)
        self.interpolation: Interpolation = interpolation

    @abstractmethod
    def place(self, results: dict) -> tuple[np.ndarray, Window]:
        """The image that is cut, and where."""

    def transform(self, results: dict) -> dict:
        image, window = self.place(results)
        view = window.cut(image, self.interpolation)
        return {**results, 'img': view, 'img_shape': view.shape[:2], 'window': window}

    def __repr__(self) -> str:
        settings = ', '.join(f'{name}={value!r}' for name, value in vars(self).items())
        return f'{type(self).__name__}({settings})'


def earlier_view(results: dict, name: str) -> Window:
    """Where an earlier view of `MultiView` lies in the image, by its name.

    Raises:
        ValueError: there is none, or its crop does not say where it cut.
    """
    windows = {other: window for other, window in results.get('windows', {}).items()
               if window and not window.of_neighbour}
    if name not in windows:
        raise ValueError(
            f'a view is cut like {name!r}, but the earlier views whose place in the image is known '
            f'are {", ".join(windows) or "none"}: name one of them, in alphabetical order')
    return windows[name]


@TRANSFORMS.register_module()
class ResizedWindow(Resized):
    """The whole image, or the rectangle of an earlier view.

    Args:
        scale: see `Resized`.
        like: name of an earlier view of `MultiView` whose rectangle is resized; None: the whole
            image.
        interpolation: see `Window.cut`.

    Raises:
        ValueError: when a view is made, there is no earlier one of that name, or its crop does not
            say where it cut.
    """

    def __init__(self, scale: int | Sequence[int], like: str | None = None,
                 interpolation: Interpolation = 'bilinear') -> None:
        super().__init__(scale, interpolation)
        self.like = like

    def place(self, results: dict) -> tuple[np.ndarray, Window]:
        height, width = results['img'].shape[:2]
        window = (Window(0, 0, height, width, self.size) if self.like is None else
                  replace(earlier_view(results, self.like), size=self.size))
        return results['img'], window

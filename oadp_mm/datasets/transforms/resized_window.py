"""A crop without chance: the whole image, or what another view shows, at another size."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import mmcv
from mmcv.transforms import BaseTransform

from oadp_mm.ops.windows import Window
from oadp_mm.registry import TRANSFORMS


@TRANSFORMS.register_module()
class ResizedWindow(BaseTransform):
    """Resize the whole image, whatever its aspect ratio, or the rectangle of an earlier view.

    Changes `img` and `img_shape`; adds `window`, which is not flipped even if the other view is.

    Args:
        scale: pixels of a side of the view, or its (height, width), as the host's crops call it.
        like: name of an earlier view of `MultiView` whose rectangle is resized; None: the whole
            image.
        interpolation: mmcv's name.
        backend: 'cv2' or 'pillow', which averages where it makes an image smaller.

    Raises:
        ValueError: `scale` is not positive; when a view is made, there is no earlier one of that
            name, or its crop does not say where it cut.
    """

    def __init__(self, scale: int | Sequence[int], like: str | None = None,
                 interpolation: str = 'bilinear', backend: str = 'cv2') -> None:
        sides = (scale, scale) if isinstance(scale, int) else tuple(scale)
        if len(sides) != 2 or not all(isinstance(side, int) and side > 0 for side in sides):
            raise ValueError(f'scale must be a positive number of pixels or two, got {scale}')
        self.size, self.like = (sides[0], sides[1]), like
        self.resizing: dict[str, Any] = {'interpolation': interpolation, 'backend': backend}

    def transform(self, results: dict) -> dict:
        height, width = results['img'].shape[:2]
        window = Window(0, 0, height, width, self.size)
        if self.like is not None:
            earlier = {name: other for name, other in results.get('windows', {}).items() if other}
            if self.like not in earlier:
                raise ValueError(
                    f'a view is cut like {self.like!r}, but the earlier views whose place is known '
                    f'are {", ".join(earlier) or "none"}: name one of them, in alphabetical order')
            window = replace(earlier[self.like], size=self.size)
        top, left, height, width = window.rectangle
        view = mmcv.imresize(results['img'][top:top + height, left:left + width],
                             self.size[::-1], **self.resizing)
        return {**results, 'img': view, 'img_shape': view.shape[:2], 'window': window}

    def __repr__(self) -> str:
        return (f'{type(self).__name__}(scale={self.size}, like={self.like!r}, '
                f'{self.resizing})')

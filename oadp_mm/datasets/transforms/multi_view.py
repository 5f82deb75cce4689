"""Several views of one image, each with the place where it lies in the image."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mmcv.transforms import BaseTransform, Compose


class MultiView(BaseTransform):
    """Make views: a crop, then changes that move nothing but perhaps flip.

    Settings are dicts down to the crop, since mmengine merges dicts and not lists: a config that
    stands on another changes `crop.size` or one view's `scale` and repeats nothing.

    Changes `img`, to a list with one image a view; adds `windows`, the `Window` of each view with
    its flip, or None of a crop that does not say where it cut. A warp (RandAugment's) is no part of
    a window: geometric pairs need changes without one. `oadp_mm.MultiViewDataset` builds it.

    Args:
        crop: config of the crop of all views.
        changes: configs of what follows it, in all views.
        each: name -> what differs in this view: `crop` is merged into the common one, `changes`
            replace the common ones. One view a name, in this order.

    Raises:
        ValueError: there is no view, or a view has settings of other names.
    """

    def __init__(self, crop: Mapping, changes: Sequence[Mapping],
                 each: Mapping[str, Mapping]) -> None:
        if not each:
            raise ValueError('each must name at least one view, got none')
        for name, view in each.items():
            if unknown := view.keys() - {'crop', 'changes'}:
                raise ValueError(f'a view is made of crop and changes, but view {name!r} sets '
                                 f'{", ".join(sorted(unknown))}: move it into one of them')
        self.names = tuple(each)
        self.transforms = [
            Compose([{**crop, **view.get('crop', {})}, *view.get('changes', changes)])
            for view in each.values()]

    def transform(self, results: dict) -> dict:
        views = [steps(dict(results)) for steps in self.transforms]
        return {**results, 'img': [view['img'] for view in views],
                'windows': [_with_flip(view) for view in views]}

    def __repr__(self) -> str:
        views = ', '.join(f'{name}={steps}' for name, steps in
                          zip(self.names, self.transforms, strict=True))
        return f'{type(self).__name__}({views})'


def _with_flip(view: Mapping):
    window, direction = view.get('window'), view.get('flip_direction')
    if window is None or not view.get('flip'):
        return window
    if direction != 'horizontal':
        raise ValueError(f'views are flipped from left to right only, got a {direction} flip: set '
                         "direction='horizontal'")
    return replace(window, flipped=True)

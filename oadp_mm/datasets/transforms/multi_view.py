"""Several views of one image, each with the place where it lies in the image."""
from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from inspect import signature
from typing import Any, Literal, get_args

import numpy as np
import torch
from mmcv.transforms import BaseTransform, Compose

from oadp_mm.datasets.transforms.view_boxes import BOXES, ViewBoxes
from oadp_mm.ops.gray import luma
from oadp_mm.ops.windows import Window

GraySource = Literal['augmented', 'geometric']

#: In the names of the host's transforms, and torchvision's, that move what a view shows.
_MOVES = re.compile('Rotat|Shear|Translat|Affine|Perspective|Elastic|Crop|Augment|Albu')
#: What a view itself says of where it lies.
_PLACE = ('window', 'flip', 'flip_direction')


class MultiView(BaseTransform):
    """Make views: a crop, then changes that move nothing but perhaps flip, once.

    Settings are dicts down to the crop, since mmengine merges dicts and not lists: a config that
    stands on another changes `crop.size` or one view's `scale` and repeats nothing.

    Changes `img`, to a list with one image a view; adds `windows`, the `Window` of each view with
    its flip, or None where a crop does not say where it cut or a change may move what the view
    shows, such as `oadp_mm.RandAugment` or mmpretrain's `Rotate`: geometric pairs and boxes need
    changes that move nothing. `oadp_mm.MultiViewDataset` builds it.

    A crop finds in `windows` where the earlier views were cut, by name. With `boxes` an image's
    `proposals` travel through the views, see `ViewBoxes`.

    Args:
        crop: config of the crop of all views.
        changes: configs of what follows it, in all views.
        each: name -> what differs in this view: `crop` is merged into the common one, unless it is
            of another type, `changes` replace the common ones. One view a name, in alphabetical
            order, since mmengine sorts the keys of a config that it writes and a view is known by
            its number later.
        boxes: arguments of `ViewBoxes`; None: views have no boxes.
        gray_source: of the gray levels that OADP chooses patches by: `'augmented'`, which models
            take of the views themselves, or `'geometric'`, of views that were cut, flipped and
            warped, but whose colours were not changed (O-9); then `gray` is added, uint8 (h, w) a
            view.

    Raises:
        ValueError: there is no view, their names are out of order, or one has settings of other
            names or two flips, or gray levels would stay where a change moves the view; when views
            are made, one is turned upside down or resized after its crop.
    """

    def __init__(self, crop: Mapping, changes: Sequence[Mapping],
                 each: Mapping[str, Mapping], boxes: Mapping | None = None,
                 gray_source: GraySource = 'augmented') -> None:
        if not each:
            raise ValueError('each must name at least one view, got none')
        self.names = tuple(each)
        if list(each) != sorted(each):
            raise ValueError('views are numbered by the alphabetical order of their names, got '
                             f'{", ".join(each)}: name them in order, such as view1, view2')
        self.transforms = [_steps(name, each[name], crop, changes) for name in self.names]
        if gray_source not in get_args(GraySource):
            raise ValueError(f'gray_source must be one of {get_args(GraySource)}, got '
                             f'{gray_source!r}')
        self.geometric = gray_source == 'geometric'
        moves = [kind for name in self.names
                 for kind in _moves(each[name].get('changes', changes))]
        if self.geometric and moves:
            raise ValueError("gray_source='geometric' moves gray levels with their view, which "
                             f'{moves[0]} would leave behind: use oadp_mm.RandAugment instead')
        self.boxes = None if boxes is None else _boxes(boxes)

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the arrays that models take beside the views."""
        return (() if self.boxes is None else BOXES) + ('gray',) * self.geometric

    def transform(self, results: dict) -> dict:
        views = [changes(view) for view, changes in self.cuts(results)]
        made = {**results, 'img': [view['img'] for view in views],
                'windows': [window_of(view) for view in views]}
        if self.geometric:
            made['gray'] = [np.ascontiguousarray(view['gt_seg_map']) for view in views]
        return made if self.boxes is None else self.boxes(made)

    def cuts(self, results: dict) -> Iterator[tuple[dict, Compose]]:
        """Each view as it was cut, and the changes that it waits for before the next is cut."""
        windows: dict[str, Window | None] = {}
        common = {name: value for name, value in results.items() if name not in _PLACE}
        common['windows'] = windows
        for name, (crop, changes) in zip(self.names, self.transforms, strict=True):
            def cut(crop: Compose = crop) -> dict:
                return crop(dict(common))

            view = cut() if not windows or self.boxes is None or 'proposals' not in common else (
                self.boxes.cut(cut, windows[self.names[0]], common['proposals']))
            windows[name] = view.get('window')
            if np.may_share_memory(view['img'], results['img']):
                view['img'] = view['img'].copy()  # or changes in place would reach other views
            if self.geometric:
                # As labels are: what moves pixels moves them, what changes colours does not.
                view['gt_seg_map'] = _gray(view['img'])
            yield view, changes

    def __repr__(self) -> str:
        views = ', '.join(f'{name}={steps}' for name, steps in
                          zip(self.names, self.transforms, strict=True))
        return f'{type(self).__name__}({views})'


def _boxes(settings: Mapping) -> ViewBoxes:
    if unknown := settings.keys() - (known := signature(ViewBoxes).parameters).keys():
        raise ValueError(f'boxes of views have {", ".join(known)}, got '
                         f'{", ".join(sorted(unknown))}: correct the name')
    return ViewBoxes(**settings)


def _steps(name: str, view: Mapping, crop: Mapping, changes: Sequence[Mapping]) -> list[Compose]:
    if not isinstance(view, Mapping):
        raise ValueError(f'view {name!r} must be a dict of crop and changes, or an empty one for '
                         f'the common ones, got {view!r}: write {name}=dict()')
    if unknown := view.keys() - {'crop', 'changes'}:
        raise ValueError(f'a view is made of crop and changes, but view {name!r} sets '
                         f'{", ".join(sorted(unknown))}: move it into one of them')
    own, changes = view.get('crop', {}), view.get('changes', changes)
    if not isinstance(own, Mapping) or not isinstance(changes, list | tuple):
        raise ValueError(f'crop must be a dict and changes a list, but view {name!r} sets {view}: '
                         'leave out what does not differ')
    if len([kind for kind in named_types(changes) if kind.endswith('Flip')]) > 1:
        raise ValueError(f'view {name!r} is flipped twice, and a window tells of one flip: keep '
                         'one in its changes')
    alike = own.get('type', crop.get('type')) == crop.get('type')
    return [Compose([{**crop, **own} if alike else {**own}]),
            Compose([*changes, *[_forget_place] * bool(_moves(changes))])]


def _moves(changes: Sequence[Mapping]) -> list[str]:
    """Changes of others that may move what a view shows; ours forget its window by themselves."""
    return [kind for kind in named_types(changes)
            if _MOVES.search(kind) and not kind.startswith('oadp_mm.')]


def _gray(image: np.ndarray) -> np.ndarray:
    rgb = torch.from_numpy(np.ascontiguousarray(image[..., ::-1]))
    return luma(rgb.permute(2, 0, 1)[None])[0].numpy()


def _forget_place(view: dict) -> dict:
    return {**view, 'window': None}


def named_types(node: Any) -> Iterator[str]:
    """The types that a config names, at any depth."""
    if isinstance(node, Mapping):
        if 'type' in node:
            yield node['type'] if isinstance(node['type'], str) else node['type'].__name__
        node = list(node.values())
    if isinstance(node, list | tuple):
        for child in node:
            yield from named_types(child)


def window_of(view: Mapping) -> Window | None:
    """Where a view lies that all changes have passed, with its flip; None if nothing says so."""
    window = view.get('window')
    if window is None:
        return None
    if view['img'].shape[:2] != window.size:
        raise ValueError(f'a view of {window.size} was resized to {view["img"].shape[:2]} after '
                         "its crop: set the crop's size instead")
    if not view.get('flip'):
        return window
    if view.get('flip_direction') != 'horizontal':
        raise ValueError('views are flipped from left to right only, got a '
                         f"{view['flip_direction']} flip: set direction='horizontal'")
    return replace(window, flipped=True)

"""The views that a pretraining would see of an image, made as its own config says."""
from __future__ import annotations

from typing import NamedTuple

import numpy as np
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmengine.runner import set_random_seed

from oadp_mm.datasets import LoadImage, MultiView
from oadp_mm.datasets.decoding import SixteenBit
from oadp_mm.datasets.transforms.multi_view import window_of
from oadp_mm.ops.windows import Window
from oadp_mm.registry import TRANSFORMS


def image_reader(config: Config, sixteen_bit: SixteenBit | None = None) -> LoadImage:
    """What reads the images of a pretraining, as its own config says.

    Args:
        config: of a pretraining; without a step `oadp_mm.LoadImage` that reads as by default.
        sixteen_bit: instead of the config's, see `oadp_mm.datasets.decoding.decode_image`.
    """
    dataset = config.get('train_dataloader', {}).get('dataset', {})
    while 'dataset' in dataset:
        dataset = dataset['dataset']
    steps = [dict(step) for step in dataset.get('pipeline', ())
             if step.get('type') == 'oadp_mm.LoadImage']
    step = steps[0] if steps else {'type': 'oadp_mm.LoadImage'}
    return TRANSFORMS.build({**step, **({'sixteen_bit': sixteen_bit} if sixteen_bit else {})})


class View(NamedTuple):
    """An augmented view.

    Args:
        pixels: uint8 (h, w, 3) RGB.
        inside: uint8 (h, w): 0 where a warp of the view uncovered what lies outside of its crop,
            which is black, else 1.
        window: where it lies, or None where nothing says so.
        gray: uint8 (h, w), where the config takes gray levels from another source than `pixels`.
    """

    pixels: np.ndarray
    inside: np.ndarray
    window: Window | None = None
    gray: np.ndarray | None = None


def make_views(config: Config, image: np.ndarray, seed: int = 0) -> list[np.ndarray]:
    """The pixels of `augmented_views`."""
    return [view.pixels for view in augmented_views(config, image, seed)]


def augmented_views(config: Config, image: np.ndarray, seed: int = 0) -> list[View]:
    """Augmented views of an image.

    Args:
        config: of a pretraining, with `train_dataloader.dataset.views`.
        image: uint8 (h, w, 3) BGR.
        seed: of all random choices; numpy's, torch's and Python's global generators are reset.

    Returns:
        The views, in the order of the config.

    Raises:
        ValueError: if the config says nothing of views.
    """
    views = config.get('train_dataloader', {}).get('dataset', {}).get('views')
    if views is None:
        raise ValueError(f'{config.filename} has no train_dataloader.dataset.views: give the '
                         'config of a pretraining')
    init_default_scope('mmpretrain')  # where names without a prefix are looked up
    set_random_seed(seed)
    make, made = MultiView(**views), []
    for view, changes in make.cuts({'img': image, 'img_shape': image.shape[:2]}):
        # What moves pixels moves their labels alike.
        inside = np.ones(view['img'].shape[:2], np.uint8)
        view['gt_seg_map'] = np.dstack([inside, view['gt_seg_map'] if make.geometric else inside])
        view = changes(view)
        labels = view['gt_seg_map']
        made.append(View(np.ascontiguousarray(view['img'][..., ::-1]), labels[..., 0],
                         window_of(view), labels[..., 1] if make.geometric else None))
    return made

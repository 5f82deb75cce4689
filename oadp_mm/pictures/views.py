"""The two views a pretraining would see of an image, made by its own config's pipeline."""
from __future__ import annotations

import mmpretrain  # noqa: F401  its transforms are asked for by name below
import numpy as np
from mmengine.config import Config
from mmengine.dataset import Compose
from mmengine.registry import init_default_scope
from mmengine.runner import set_random_seed


def make_views(config: Config, image: np.ndarray, seed: int = 0) -> list[np.ndarray]:
    """Two augmented views of an image.

    Args:
        config: of a pretraining, with `train_dataloader.dataset.pipeline` giving two views.
        image: uint8 (h, w, 3) BGR.
        seed: of all random choices; numpy's, torch's and Python's global generators are reset.

    Returns:
        Two uint8 (h', w', 3) RGB images.

    Raises:
        ValueError: if the config has no such pipeline.
    """
    try:
        pipeline = config.train_dataloader.dataset.pipeline
    except AttributeError:
        raise ValueError(
            f'{config.filename} has no train_dataloader.dataset.pipeline: give the config of a '
            'pretraining'
        ) from None
    init_default_scope('mmpretrain')
    steps = [step for step in pipeline if 'Load' not in step['type']]
    set_random_seed(seed)
    shape = image.shape[:2]
    item = Compose(steps)({'img': image, 'img_shape': shape, 'ori_shape': shape, 'img_path': ''})
    views = item['inputs']
    if not isinstance(views, list) or len(views) != 2:
        raise ValueError(f'{config.filename} makes no two views of an image (MultiView)')
    return [np.ascontiguousarray(view.permute(1, 2, 0).numpy()[..., ::-1]) for view in views]

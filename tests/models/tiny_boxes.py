"""Small models of SoCo in all their forms, and views with boxes for them, in float64."""
from __future__ import annotations

import cv2
import numpy as np
import torch
from torch import Tensor

from oadp_mm.models import SoCo
from oadp_mm.models.algorithms.soco import THREE_VIEWS
from oadp_mm.models.view_pairs import BOTH_WAYS, Pairs
from tests.models.tiny import SIDE, separate
from tests.models.tiny_pairs import BYOL, PREPROCESSOR, RESNET

K = 4
QUICK = {'type': 'oadp_mm.FourConvolutions'}
TRUNK = {'conv_channels': 8, 'fc_channels': 12}
#: Each level has boxes on views of 128 and 64 pixels, and the whole larger view has no level.
BOUNDS = (20.0, 45.0, 80.0, 110.0)
FPN = {'backbone': QUICK, 'neck': {'out_channels': 8}, 'box_head': TRUNK, 'bounds': BOUNDS}
FORMS: dict[str, dict] = {
    'fpn': {**FPN, 'pairs': THREE_VIEWS},
    'star': {**FPN, 'pairs': (*THREE_VIEWS, (0, 3), (3, 0)), 'all_levels': True, 'roi_size': 4},
    'c4': {'backbone': RESNET, 'box_head': 'layer4', 'roi_size': 8, 'pairs': BOTH_WAYS},
}
#: Sides of the views, as many as a form compares.
SIDES = (SIDE, SIDE, SIDE // 2, 96)


def soco(form: str = 'fpn', **changes) -> SoCo:
    """A form in training mode, with weights that all matter and targets that lag behind."""
    torch.manual_seed(0)
    model = SoCo(**{'head': BYOL, 'data_preprocessor': PREPROCESSOR, **FORMS[form], **changes})
    model.init_weights()
    return separate(model).train().double()


def batch(pairs: Pairs, photographs: list[np.ndarray]) -> dict:
    """Views of several sizes with boxes; one image has none, of others some are padding."""
    views = 1 + max(map(max, pairs))
    first, second = photographs
    inputs = [_normalised(first if number == 0 else second, side)
              for number, side in enumerate(SIDES[:views])]
    return {'inputs': inputs, **boxes(len(first), SIDES[:views])}


def boxes(images: int, sides: tuple[int, ...], count: int = K) -> dict[str, Tensor]:
    """Random boxes of the first view with each of the others, of these sides."""
    draws = np.random.default_rng(5)
    partners = sides[1:]
    corners = draws.uniform(0, 0.5, (images, len(partners), 2, count, 2))
    extents = draws.uniform(0.05, 1, corners.shape) * (1 - corners)
    found = np.concatenate([corners, corners + extents], -1)
    weights = np.ones((images, len(partners), count))
    weights[1] = 0
    weights[2, :, 2:] = 0
    padding = np.broadcast_to(weights[:, :, None, :, None] == 0, found.shape)
    found = np.where(padding, np.array([0.0, 0, 1, 1]), found)
    scale = np.array([[sides[0], side] for side in partners])[None, :, :, None, None]
    return {'boxes': torch.from_numpy(found * scale).float(),
            'box_weights': torch.from_numpy(weights).float()}


def _normalised(images: np.ndarray, side: int) -> Tensor:
    resized = np.stack([cv2.resize(image, (side, side)) for image in images])
    return (torch.from_numpy(resized).permute(0, 3, 1, 2).double() - 118) / 58

"""Small models of ORL in all their forms, and six views for them, in float64."""
from __future__ import annotations

import cv2
import numpy as np
import torch
from torch import Tensor

from oadp_mm.models import ORL
from oadp_mm.models.algorithms.orl import SIX_VIEWS
from oadp_mm.models.view_pairs import BOTH_WAYS, Pairs
from tests.models.tiny import SIDE, separate
from tests.models.tiny_pairs import PREPROCESSOR, QUICK, SEMANTIC, WIDTHS

NO_LAST_BIAS = {'last_bias': False}
HEAD = {'type': 'oadp_mm.PredictiveHead', **WIDTHS, 'projector': NO_LAST_BIAS,
        'predictor': NO_LAST_BIAS}
DISCRIMINATION = {**SEMANTIC, 'projector': {**WIDTHS, **NO_LAST_BIAS}}
FORMS: dict[str, dict] = {
    'stage1': {'pairs': BOTH_WAYS},
    'six': {'pairs': SIX_VIEWS},
    'scd': {'pairs': SIX_VIEWS, 'semantic_head': DISCRIMINATION},
}
#: Two whole views, four patches.
SIDES = (SIDE, SIDE, 96, 96, 96, 96)


def orl(form: str = 'six', **changes) -> ORL:
    """A form in training mode, with weights that all matter and targets that lag behind."""
    torch.manual_seed(0)
    model = ORL(**{'backbone': QUICK, 'head': HEAD, 'data_preprocessor': PREPROCESSOR,
                   **FORMS[form], **changes})
    model.init_weights()
    return separate(model).train().double()


def six_views(pairs: Pairs, photographs: list[np.ndarray]) -> dict[str, list[Tensor]]:
    """As many views as are compared; patches show other parts than whole views."""
    views = []
    for number, side in enumerate(SIDES[:1 + max(map(max, pairs))]):
        part = photographs[number % 2][:, 9 * number:SIDE, :SIDE - 9 * number]
        resized = np.stack([cv2.resize(image, (side, side)) for image in part])
        views.append((torch.from_numpy(resized).permute(0, 3, 1, 2).double() - 118) / 58)
    return {'inputs': views}

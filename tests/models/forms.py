"""Every algorithm in all its forms, small and in float64, with batches that it takes.

What all algorithms promise (test_contract.py, integration/test_two_processes.py) is tested on these
rows: a new algorithm adds its own and nothing else.
"""
from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import cv2
import numpy as np
import torch
from torch import Tensor

from oadp_mm.models import Pretrainer
from oadp_mm.models.view_pairs import BOTH_WAYS, ONE_WAY
from tests.models import tiny, tiny_boxes, tiny_branches
from tests.models.tiny_boxes import batch as boxes
from tests.models.tiny_branches import six_views
from tests.models.tiny_pairs import BYOL, FORMS, MOCO, pairs, photographs, regioncl, scd

Views = list[np.ndarray]


class Form(NamedTuple):
    """A model in training mode with weights that all matter and targets that lag behind.

    Args:
        make: builds it; keyword arguments are changes of the algorithm's.
        extras: what its loss takes beside the two normalised views, or instead of them, of the RGB
            views (b, h, w, 3).
    """

    make: Callable[..., Pretrainer]
    extras: Callable[[Views], dict] = lambda views: {}


def oadp(**changes) -> Pretrainer:
    return tiny.build(**{'backbone': {'type': 'oadp_mm.FourConvolutions'}, **changes}).double()


def gray(views: Views) -> dict[str, list[Tensor]]:
    return {'gray': [torch.from_numpy(np.stack(
        [cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) for image in view])) for view in views]}


ALGORITHMS = {
    'oadp': Form(oadp, gray),
    'oadp-one-way': Form(partial(oadp, pairs=ONE_WAY), gray),
    'oadp-no-ema': Form(partial(oadp, ema_decay=None), gray),
    **{f'regioncl-{form}': Form(partial(regioncl, form)) for form in FORMS},
    'scd-moco': Form(partial(scd, MOCO)),
    'scd-byol': Form(partial(scd, BYOL)),
    'scd-byol-2x': Form(partial(scd, BYOL, pairs=BOTH_WAYS)),
    **{f'soco-{form}': Form(partial(tiny_boxes.soco, form), partial(boxes, settings['pairs']))
       for form, settings in tiny_boxes.FORMS.items()},
    **{f'orl-{form}': Form(partial(tiny_branches.orl, form), partial(six_views, settings['pairs']))
       for form, settings in tiny_branches.FORMS.items()},
}


def batch(form: Form, count: int = 4) -> dict:
    """Keyword arguments of the model's `loss` and of its `forward(mode='loss')`."""
    return {'inputs': pairs(count), **form.extras(photographs(count))}


def changed(data: dict, change: Callable[[Tensor], Tensor]) -> dict:
    """A batch with each of its views changed, and whatever else has a row an image."""
    return {name: change(value) if isinstance(value, Tensor) else [change(one) for one in value]
            for name, value in data.items()}

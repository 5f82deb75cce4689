"""The views of 3.2, as configs/_base_/views/soco.py writes them and its leaves change them."""
from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
from mmcv.transforms import RandomApply, RandomFlip
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmpretrain.datasets import Solarize

from oadp_mm.datasets import MultiView
from oadp_mm.datasets.transforms import (
    ColorJitter,
    Grayscale,
    PillowBlur,
    RandomResizedWindow,
    ResizedWindow,
)
from oadp_mm.ops import enhance

PIECE = Path(__file__).resolve().parents[2] / 'configs/_base_/views/soco.py'
PROPOSALS = np.array([[40.0, 30, 200, 220], [100, 60, 280, 200], [10, 80, 150, 230]])
RESIZE = {'type': 'oadp_mm.ResizedWindow', 'scale': 112, 'like': 'view2'}
#: What leaves change: the paper's V3, SoCo*, and the C4 form.
CHANGES = {
    'code': {},
    'paper': {'each': {'view3': {'crop': RESIZE}}},
    'star': {'each': {'view3': {'crop': {'scale': 192}}, 'view4': {'crop': RESIZE}}},
    'c4': {'crop': {'crop_ratio_range': (0.6, 1.0)}, 'boxes': {'jitter': 0.0, 'cutout': 0.5},
           'each': {'_delete_': True, 'view1': {'crop': {
               'type': 'oadp_mm.ResizedWindow', 'scale': 224}}, 'view2': {}}},
}


@pytest.fixture
def build():
    init_default_scope('mmpretrain')
    views = Config.fromfile(PIECE)

    def built(form='code'):
        changed = copy.deepcopy(views)
        changed.merge_from_dict({'views': CHANGES[form]})
        return MultiView(**changed.views)

    return built


@pytest.mark.parametrize(('form', 'sizes'), [
    ('code', [224, 224, 112]), ('paper', [224, 224, 112]), ('star', [224, 224, 192, 112]),
    ('c4', [224, 224])])
def test_sizes_areas_and_places(build, form, sizes):
    multi, shares = build(form), []
    image = np.random.default_rng(0).integers(0, 256, (240, 320, 3), np.uint8)
    for _ in range(20):
        results = multi({'img': image, 'proposals': PROPOSALS})
        first, *crops = results['windows']
        assert [view.shape for view in results['img']] == [(side, side, 3) for side in sizes]
        assert first.rectangle == (0, 0, 240, 320)
        shares += [window.height * window.width / (240 * 320) for window in crops]
        if form in ('paper', 'star'):
            assert crops[0].rectangle == crops[-1].rectangle
        if form in ('code', 'star'):
            assert crops[0].rectangle != crops[1].rectangle
        assert results['boxes'].shape == (len(crops), 2, 4, 4)
    low = 0.6 if form == 'c4' else 0.5
    assert low - .01 < min(shares) < low + .1 and max(shares) > .9


def test_each_change_has_the_strength_of_the_code(build):
    multi = build()
    crops = [steps.transforms[0] for steps, _ in multi.transforms]
    assert [type(crop) for crop in crops] == [ResizedWindow] + [RandomResizedWindow] * 2
    for (_, changes), blurred, solarized in zip(multi.transforms, (1.0, .1, .1), (0, .2, .2),
                                                strict=True):
        flip, jitter, gray, blur, *solarize = changes.transforms
        assert [type(step) for step in (flip, jitter, gray, blur)] == [
            RandomFlip, RandomApply, RandomApply, PillowBlur]
        assert [step.prob for step in (flip, jitter, gray, blur)] == [0.5, 0.8, 0.2, blurred]
        assert flip.direction == 'horizontal'
        [[colour], [colourless]] = (step.transforms.transforms for step in (jitter, gray))
        assert [type(step) for step in (colour, colourless)] == [ColorJitter, Grayscale]
        assert [change for change, *_ in colour.changes] == [
            enhance.brightness, enhance.contrast, enhance.saturation, enhance.hue]
        assert [ends for _, *ends in colour.changes] == [pytest.approx(ends) for ends in (
            (.6, 1.4), (.6, 1.4), (.8, 1.2), (-.1, .1))]
        assert (blur.magnitude_range, blur.magnitude_std) == ((.1, 2), 'inf')
        assert [(type(step), step.thr, step.prob) for step in solarize] == [
            (Solarize, 128, .2)] * bool(solarized)


def test_boxes_are_the_papers(build):
    boxes = build().boxes
    assert (boxes.count, boxes.jitter, boxes.jitter_prob, boxes.jitter_of) == (4, .1, .5, 'centre')
    assert boxes.cutout == 0
    c4 = build('c4').boxes
    assert (c4.jitter, c4.cutout) == (0, .5)

"""The views of RegionCL's and SCD's pretraining configs, as the texts and codes draw them.

RegionCL A.7 gives MoCo v2's views, whose strengths are in its code; SCD-BYOL takes BYOL's (D-3).
MoCo v3 and MoBy resize BYOL's bilinearly, and crops of MoCo v3's ResNet-50 hold 20 % at least.
"""
from __future__ import annotations

import re

import pytest

from tests.configs.leaves import views
from tests.configs.test_pretraining_numbers import RATES

# probability, then strengths: brightness, contrast, saturation, hue; least and largest radius
MOCO = {'RandomFlip': (0.5,), 'oadp_mm.ColorJitter': (0.8, 0.4, 0.4, 0.4, 0.1),
        'oadp_mm.Grayscale': (0.2,), 'oadp_mm.PillowBlur': (0.5, 0.1, 2)}
BYOL = {**MOCO, 'oadp_mm.ColorJitter': (0.8, 0.4, 0.4, 0.2, 0.1)}
FIRST = {**BYOL, 'oadp_mm.PillowBlur': (1, 0.1, 2)}
SECOND = {**BYOL, 'oadp_mm.PillowBlur': (0.1, 0.1, 2), 'Solarize': (0.2, 128)}
# least share of the image in a crop, its resizing, the changes of each view
VIEWS = {
    'regioncl/regioncl-[mds]_resnet50': (0.2, 'bilinear', MOCO, MOCO),
    'regioncl/regioncl-m3_resnet50': (0.2, 'bilinear', FIRST, SECOND),
    'regioncl/regioncl-m3_vit-small-p16': (0.08, 'bilinear', FIRST, SECOND),
    'regioncl/regioncl-moby_swin-tiny': (0.08, 'bilinear', FIRST, SECOND),
    'scd/scd-moco_resnet50': (0.2, 'bilinear', MOCO, MOCO),
    'scd/scd-byol(-2x)?_resnet50': (0.08, 'bicubic', FIRST, SECOND),
}
STRENGTHS = ('brightness', 'contrast', 'saturation', 'hue', 'thr')


def change(step: dict) -> tuple[str, tuple]:
    """The type and numbers of one step of a view."""
    [inner] = step.get('transforms', [step])
    assert inner.get('magnitude_std', 'inf') == 'inf'  # radii are uniform
    return inner['type'], (step['prob'], *(inner[key] for key in STRENGTHS if key in inner),
                           *inner.get('magnitude_range', ()))


@pytest.mark.parametrize('name', RATES)
def test_views(name, load):
    [(least, resizing, *expected)] = [row for stem, row in VIEWS.items() if re.match(stem, name)]
    for (crop, *steps), changes in zip(views(load(name)), expected, strict=True):
        assert (crop['type'], crop['scale']) == ('oadp_mm.RandomResizedWindow', 224)
        assert crop['crop_ratio_range'] == (least, 1)
        assert crop.get('interpolation', 'bilinear') == resizing
        assert 'aspect_ratio_range' not in crop  # the host's is 3/4 to 4/3
        found = [change(step) for step in steps]
        assert dict(found) == changes
        # a flip commutes with all others, which do not with each other
        order = [kind for kind, _ in found if kind != 'RandomFlip']
        assert order == [kind for kind in changes if kind != 'RandomFlip']
        assert len(found) == len(changes)

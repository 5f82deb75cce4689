"""A detector whose pyramid begins at C3 takes those levels from one that begins at C2."""
from __future__ import annotations

import pytest
import torch
from torch import nn

from oadp_mm.engine.handoff import CheckedPretrained
from oadp_mm.files.checkpoint import CheckpointError
from tests.engine.detector_parts import CHANNELS, Detector, check, init, neck, started

# RetinaNet's and FCOS's pyramids begin at C3: file's P3 is their first.
ONE_LATER = {f'{convs}.{i}': f'{convs}.{i - 1}'
             for convs in ('lateral_convs', 'fpn_convs') for i in (1, 2, 3)}
XAVIER = {'type': 'Xavier', 'layer': 'Conv2d', 'distribution': 'uniform'}
EXTRA = {'fpn_convs.3': XAVIER, 'fpn_convs.4': XAVIER}


@pytest.mark.parametrize('extra', ['on_input', 'on_output'])
def test_a_pyramid_that_begins_a_level_later_gives_the_same_maps(source, exported, extra):
    """P3 to P5 take nothing from C2."""
    later = neck(init(exported, 'neck.', only=ONE_LATER, fresh=EXTRA), start_level=1,
                 add_extra_convs=extra)
    later.init_weights()
    maps = [torch.randn(1, channels, 64 >> i, 64 >> i) for i, channels in enumerate(CHANNELS)]
    whole = source['neck'].eval()
    later.eval()
    with torch.no_grad():
        for ours, reference in zip(later(maps)[:3], whole(maps)[1:4], strict=True):
            torch.testing.assert_close(ours, reference, rtol=0, atol=0)
    for i in (3, 4):  # Xavier, as the host has it: uniform within sqrt(6 / (fan in + fan out))
        weight = later.fpn_convs[i].conv.weight
        bound = (6 / (9 * (weight.shape[0] + weight.shape[1]))) ** 0.5
        assert 0.95 * bound < weight.abs().max() <= bound
        assert (later.fpn_convs[i].bn.weight == 1).all()


@pytest.mark.parametrize(('options', 'message'), [
    # by their numbers alone the maps would be a level off
    ({}, r'6 missing: fpn_convs\.4\..*; 6 unexpected: lateral_convs\.3\..*; 4 misshapen: lateral'),
    ({'only': ONE_LATER}, r'12 missing: fpn_convs\.3\.conv\.weight, '),
    ({'only': {**ONE_LATER, 'fpn_convs.4': 'fpn_convs.3'}},
     r'has no tensor below fpn_convs\.4: set only= to some of lateral_convs\.0, '),
])
def test_a_pyramid_that_begins_a_level_later_takes_no_other(exported, options, message):
    later = neck(init(exported, 'neck.', **options), start_level=1, add_extra_convs='on_input')
    with pytest.raises(CheckpointError, match=message):
        later.init_weights()


def test_two_parts_have_two_places():
    with pytest.raises(ValueError, match='gives two parts of the file one place in the module'):
        CheckedPretrained('x.pth', only={'fpn_convs.1': 'fpn_convs', 'fpn_convs.2': 'fpn_convs'})


def test_what_overwrites_a_renamed_part_is_found(exported):
    model = Detector(init(exported))
    model.neck = neck(init(exported, 'neck.', only=ONE_LATER, fresh=EXTRA), start_level=1,
                      add_extra_convs='on_input')
    started(model)
    nn.init.zeros_(model.neck.fpn_convs[0].conv.weight)
    with pytest.raises(CheckpointError, match=r'1 of 36 tensors of neck were overwritten .*: '
                                              r'fpn_convs\.0\.conv\.weight; '):
        check(model)

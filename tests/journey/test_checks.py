from __future__ import annotations

import os
from dataclasses import replace

import pytest
import torch
from mmengine.config import Config

from oadp_mm.journey import checks
from oadp_mm.journey.asked import Asked
from oadp_mm.journey.backbone import stride
from oadp_mm.journey.checks import (
    check_batch,
    check_boxes,
    check_machine,
    check_queue,
    check_size,
    check_texts,
)

ASKED = Asked('/photos', batch=32)
SELECTOR = Config({'selector': {'type': 'oadp_mm.PatchSelector', 'stride': 32}})
NONE = Config({})


@pytest.mark.parametrize(('images', 'changes', 'message'), [
    (20, {}, '/photos has 20 images, fewer than --batch 32: type --batch 16'),
    (70, {'gpus': 3}, '70 images, 24 for each of 3 GPUs, fewer than --batch 32: type --batch 16'),
    (1, {}, 'has 1 images, fewer than --batch 32: add images'),
    (99, {'batch': 1}, 'batch norm of one image is undefined: type --batch 2 or more')])
def test_a_batch_that_no_epoch_holds(images, changes, message):
    with pytest.raises(ValueError, match=message):
        check_batch(replace(ASKED, **changes), images)


def test_a_batch_that_an_epoch_just_holds():
    check_batch(ASKED, 32)
    check_batch(replace(ASKED, gpus=3), 94)  # 32 each, of which some come twice


@pytest.mark.parametrize(('method', 'size', 'model', 'advice'), [
    ('oadp', 112, SELECTOR, 'type --size 96 or --size 128, or --last-stride 1 for cells of half'),
    ('oadp', 64, SELECTOR, 'no grid of 3x3 or more cells of 32 px, as oadp cuts them: type --size '
                           '96, or'),
    ('regioncl-m', 100, NONE, 'no grid of 2x2 or more .*: type --size 96 or --size 128'),
    ('regioncl-s', 32, NONE, 'type --size 64, or')])
def test_views_that_are_no_grid(method, size, model, advice):
    asked = replace(ASKED, method=method, size=size)
    with pytest.raises(ValueError, match=advice):
        check_size(asked, model)


def test_what_is_advised_passes():
    for size in (96, 128):
        check_size(replace(ASKED, size=size), SELECTOR)
    half = replace(ASKED, size=112, last_stride=1)
    check_size(half, Config({'selector': {**SELECTOR.selector, 'stride': stride(half)}}))
    check_size(replace(ASKED, method='byol', size=100), NONE)


def test_a_pool_that_was_set_is_the_selectors_to_refuse():
    with pytest.raises(ValueError, match=r'k=30 is not in 1..24 .* model\.selector\.k=None'):
        check_size(replace(ASKED, size=192), Config({'selector': {**SELECTOR.selector, 'k': 30}}))


def test_a_queue_that_was_set_by_hand():
    check_queue(replace(ASKED, gpus=2), Config({'queue_len': 128}))
    check_queue(ASKED, NONE)
    with pytest.raises(ValueError, match=r'of 100 keys is filled by 64 .* or make it 64'):
        check_queue(replace(ASKED, gpus=2), Config({'queue_len': 100}))


@pytest.mark.parametrize(('devices', 'changes', 'message'), [
    (2, {'gpus': 4}, '--gpus 4 are more than the 2 of this machine: type --gpus 2'),
    (0, {'amp': True}, '--amp trains in mixed precision on a GPU, of which there is none here')])
def test_a_machine_without_it(monkeypatch, devices, changes, message):
    monkeypatch.setattr(torch.cuda, 'device_count', lambda: devices)
    monkeypatch.setattr(checks, 'has_bfloat16', lambda device: False)
    with pytest.raises(ValueError, match=message):
        check_machine(replace(ASKED, **changes))
    check_machine(replace(ASKED, gpus=2))


def test_a_cpu_with_bfloat16_trains_in_mixed_precision(monkeypatch):
    monkeypatch.setattr(torch.cuda, 'device_count', lambda: 0)
    monkeypatch.setattr(checks, 'has_bfloat16', lambda device: device == 'cpu')
    check_machine(replace(ASKED, amp=True))


def test_a_name_that_no_config_can_hold():
    path = os.fsdecode(b'/caf\xe9')
    for asked, folder in ((replace(ASKED, folder=path), '/a'), (ASKED, path)):
        with pytest.raises(ValueError, match=r'/caf\\xe9 is no UTF-8'):
            check_texts(asked, folder)


def test_proposals_that_are_not_there_or_of_no_use(tmp_path):
    asked = replace(ASKED, method='soco', proposals=str(tmp_path / 'x.npz'))
    with pytest.raises(FileNotFoundError, match=r'there are no proposals .*x\.npz: make '):
        check_boxes(asked)
    with pytest.raises(ValueError, match='byol learns from no proposals: leave --proposals out, or '
                                         'type --method soco'):
        check_boxes(replace(asked, method='byol'))
    check_boxes(replace(asked, proposals=''))


def test_correspondences_that_are_missing_or_of_no_use(tmp_path):
    asked = replace(ASKED, method='orl', correspondences=str(tmp_path / 'x.npz'))
    with pytest.raises(FileNotFoundError, match=r'there are no correspondences .*x\.npz: make '):
        check_boxes(asked)
    with pytest.raises(ValueError, match=r'soco learns from no correspondences: leave --corr.*, or '
                                         'type --method orl or scd-orl'):
        check_boxes(replace(asked, method='soco'))
    for method in ('orl', 'scd-orl'):
        with pytest.raises(ValueError, match=f'{method} learns from correspondences of regions, '
                                             'and --.* no file: type oadp-mm orl .*, which makes'):
            check_boxes(replace(asked, method=method, correspondences=''))
    check_boxes(replace(asked, method='orl-stage1', correspondences=''))


def test_views_that_no_box_can_be_pooled_from():
    """56 px: V3 has 28, and its finest map the 7x7 positions of RoIAlign."""
    check_size(replace(ASKED, method='soco', size=56), NONE)
    with pytest.raises(ValueError, match=r'of 55 px are too small for soco.*: type --size 56 or'):
        check_size(replace(ASKED, method='soco', size=55), NONE)

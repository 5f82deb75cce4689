from __future__ import annotations

import pytest
import torch

from oadp_mm.probes.backbones import (
    build_preprocessor,
    normalised,
    random_backbone,
)

TINY = {'type': 'ResNet', 'depth': 18, 'stem_channels': 4, 'base_channels': 4}


def test_a_seed_is_one_backbone_and_no_file_is_asked_for():
    config = {**TINY, 'init_cfg': {'type': 'Pretrained', 'checkpoint': 'none.pth'}}
    one, same, other = (random_backbone(config, seed).conv1.weight for seed in (0, 0, 1))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


@pytest.mark.parametrize('key', ['bgr_to_rgb', 'to_rgb'])
def test_channels_and_units_are_those_of_the_training(key):
    bgr = torch.tensor([10, 20, 30], dtype=torch.uint8).view(1, 3, 1, 1)
    config = {'mean': [1., 2., 3.], 'std': [1., 2., 4.]}
    seen = normalised(build_preprocessor({**config, key: True}), bgr)
    assert seen.flatten().tolist() == [(30 - 1) / 1, (20 - 2) / 2, (10 - 3) / 4]
    seen = normalised(build_preprocessor({**config, key: False}), bgr)
    assert seen.flatten().tolist() == [(10 - 1) / 1, (20 - 2) / 2, (30 - 3) / 4]


def test_our_preprocessor_needs_no_numbers():
    imagenet = torch.tensor([103.53, 116.28, 123.675]).to(torch.uint8).view(1, 3, 1, 1)
    seen = normalised(build_preprocessor({'type': 'oadp_mm.ViewsDataPreprocessor'}), imagenet)
    assert seen.abs().max() < 1 / 57  # a level below the mean, for the rest was cut off

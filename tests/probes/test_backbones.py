from __future__ import annotations

import pytest
import torch

from oadp_mm.files.checkpoint import CheckpointError
from oadp_mm.probes.backbones import (
    build_backbone,
    build_preprocessor,
    normalised,
    pretrained_backbone,
    random_backbone,
    tensor_shapes,
)

TINY = {'type': 'ResNet', 'depth': 18, 'stem_channels': 4, 'base_channels': 4}


def checkpoint(path, config=TINY, drop=()):
    """As a pretraining leaves it: the online backbone beside its copy."""
    state = {f'{name}.{key}': tensor + offset
             for name, offset in (('backbone', 1), ('target.backbone', 2))
             for key, tensor in build_backbone(config).state_dict().items() if key not in drop}
    torch.save({'state_dict': state, 'meta': {}}, path)
    return path, state


def test_every_tensor_of_the_online_backbone_arrives(tmp_path):
    path, state = checkpoint(tmp_path / 'x.pth')
    loaded = pretrained_backbone(TINY, path).state_dict()
    assert loaded
    for key, tensor in loaded.items():
        assert torch.equal(tensor, state[f'backbone.{key}'])


@pytest.mark.parametrize(('change', 'problem'), [
    ({'drop': ('conv1.weight',)}, r'1 missing: conv1\.weight;'),
    # 3, 4, 6, 3 blocks of 2 convolutions and 2 norms (5 tensors each) where 2 of each are wanted.
    ({'config': {**TINY, 'depth': 34}}, r'the file is a ResNet-34 .*, the model a ResNet-18 '),
])
def test_a_backbone_is_complete_or_refused(tmp_path, change, problem):
    path, _ = checkpoint(tmp_path / 'x.pth', **change)
    with pytest.raises(CheckpointError, match=rf'x\.pth does not fit ResNet: {problem}'):
        pretrained_backbone(TINY, path)


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


def test_what_changes_no_tensor_changes_no_network():
    returned = {**TINY, 'out_indices': (0, 3), 'zero_init_residual': False}
    assert tensor_shapes(TINY) == tensor_shapes(returned)
    assert tensor_shapes(TINY) != tensor_shapes({**TINY, 'base_channels': 8})

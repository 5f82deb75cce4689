"""A backbone that a model holds in several places: all of it arrives, or the run does not start."""
from __future__ import annotations

from types import SimpleNamespace

import mmdet.models
import pytest
import torch
import torchvision
from mmdet.models.roi_heads.shared_heads import ResLayer
from mmengine.model import BaseModel, BaseModule
from torch import nn

from oadp_mm.engine.hooks import HandoffCheckHook
from oadp_mm.files.checkpoint import CheckpointError

BODY = ('conv1', 'bn1', 'layer1', 'layer2', 'layer3')
# 120 tensors in a ResNet-18: 2 blocks a layer of 2 convs and 2 norms of 5, and from layer2 on a
# shortcut of 6.
HEAD = 2 * (2 + 2 * 5) + 6
REST = 120 - HEAD


class RoIHead(BaseModule):
    def __init__(self, init_cfg) -> None:
        super().__init__()
        self.shared_head = ResLayer(depth=18, init_cfg=init_cfg)


class C4(BaseModel):
    """Where mmdet's C4 detectors hold their backbone."""

    def __init__(self, backbone: dict | None, shared_head: dict | None) -> None:
        super().__init__()
        self.backbone = mmdet.models.ResNet(
            depth=18, num_stages=3, strides=(1, 2, 2), dilations=(1, 1, 1), out_indices=(2,),
            init_cfg=backbone)
        self.roi_head = RoIHead(shared_head)

    def forward(self, *_, **__):
        raise NotImplementedError


def init(path, **options) -> dict:
    return {'type': 'oadp_mm.CheckedPretrained', 'checkpoint': str(path), **options}


def started(model: BaseModel) -> BaseModel:
    """What a runner does before the first step."""
    model.init_weights()
    HandoffCheckHook().before_train(SimpleNamespace(model=model, _has_loaded=False))
    return model


@pytest.fixture
def source() -> dict[str, torch.Tensor]:
    network = torchvision.models.resnet18()
    network.fc = nn.Identity()
    return network.state_dict()


@pytest.fixture
def training(tmp_path, source):
    """A pretraining checkpoint, with a copy of the backbone that must never be taken."""
    return written(tmp_path / 'epoch_800.pth', {
        **{f'backbone.{key}': value for key, value in source.items()},
        **{f'target.backbone.{key}': torch.zeros_like(value) for key, value in source.items()}})


def written(path, tensors):
    torch.save({'state_dict': tensors}, path)
    return path


@pytest.mark.parametrize('bare', [False, True], ids=['training', 'bare'])
def test_both_parts_are_loaded_and_both_are_reported(tmp_path, source, training, bare, log):
    path = written(tmp_path / 'bare.pth', source) if bare else training
    model = started(C4(init(path, only=BODY), init(path, only='layer4')))
    built = {**model.backbone.state_dict(), **model.roi_head.shared_head.state_dict()}
    assert built.keys() == source.keys()
    assert all(torch.equal(built[key], value) for key, value in source.items())
    assert (f'hand-off checked: backbone {REST}/{REST}, roi_head.shared_head {HEAD}/{HEAD} tensors '
            f'equal {path}') in log


def test_another_use_by_both_parts_is_said_once(training, log):
    content = torch.load(training)
    content['meta'] = {'cfg': 'model = dict(data_preprocessor=dict(mean=[1, 2, 3], std=[4, 5, 6]))'}
    torch.save(content, training)
    model = C4(init(training, only=BODY), init(training, only='layer4'))
    model.data_preprocessor = mmdet.models.DetDataPreprocessor(mean=[1, 2, 9], std=[4, 5, 6])
    started(model)
    [line] = [line for line in log if line.startswith(f'hand-off of {training}')]
    assert 'mean was [1, 2, 3] in the training of the file and is [1, 2, 9] in' in line


def test_a_forgotten_shared_head_is_refused(training):
    with pytest.raises(CheckpointError, match=rf"{HEAD} tensors below 'backbone\.' of .* were "
                                              r'loaded by no module: layer4; give .*shared_head'):
        started(C4(init(training, only=BODY), None))


def test_a_forgotten_backbone_is_refused(training):
    with pytest.raises(CheckpointError, match=f'{REST} tensors .* loaded by no module: bn1, conv1, '
                                              'layer1, layer2, layer3;'):
        started(C4(None, init(training, only='layer4')))


def test_a_part_that_neither_names_is_refused(training):
    with pytest.raises(CheckpointError, match=r'\d+ missing: layer3\.0\.conv1\.weight'):
        started(C4(init(training, only=BODY[:-1]), init(training, only='layer4')))


@pytest.mark.parametrize(('options', 'message'), [
    ({'only': 'layer3'}, rf'ResLayer: {HEAD} missing: layer4\.0\.conv1\.weight, .*; {HEAD} '
                         r'unexpected: layer3\.0\.conv1\.weight, '),
    ({}, rf'does not fit ResLayer: {REST} unexpected: conv1\.weight, .* its parts with only= '),
    ({'only': ('layer4', 'layer5')}, r'no tensor below layer5: set only= to some of conv1, bn1, '),
    # a prefix of the name is not the name
    ({'only': 'layer'}, r'no tensor below layer: set only='),
])
def test_a_wrong_part_is_refused(training, options, message):
    with pytest.raises(CheckpointError, match=message):
        started(C4(init(training, only=BODY), init(training, **options)))


def test_parts_of_two_files_do_not_make_a_backbone(tmp_path, training, source):
    other = written(tmp_path / 'other.pth', source)
    with pytest.raises(CheckpointError, match=r'epoch_800\.pth were loaded by no module: layer4'):
        started(C4(init(training, only=BODY), init(other, only='layer4')))


def test_what_overwrites_the_shared_head_is_found(training):
    model = C4(init(training, only=BODY), init(training, only='layer4'))
    model.init_weights()
    nn.init.zeros_(model.roi_head.shared_head.layer4[0].conv1.weight)
    with pytest.raises(CheckpointError, match=rf'1 of {HEAD} tensors of roi_head\.shared_head were '
                                              r'overwritten .*: layer4\.0\.conv1\.weight;'):
        HandoffCheckHook().before_train(SimpleNamespace(model=model, _has_loaded=False))


def test_a_part_of_something_else_than_a_backbone_may_stand_alone(tmp_path):
    """A saliency network without the projectors that were trained beside it."""
    class Saliency(BaseModule):
        def __init__(self, init_cfg) -> None:
            super().__init__(init_cfg)
            self.saliency = nn.Linear(2, 1)

    path = written(tmp_path / 'x.pth', {
        'semantic_head.saliency.weight': torch.tensor([[3.0, 4.0]]),
        'semantic_head.saliency.bias': torch.tensor([5.0]),
        'semantic_head.projector.weight': torch.zeros(1)})
    model = started(Saliency(init(path, prefix='semantic_head.', only='saliency')))
    assert model.saliency(torch.tensor([[1.0, 2.0]])).item() == 3 + 8 + 5

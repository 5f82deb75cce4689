"""One pretrained backbone gives the same features in every package that reads its file."""
from __future__ import annotations

import argparse
import copy
import itertools

import mmdet.models
import mmpretrain.models
import mmseg.models
import pytest
import torch
import torchvision
from torch import Tensor, nn

from oadp_mm.cli import export
from oadp_mm.files.backbone_file import FORMATS
from oadp_mm.files.checkpoint import read_checkpoint

HOSTS = {'mmpretrain': mmpretrain.models.ResNet, 'mmdet': mmdet.models.ResNet,
         'mmseg': mmseg.models.ResNet}


def _pretrained(depth: int) -> nn.Module:
    """Our backbone, with norms as training leaves them: random scales, statistics of a batch."""
    backbone = mmpretrain.models.ResNet(depth=depth, out_indices=(0, 1, 2, 3))
    for module in backbone.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, std=0.1)
            module.momentum = None  # a plain average, so that one pass gives the batch's statistics
    with torch.no_grad():
        backbone(torch.randn(4, 3, 64, 64))
    backbone.eval()  # OpenMMLab's train() returns nothing, so that this cannot be chained
    return backbone


def _export(source, out, file_format: str) -> None:
    parser = argparse.ArgumentParser()
    export.add_arguments(parser)
    assert export.run(parser.parse_args([str(source), str(out), '--format', file_format])) == 0


def _torchvision_features(model: torchvision.models.ResNet, image: Tensor) -> list[Tensor]:
    features = [model.maxpool(model.relu(model.bn1(model.conv1(image))))]
    for stage in (model.layer1, model.layer2, model.layer3, model.layer4):
        features.append(stage(features[-1]))
    return features[1:]


@pytest.mark.parametrize('depth', [18, 50])
def test_same_image_same_features(tmp_path, depth):
    ours, target = _pretrained(depth), _pretrained(depth)
    model = nn.ModuleDict({'backbone': ours, 'heads': nn.Linear(2, 2),
                           'target': nn.ModuleDict({'backbone': target})})
    torch.save({'state_dict': model.state_dict(), 'meta': {'epoch': 1, 'iter': 2}},
               tmp_path / 'epoch_1.pth')
    files = {'training': tmp_path / 'epoch_1.pth'}
    for name in FORMATS:
        files[name] = tmp_path / f'{name}{".safetensors" if name == "safetensors" else ".pth"}'
        _export(files['training'], files[name], name)

    image = torch.randn(1, 3, 96, 96)
    with torch.no_grad():
        expected = ours(image)
        assert not torch.allclose(expected[3], target(image)[3], atol=1e-2)
        # Each host reads each file; of the large network, each reads one.
        pairs = itertools.product(HOSTS, files) if depth == 18 else zip(HOSTS, files, strict=False)
        for host, name in pairs:
            init_cfg = {'type': 'oadp_mm.CheckedPretrained', 'checkpoint': str(files[name])}
            backbone = HOSTS[host](depth=depth, style='pytorch', out_indices=(0, 1, 2, 3),
                                   init_cfg=init_cfg)
            backbone.init_weights()
            backbone.eval()
            for stage, reference in zip(backbone(image), expected, strict=True):
                torch.testing.assert_close(stage, reference, atol=1e-5, rtol=1e-5)

        theirs = getattr(torchvision.models, f'resnet{depth}')()
        state = torch.load(files['torchvision'], weights_only=True)
        loaded = theirs.load_state_dict(state, strict=False)
        assert (loaded.missing_keys, loaded.unexpected_keys) == (['fc.weight', 'fc.bias'], [])
        for stage, reference in zip(_torchvision_features(theirs.eval(), image), expected,
                                    strict=True):
            torch.testing.assert_close(stage, reference, atol=1e-5, rtol=1e-5)


def test_a_dilated_segmentation_backbone_is_complete_and_starts_the_same(tmp_path):
    ours = _pretrained(50)
    torch.save({'state_dict': {f'backbone.{k}': v for k, v in ours.state_dict().items()}},
               tmp_path / 'x.pth')
    dilated = mmseg.models.ResNet(
        depth=50, strides=(1, 2, 1, 1), dilations=(1, 1, 2, 4), contract_dilation=True,
        init_cfg={'type': 'oadp_mm.CheckedPretrained', 'checkpoint': str(tmp_path / 'x.pth')})
    dilated.init_weights()
    dilated.eval()
    image = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        got, expected = dilated(image), ours(image)
    for stage in (0, 1):  # the dilation starts at the third stage
        torch.testing.assert_close(got[stage], expected[stage], atol=1e-5, rtol=1e-5)
    assert got[3].shape[-1] == 8
    state = dilated.state_dict()
    assert all(torch.equal(state[key], value) for key, value in ours.state_dict().items())


def test_exported_tensors_are_those_of_the_online_network(tmp_path):
    online = torchvision.models.resnet18()
    copied = copy.deepcopy(online)
    nn.init.zeros_(copied.conv1.weight)
    state = {f'{prefix}{key}': value for prefix, model in
             (('target.backbone.', copied), ('backbone.', online), ('ema_backbone.', copied))
             for key, value in model.state_dict().items()}
    torch.save({'state_dict': state}, tmp_path / 'epoch_1.pth')
    _export(tmp_path / 'epoch_1.pth', tmp_path / 'x.pth', 'openmmlab')
    written = read_checkpoint(tmp_path / 'x.pth').tensors
    assert written.keys() == online.state_dict().keys()
    assert all(torch.equal(written[key], value) for key, value in online.state_dict().items())

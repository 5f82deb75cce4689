"""Each benchmark starts from random and from torchvision's weights, too: configs/benchmarks."""
from __future__ import annotations

import json
import math
import re

import pytest
import torch
import torchvision
from mmengine.config import ConfigDict
from mmengine.registry import MODELS
from torch import nn

from oadp_mm.cli import main
from oadp_mm.engine.handoff import handed_off
from oadp_mm.engine.random_start import randomly_started
from tests.configs.test_benchmark_steps import BENCHMARKS, quarter

#: Saliency is of SCD's own checkpoints, a neck and a box head of SoCo's, and torchvision's networks
#: are of plain width.
BACKBONES = [name for name in BENCHMARKS if '-linear-fg-' not in name and '-parts_' not in name
             and not re.search('::[wx][24]$', name)]


@pytest.fixture(scope='module')
def supervised(tmp_path_factory):
    """torchvision's file of a ResNet-18, and what the documented command makes of it."""
    folder = tmp_path_factory.mktemp('supervised')
    weights, out = folder / 'resnet18-f37072fd.pth', folder / 'supervised.pth'
    torch.manual_seed(2)
    torch.save(torchvision.models.resnet18().state_dict(), weights)
    assert main(['export', str(weights), str(out), '--prefix', '', '--drop', 'fc.']) == 0
    return weights, out


@pytest.fixture(scope='module')
def seen() -> set[str]:
    """Keys of the models that were built."""
    return set()


def built(config) -> nn.Module:
    settings = config.model.to_dict()
    model = MODELS.build(ConfigDict(
        quarter(settings) if settings['backbone']['depth'] == 50 else settings))
    model.init_weights()
    return model


@pytest.mark.parametrize('name', BENCHMARKS)
def test_random(name, load, seen):
    config, places = randomly_started(load(name, OADP_CKPT='random'))
    assert places
    assert 'CheckedPretrained' not in str(config.model)
    assert not any('HandoffCheck' in hook.type for hook in config.custom_hooks)
    if (key := json.dumps(config.model.to_dict())) in seen:
        return
    seen.add(key)
    torch.manual_seed(0)
    state = built(config).state_dict()
    ends = [value for key, value in state.items() if re.search(
        r'layer\d\.\d+\.bn3\.weight$', key)]  # a block that begins as nothing may stay so
    assert all(value.eq(1).all() for value in ends)
    # He's start by fan-out, in all hosts: 2 / (9 * 512) is the variance of 3x3 convolutions of
    # layer4, whose deviation is known to 1 / sqrt(2 * 9 * 512 * 512), a twentieth of a per cent.
    last = [value for key, value in state.items() if key.endswith('1.conv2.weight')
            and value.shape == (512, 512, 3, 3)]
    assert [value.std().item() for value in last] == pytest.approx(
        [math.sqrt(2 / (9 * 512))], rel=0.01)


@pytest.mark.parametrize('name', BACKBONES)
def test_supervised(name, load, supervised, seen):
    weights, out = supervised
    config = load(name, OADP_CKPT=str(out))
    if (key := json.dumps(config.model.to_dict())) in seen:
        return
    seen.add(key)
    stored, names = torch.load(weights, weights_only=True), set()
    for _, module, handoff in handed_off(built(config)):
        state = module.state_dict()
        assert all(torch.equal(state[there], stored[here])
                   for here, there in handoff.names.items())
        names |= set(handoff.names)
    assert names == {key for key in stored if not key.startswith('fc.')}

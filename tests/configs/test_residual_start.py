"""Where residual branches start at zero: in short trainings, and where a base method has it so."""
from __future__ import annotations

import json
import re

import pytest
import torch
from mmengine.registry import MODELS
from mmpretrain.models.backbones.resnet import BasicBlock, Bottleneck
from torch import nn

from tests.configs.leaves import CASES, ROW, is_pretraining, load

#: Recipes for own images and for minutes on a CPU, the ablation (O-30), controls at small scale,
#: RegionCL on SimSiam and MoCo v3, and SoCo, whose codes have it.
AT_ZERO = re.compile(rf'resnet18|_folder\.py$|{ROW}zero-init$|regioncl-(s|m3)_resnet50|/soco'
                     rf'|oadp_controls.*{ROW}(?!full-residual)')
RESNETS = [case for case in CASES
           if is_pretraining(load(case)) and load(case).model.backbone.type == 'ResNet']


def last_scales(network: nn.Module) -> list[nn.Parameter]:
    """Scale of the norm that ends each residual branch."""
    return [(block.norm3 if isinstance(block, Bottleneck) else block.norm2).weight
            for block in network.modules() if isinstance(block, BasicBlock | Bottleneck)]


@pytest.fixture(scope='module')
def seen() -> set[str]:
    return set()


@pytest.mark.parametrize('case', RESNETS)
def test_residual_branches_start(case, load, seen):
    """After all initialisation, in the online network and in what follows it."""
    model = load(case).model
    expected = float(not AT_ZERO.search(case))
    assert model.backbone.zero_init_residual is not bool(expected)
    model.backbone.update(stem_channels=8, base_channels=8)  # widths start alike
    key = json.dumps([model.type, model.backbone.to_dict(), model.get('ema_decay')])
    if key in seen:
        return
    seen.add(key)
    built = MODELS.build(model)
    built.init_weights()
    networks = [built.backbone, getattr(built, 'target', None)]
    for name in ('target_net', 'encoder_k'):  # mmpretrain's start at the first step
        if (copy := getattr(built, name, None)) is not None:
            copy.update_parameters(nn.Sequential(built.backbone, built.neck))
            networks.append(copy)
    for network in filter(None, networks):
        scales = last_scales(network)
        assert len(scales) == sum({18: (2, 2, 2, 2), 50: (3, 4, 6, 3)}[model.backbone.depth])
        assert all(torch.equal(scale, torch.full_like(scale, expected)) for scale in scales)

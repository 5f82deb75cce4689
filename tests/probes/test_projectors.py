from __future__ import annotations

import pytest
import torch
from mmengine.config import Config
from mmpretrain.registry import MODELS as THEIRS

from oadp_mm.files.checkpoint import CheckpointError
from oadp_mm.models import ORL, SCD
from oadp_mm.ops.pooling import whole_and_map
from oadp_mm.probes.projectors import read_projector
from tests.probes.foreground_checkpoints import CellMeans, model_config  # registers the backbone
from tests.probes.tiny_network import write_checkpoint

WIDTHS = {'hidden_channels': 8, 'out_channels': 4}
HEAD = {'type': 'oadp_mm.PredictiveHead', **WIDTHS, 'projector': {'last_bias': False}}
NECK = {'type': 'NonLinearNeck', 'in_channels': 3, 'hid_channels': 8, 'out_channels': 4,
        'with_avg_pool': True, 'with_last_bn': False}
PICTURES = torch.rand(5, 3, 64, 64, generator=torch.Generator().manual_seed(0))


def save(path, model, config):
    """Of tensors that no initialisation makes, each its own."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for tensor in model.state_dict().values():
            if tensor.is_floating_point():
                tensor.add_(torch.rand(tensor.shape, generator=generator))
    torch.save({'state_dict': model.state_dict(),
                'meta': {'cfg': Config({'model': config}).pretty_text}}, path)
    return str(path)


def scd():
    config = model_config(head=HEAD, semantic_head={'type': 'oadp_mm.SemanticHead',
                                                    'projector': WIDTHS})
    return SCD(**{key: value for key, value in config.items() if key != 'type'}), config


def orl():
    config = model_config(type='oadp_mm.ORL', head=HEAD)
    return ORL(**{key: value for key, value in config.items() if key != 'type'}), config


@pytest.mark.parametrize('build', [scd, orl])
def test_it_projects_as_the_online_head_of_the_training_does(build, tmp_path):
    trained, config = build()
    path = save(tmp_path / 'epoch_1.pth', trained, config)
    rows = whole_and_map(trained.eval().backbone(PICTURES)[-1])[0]
    head = next(iter(trained.objectives().values()))
    expected = head.project(rows)
    assert not torch.allclose(expected, head.project_target(rows))
    for word in (path, str(tmp_path)):
        torch.testing.assert_close(read_projector(word, 3)(rows), expected)


def test_a_neck_of_mmpretrain_projects_as_it_does_there(tmp_path):
    neck = THEIRS.build(NECK)
    model = torch.nn.ModuleDict({'backbone': CellMeans(), 'neck': neck})
    path = save(tmp_path / 'epoch_1.pth', model, {'type': 'BYOL', 'neck': NECK})
    maps = model['backbone'](PICTURES)
    expected = neck.eval()(maps)[0]
    rows = whole_and_map(maps[-1])[0]
    torch.testing.assert_close(read_projector(path, 3)(rows), expected)


def test_a_method_without_one_is_told_what_to_do(tmp_path):
    write_checkpoint(tmp_path / 'epoch_3.pth')
    with pytest.raises(CheckpointError, match=r'epoch_3\.pth has no projector that is known \(it '
                                              r'is of oadp_mm\.OADP, known are those of .*ORL.*: '
                                              'add --embedding backbone'):
        read_projector(str(tmp_path / 'epoch_3.pth'), 32)
    torch.save({'conv1.weight': torch.ones(1)}, tmp_path / 'bare.pth')
    with pytest.raises(CheckpointError, match=r'\(it tells no method, known are those of '):
        read_projector(str(tmp_path / 'bare.pth'), 32)


def test_tensors_that_are_not_the_configs_are_refused(tmp_path):
    trained, config = scd()
    path = save(tmp_path / 'epoch_1.pth', trained, config)
    with pytest.raises(CheckpointError, match=r'does not fit Sequential: 1 misshapen: 0\.weight '
                                              r'\(file \(8, 3\), model \(8, 5\)\); add --embedd'):
        read_projector(path, 5)


@pytest.mark.parametrize('head', [{'type': 'os.system'}, {'type': 'oadp_mm.SemanticHead'}, None])
def test_a_config_that_names_no_head_is_not_built(head, tmp_path):
    trained, config = scd()
    path = save(tmp_path / 'epoch_1.pth', trained, {**config, 'head': head})
    with pytest.raises(CheckpointError, match='no registered RowHead'):
        read_projector(path, 3)

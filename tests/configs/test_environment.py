r"""Paths come from the environment as values, not as text that Python or `re` would read.

Pasted into a config's text, `Bob's photos` was a SyntaxError and a backslash a `re.error`.
"""
from __future__ import annotations

import re

import mmpretrain.models
import pytest
import torch
from mmengine.config import Config
from mmengine.registry import DATASETS, MODELS

from tests.configs.leaves import CONFIGS, dicts, read

NAMES = ["Bob's photos", r'back\slash \1 \new', 'two  blanks ', 'say "hi"', '{curly} #', 'bär 图']
#: All of it.
ODD = r'''Bob's  "back\slash" \1 \new {} # bär'''


def written(config: Config, folder) -> Config:
    """What mmengine reads of the config it has dumped, formatted, into a run's folder."""
    config.dump(folder / 'dumped.py')
    return Config.fromfile(folder / 'dumped.py')


def test_no_config_has_text_pasted_in():
    for path in CONFIGS.rglob('*.py'):
        assert not re.search(r'\{\{[\'"]?\s*\$', path.read_text())


@pytest.mark.parametrize('name', NAMES)
def test_images_of_a_folder(name, tiny_data, tmp_path, load):
    (tmp_path / name).symlink_to(tiny_data / 'images')
    config = load('oadp/oadp_resnet50_1xb32-accum8-coslr-200e_folder.py',
                  OADP_IMAGES=str(tmp_path / name))
    assert config.train_dataloader.dataset.dataset.data_root == str(tmp_path / name)
    assert written(config, tmp_path).to_dict() == config.to_dict()
    dataset = DATASETS.build(config.train_dataloader.dataset)
    assert dataset.dataset.get_data_info(0)['img_path'] == str(tmp_path / name / 'one.jpg')
    assert len(dataset[0]['inputs']) == 2


@pytest.mark.parametrize('leaf', [
    'oadp/oadp_resnet50_8xb32-coslr-800e_voc0712.py',  # a list of folders
    'scd/scd-byol_resnet50_2xb256-coslr-200e_in100.py',  # a list of files
    'regioncl/regioncl-m_resnet18_1xb64-coslr-20e_grocery-96x96.py',
    'benchmarks/mask-rcnn_resnet50-fpn_8xb2-ms-90k_coco.py',
    'benchmarks/faster-rcnn_resnet50-fpn_8xb2-24k_voc0712.py',
    'benchmarks/fcn_resnet18-d8_1xb8-400i_camvid-160x160.py',
    'benchmarks/resnet50_8xb32-linear-coslr-100e_in100.py',
])
def test_folder_of_data(leaf, tiny_data, tmp_path, load):
    (tmp_path / ODD).symlink_to(tiny_data)
    config = load(leaf, OADP_DATA=str(tmp_path / ODD))
    assert written(config, tmp_path).to_dict() == config.to_dict()
    assert DATASETS.build(config.train_dataloader.dataset)[0]['inputs'] is not None


def test_checkpoint(tmp_path, load):
    source, path = mmpretrain.models.ResNet(depth=18), tmp_path / f'{ODD}.pth'
    torch.save({'state_dict': {f'backbone.{key}': value
                               for key, value in source.state_dict().items()}}, path)
    config = load('benchmarks/fcn_resnet18-d8_1xb8-400i_camvid-160x160.py', OADP_CKPT=str(path))
    assert config.model.backbone.init_cfg.checkpoint == str(path)
    assert written(config, tmp_path).to_dict() == config.to_dict()
    backbone = MODELS.build(config.model.backbone)
    backbone.init_weights()
    assert torch.equal(backbone.conv1.weight, source.conv1.weight)


@pytest.mark.parametrize('leaf', [
    'oadp/oadp_resnet50_8xb32-coslr-800e_voc0712.py',
    'benchmarks/mask-rcnn_resnet18-fpn_1xb4-300i_coco128.py',
    'benchmarks/mask-rcnn_resnet50-c4_8xb2-ms-90k_coco.py',
])
def test_nothing_else_reads_the_default(leaf):
    """A variable that is set leaves no default behind."""
    config = read(leaf, OADP_DATA='/mine', OADP_CKPT='/mine.pth')
    values = [value for node in dicts(config.to_dict()) for value in node.values()
              if isinstance(value, str)]
    assert not [value for value in values if value.startswith(('data/', 'work_dirs/backbone'))]

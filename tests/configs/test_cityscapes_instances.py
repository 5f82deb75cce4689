"""Instances of Cityscapes by its own measure, as far as without its package, and by COCO's."""
from __future__ import annotations

import re
import shlex
from argparse import ArgumentParser
from types import SimpleNamespace

import pytest
import torch
from mmdet.evaluation.metrics import cityscapes_metric
from mmengine.config import DictAction
from mmengine.registry import DATASETS, METRICS

from tests.configs.leaves import CONFIGS
from tests.configs.tiny_data import BOX, HEIGHT, WIDTH

NAME = 'benchmarks/mask-rcnn_resnet50-fpn-2fc_8xb1-ms-24k_cityscapes.py'
#: cityscapesscripts.helpers.labels
IDS = {'person': 24, 'rider': 25, 'car': 26, 'truck': 27, 'bus': 28, 'train': 31,
       'motorcycle': 32, 'bicycle': 33}


@pytest.fixture
def config(load, tiny_data, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where the metric writes its masks
    monkeypatch.setenv('OADP_DATA', str(tiny_data))
    return load(NAME, OADP_DATA=str(tiny_data))


@pytest.fixture
def dataset(config):
    return DATASETS.build(config.val_dataloader.dataset)


def sample(dataset, label: int) -> dict:
    """The object of the image found to the pixel, as this class."""
    x, y, width, height = BOX
    mask = torch.zeros(1, HEIGHT, WIDTH, dtype=torch.bool)
    mask[:, y:y + height, x:x + width] = True
    found = {'labels': torch.tensor([label]), 'scores': torch.tensor([0.5]), 'masks': mask,
             'bboxes': torch.tensor([[x, y, x + width, y + height]], dtype=torch.float)}
    return {**dataset[0]['data_samples'].metainfo, 'pred_instances': found}


@pytest.mark.parametrize('name', IDS)
def test_cityscapes_measure_is_handed_the_masks_and_the_official_instances(
        name, config, dataset, tiny_data, tmp_path, monkeypatch):
    monkeypatch.setattr(cityscapes_metric, 'HAS_CITYSCAPESAPI', True)
    labels = {each: SimpleNamespace(id=number) for each, number in IDS.items()}
    monkeypatch.setattr(
        cityscapes_metric, 'CSLabels', SimpleNamespace(name2label=labels), raising=False)
    metric = METRICS.build(config.val_evaluator)
    metric.dataset_meta = dataset.metainfo
    metric.process({}, [sample(dataset, dataset.metainfo['classes'].index(name))])
    [(truth, result)] = metric.results
    assert truth['file_name'] == str(
        tiny_data / 'cityscapes/gtFine/val/town/town_0_gtFine_instanceIds.png')
    [line] = (tmp_path / result['pred_txt']).read_text().splitlines()
    assert line.split()[1:] == [str(IDS[name]), '0.5']


def test_without_the_package_its_name_is_said(config, monkeypatch):
    monkeypatch.setattr(cityscapes_metric, 'HAS_CITYSCAPESAPI', False)
    with pytest.raises(RuntimeError, match='pip install cityscapesscripts'):
        METRICS.build(config.val_evaluator)


@pytest.mark.parametrize(('label', 'precision'), [(0, 1.0), (1, 0.0)])
def test_cocos_measure_by_the_options_of_the_readme(
        label, precision, config, dataset, tiny_data):
    text = (CONFIGS / 'benchmarks/README.md').read_text()
    [command] = [each for each in re.findall('```bash\n(.*?)```', text, re.DOTALL)
                 if f'configs/{NAME}' in each]
    options = shlex.split(
        command.replace('\\\n', '').replace('$OADP_DATA', str(tiny_data)))
    parser = ArgumentParser()  # as the host's
    parser.add_argument('--cfg-options', nargs='+', action=DictAction)
    config.merge_from_dict(parser.parse_known_args(options)[0].cfg_options)
    metric = METRICS.build(config.val_evaluator)
    metric.dataset_meta = dataset.metainfo
    metric.process({}, [sample(dataset, label)])
    assert metric.evaluate(1)['coco/segm_mAP'] == pytest.approx(precision)

"""ORL's transfer against the text of its supplement, section A; no number is copied from a config.

What the text leaves open (where the rate falls, Nesterov, the head) is the authors' code's.
"""
from __future__ import annotations

import json
import re
import subprocess

import pytest
import torch
from mmengine.optim import build_optim_wrapper
from mmengine.registry import DATASETS

from tests.configs.leaves import CONFIGS

# name: classes, epochs, where the rate falls
LINEAR = {f'benchmarks/resnet50_8xb32-linear-steplr-{name}.py': row for name, row in {
    '28e_in1k': (1000, 28, [8, 16, 24]),
    '14e_places205': (205, 14, [4, 8, 12]),
    '84e_inat18': (8142, 84, [24, 48, 72]),
}.items()}
# name: labels, weight decay
SEMI = {f'benchmarks/resnet50_8xb32-semi-steplr-20e_in1k-part.py::{row}': value for row, value in {
    '1pct': ('meta/train_1percent_labels.txt', 0),
    '10pct': ('meta/train_10percent_labels.txt', 1e-4),
}.items()}


@pytest.mark.parametrize(('name', 'row'), LINEAR.items())
def test_linear(name, row, load, outline):
    config, (classes, epochs, falls) = load(name), row
    assert config.optim_wrapper.optimizer == dict(
        type='SGD', lr=0.01, momentum=0.9, nesterov=True, weight_decay=1e-4)
    assert 'paramwise_cfg' not in config.optim_wrapper
    [schedule] = config.param_scheduler
    assert (schedule.type, schedule.milestones, schedule.gamma) == ('MultiStepLR', falls, 0.1)
    assert config.train_cfg.max_epochs == epochs
    intervals = [after - before for before, after in zip([0, *falls], falls, strict=False)]
    assert len(intervals) == 3 and len(set(intervals)) == 1  # "three equally spaced intervals"
    assert 8 * config.train_dataloader.batch_size == config.auto_scale_lr.base_batch_size == 256
    model = outline(config.model).train()
    assert model.backbone.frozen_stages == 4
    assert model.head.fc.weight.shape == (classes, 8192)  # "about 9k" numbers
    assert not list(model.neck.parameters())


@pytest.mark.parametrize('name', LINEAR)
def test_one_centre_crop_is_measured(name, load):
    config = load(name)
    kinds = [step.type for step in config.val_dataloader.dataset.pipeline]
    assert kinds == ['LoadImageFromFile', 'ResizeEdge', 'CenterCrop', 'PackInputs']
    assert config.val_dataloader.dataset.pipeline[2].crop_size == 224
    assert config.val_evaluator.topk[0] == 1


@pytest.mark.parametrize(('name', 'row'), SEMI.items())
def test_few_labels(name, row, load, outline):
    config, (labels, decay) = load(name), row
    assert config.train_dataloader.dataset.ann_file == labels
    assert config.optim_wrapper.optimizer.momentum == 0.9
    [schedule] = config.param_scheduler
    assert (schedule.type, schedule.milestones, schedule.gamma) == ('MultiStepLR', [12, 16], 0.2)
    assert config.train_cfg.max_epochs == 20
    assert 8 * config.train_dataloader.batch_size == config.auto_scale_lr.base_batch_size == 256
    model = outline(config.model).train()
    assert all(value.requires_grad for value in model.parameters())
    assert all(norm.training for norm in model.modules()
               if isinstance(norm, torch.nn.BatchNorm2d))
    groups = build_optim_wrapper(model, config.optim_wrapper).optimizer.param_groups
    owner = {id(value): key.split('.')[0] for key, value in model.named_parameters()}
    found = {(owner[id(value)], round(group['lr'], 12), group['weight_decay'])
             for group in groups for value in group['params']}
    assert found == {('backbone', 0.01, decay), ('head', 1, decay)}


def test_mask_rcnn(load, outline):
    """Its heads and norms are those of the rows it compares with (InfoMin's set-up)."""
    config = load('benchmarks/mask-rcnn_resnet50-fpn_8xb2-ms-90k_coco.py')
    warm_up, steps = config.param_scheduler
    assert (warm_up.end, steps.milestones, steps.get('gamma', 0.1)) == (1000, [60000, 80000], 0.1)
    assert (config.train_cfg.max_iters, config.optim_wrapper.optimizer.lr) == (90000, 0.02)
    assert config.train_dataloader.batch_size == 2
    resize = config.train_dataloader.dataset.pipeline[2]
    sides = [scale[1] for scale in resize.scales]
    assert (resize.type, min(sides), max(sides)) == ('RandomChoiceResize', 640, 800)
    assert config.val_dataloader.dataset.pipeline[1].scale[1] == 800
    assert config.sync_bn == 'torch'
    model = outline(config.model).train()
    head = model.roi_head.bbox_head
    assert (len(head.shared_convs), len(head.shared_fcs)) == (4, 1)
    for part in (model.backbone, model.neck, head, model.roi_head.mask_head):
        norms = [m for m in part.modules() if isinstance(m, torch.nn.BatchNorm2d)]
        assert norms
        assert all(norm.training and norm.weight.requires_grad for norm in norms)


def test_lists_of_inaturalist_are_made_by_the_documented_command(tmp_path, load):
    root = tmp_path / 'inaturalist18'
    root.mkdir()
    names = {split: [f'train_val2018/Aves/{label}/{split}.jpg' for label in (1, 0)]
             for split in ('train', 'val')}
    for split, files in names.items():
        (root / f'{split}2018.json').write_text(json.dumps({
            'images': [{'id': 7 + i, 'file_name': file} for i, file in enumerate(files)],
            'annotations': [{'image_id': 8, 'category_id': 0}, {'image_id': 7, 'category_id': 1}],
            'categories': [{'id': 1, 'name': 'Pica pica'}, {'id': 0, 'name': 'Parus major'}]}))
    text = (CONFIGS / 'benchmarks/README.md').read_text()
    [command] = [block for block in re.findall('```bash\n(.*?)```', text, re.DOTALL)
                 if '2018.json' in block]
    subprocess.run(['bash', '-euc', command], cwd=root, check=True)
    config = load('benchmarks/resnet50_8xb32-linear-steplr-84e_inat18.py',
                  OADP_DATA=str(tmp_path))
    for split, loader in (('train', config.train_dataloader), ('val', config.val_dataloader)):
        dataset = DATASETS.build(loader.dataset)
        assert dataset.metainfo['classes'] == ('Parus major', 'Pica pica')
        rows = [dataset.get_data_info(i) for i in range(len(dataset))]
        assert [(row['img_path'], row['gt_label']) for row in rows] == [
            (str(root / name), label) for name, label in zip(names[split], (1, 0), strict=True)]

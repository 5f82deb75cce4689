"""RegionCL's and SCD's configs of classification against the papers and the codes they name.

Every number is copied from a text, none from a config: RegionCL's section 4 and its authors' logs,
SCD's A.2 and A.3, MoCo's and SimSiam's codes for what RegionCL takes from there.
"""
from __future__ import annotations

import math
import re
from types import SimpleNamespace

import pytest
import torch
from mmengine.optim import build_optim_wrapper
from mmengine.registry import MODELS
from mmpretrain.structures import DataSample

from oadp_mm.engine import Runner
from oadp_mm.engine.hooks import HandoffCheckHook
from tests.configs.leaves import CASES, LEAVES, falls, option
from tests.configs.rates import EPOCH, learning_rates
from tests.configs.test_orl_transfer import LINEAR, SEMI

# name: optimizer, lr, images a step, epochs, where the rate falls (or its schedule)
CLASSIFICATION = {f'benchmarks/resnet50_{name}': row for name, row in {
    # RegionCL: MoCo v2 (the log of RegionCL-M says batch_size=1024, lr=30.0, schedule=[60, 80])
    '8xb128-linear-steplr-100e_in1k.py': ('SGD', 30, 1024, 100, [60, 80]),
    **{f'8xb128-linear-steplr-100e-widths_in1k.py::{row}': ('SGD', 30, 1024, 100, [60, 80])
       for row in ('w2', 'w4')},
    # RegionCL: EMAN's README, linear layers on parts and fine-tuning
    **{f'8xb32-linear-steplr-50e_in1k-part.py::{row}': ('SGD', 30, 256, 50, [30, 40])
       for row in ('1pct', '10pct')},
    **{f'8xb32-finetune-steplr-50e_in1k.py::{row}': ('SGD', 0.1, 256, 50, [30, 40])
       for row in ('r50', 'w2', 'w4')},
    # RegionCL: MoCo v3's code, lr 0.1 for 256 images
    '8xb128-linear-coslr-90e_in1k.py': (
        'SGD', pytest.approx(0.1 * 1024 / 256), 1024, 90, 'CosineAnnealingLR'),
    # RegionCL: SimSiam's code, lr 0.1 for 256 images
    '8xb512-linear-lars-coslr-90e_in1k.py': (
        'LARS', pytest.approx(0.1 * 4096 / 256), 4096, 90, 'CosineAnnealingLR'),
    # SCD: A.2, A.3
    **{f'8xb512-linear{fg}-lars-coslr-100e_in1k.py':
       ('LARS', 3.2, 4096, 100, 'CosineAnnealingLR') for fg in ('', '-fg')},
    **{f'8xb32-linear{fg}-coslr-100e_{data}.py': ('SGD', 30, 256, 100, 'CosineAnnealingLR')
       for fg, data in (('', 'in1k'), ('-fg', 'in1k'), ('', 'in100'))},
    **{f'8xb32-semi-steplr-50e_in1k-part.py::{row}': ('SGD', rate, 256, 50, [30, 40])
       for row, rate in {'moco-1pct': 0.5, 'moco-10pct': 0.5,
                         'byol-1pct': 20, 'byol-10pct': 5}.items()},
}.items()}


SWIN = 'benchmarks/swin-tiny_8xb64-linear-coslr-100e_in1k.py'
#: RegionCL, Tables 1 and 8: a column of its own for the same layers.
REAL = {f'benchmarks/{name}_in1k-real.py': f'benchmarks/{name}_in1k.py' for name in (
    'resnet50_8xb128-linear-steplr-100e', 'resnet50_8xb512-linear-lars-coslr-90e',
    'swin-tiny_8xb64-linear-coslr-100e')}


def test_every_classification_is_in_the_table():
    assert {*CLASSIFICATION, *LINEAR, *SEMI, *REAL, SWIN} == {
        name for name in CASES if re.match('benchmarks/(resnet50_(?!.*_voc07)|swin)', name)}


@pytest.mark.parametrize(('name', 'row'), CLASSIFICATION.items())
def test_classification(name, row, load):
    config = load(name)
    optimizer = config.optim_wrapper.optimizer
    batch = 8 * config.train_dataloader.batch_size
    assert (optimizer.type, optimizer.lr, batch, config.train_cfg.max_epochs, falls(config)) == row
    assert optimizer.momentum == 0.9
    assert optimizer.weight_decay == (1e-4 if 'finetune' in name else 0)
    assert config.auto_scale_lr.base_batch_size == batch
    assert config.val_evaluator == {'type': 'Accuracy', 'topk': (1, 5)}
    part = re.search('(1|10)pct', name)
    assert config.train_dataloader.dataset.get('ann_file', '') == (
        f'meta/train_{part[1]}{"p" if "linear" in name else "percent"}_labels.txt' if part
        else 'meta/train_100_labels.txt' if 'in100' in name else '')


@pytest.mark.parametrize(('row', 'head', 'backbone'), [
    ('moco-1pct', 0.5, 0.0002),
    ('moco-10pct', 0.5, 0.0002),
    ('byol-1pct', 20, 0.0001),
    ('byol-10pct', 5, 0.0001),
])
def test_rates_on_few_labels(row, head, backbone, load, outline):
    """A.3, seen in the optimizer."""
    config = load(f'benchmarks/resnet50_8xb32-semi-steplr-50e_in1k-part.py::{row}')
    assert config.model.backbone.frozen_stages == -1
    model = outline(config.model)
    groups = build_optim_wrapper(model, config.optim_wrapper).optimizer.param_groups
    owner = {id(value): key.split('.')[0] for key, value in model.named_parameters()}
    rates = {(owner[id(value)], group['lr']) for group in groups for value in group['params']}
    assert {part for part, _ in rates} == {'head', 'backbone'}
    assert all(rate == pytest.approx({'head': head, 'backbone': backbone}[part])
               for part, rate in rates)


@pytest.mark.parametrize(('key', 'value'), [
    ('train_dataloader.batch_size', 512 // 8),
    ('auto_scale_lr.base_batch_size', 512),
    ('optim_wrapper.optimizer', {'type': 'SGD', 'lr': 1.0, 'momentum': 0.9, 'weight_decay': 0.0,
                                 'nesterov': True}),
    ('optim_wrapper.clip_grad.max_norm', 5.0),
    ('train_cfg.max_epochs', 100),
    ('model.head.loss.label_smooth_val', 0.1),
    ('model.head.loss.mode', 'original'),  # timm's: 0.1 is shared by all classes
    ('model.backbone.backbone.drop_path_rate', 0.2),
])
def test_mobys_linear_layer(key, value, load):
    """`moby_linear.py`: its defaults and what it fixes."""
    assert option(load(SWIN), key) == value


def test_mobys_rates(load):
    """timm: from 5e-7 over 5 epochs, then the cosine that began with the training, to 5e-6."""
    rates, steps = learning_rates(load(SWIN)), 100 * EPOCH
    assert rates[0] == pytest.approx(5e-7)
    assert rates[5 * EPOCH - 1] == pytest.approx(1.0)
    for step in range(5 * EPOCH, steps, 37):
        assert rates[step] == pytest.approx(
            5e-6 + (1 - 5e-6) * (1 + math.cos(math.pi * step / steps)) / 2)


def test_a_swin_that_was_pretrained_arrives_whole_and_only_the_layer_learns(load, tmp_path):
    torch.manual_seed(0)
    pretrained = MODELS.build({'type': 'mmpretrain.SwinTransformer', 'arch': 'tiny'})
    state = {f'backbone.{key}': value for key, value in pretrained.state_dict().items()}
    torch.save({'state_dict': state}, tmp_path / 'epoch_300.pth')
    config = load(SWIN, OADP_CKPT=str(tmp_path / 'epoch_300.pth'))
    model = MODELS.build(config.model)
    model.init_weights()
    HandoffCheckHook().before_train(SimpleNamespace(model=model, _has_loaded=False))
    body = model.backbone.backbone.state_dict()
    assert all(torch.equal(body[key], value) for key, value in pretrained.state_dict().items())
    model.train()
    wrapper = build_optim_wrapper(model, config.optim_wrapper)
    sample = DataSample().set_gt_label(7)
    data = model.data_preprocessor(
        {'inputs': [torch.zeros(3, 224, 224, dtype=torch.uint8)], 'data_samples': [sample]}, True)
    before = {key: value.clone() for key, value in model.state_dict().items()}
    wrapper.update_params(model(**data, mode='loss')['loss'])
    assert {key for key, value in model.state_dict().items()
            if not torch.equal(value, before[key])} == {'head.fc.weight', 'head.fc.bias'}
    assert any(part.training and part.drop_prob > 0 for part in model.backbone.modules()
               if hasattr(part, 'drop_prob'))


@pytest.mark.parametrize(('name', 'plain'), REAL.items())
class TestReal:
    def test_it_is_the_same_training(self, name, plain, load):
        config, host = load(name).to_dict(), load(plain).to_dict()
        assert config['val_evaluator'] == config['test_evaluator']
        for each in ('val_evaluator', 'test_evaluator'):
            assert config.pop(each)[0] == host.pop(each)
        assert config == host

    def test_both_labels_are_judged_by(self, name, plain, load, tiny_data, tmp_path):
        """A layer that always says 8, then 7: the image's label is 7, people gave it 8 and 9."""
        config = load(name, OADP_DATA=str(tiny_data))
        config.work_dir = str(tmp_path)
        config.val_dataloader.update(num_workers=0, persistent_workers=False)
        runner = Runner.from_cfg(config)
        layer = runner.model.head.fc
        layer.weight.data.zero_()
        layer.bias.data = torch.eye(1000)[8] + torch.eye(1000)[7] / 2
        assert runner.val() == {'accuracy/top1': 0, 'accuracy/top5': 100, 'real/top1': 100}


@pytest.mark.parametrize('row', ['r50', 'w2', 'w4'])
def test_rates_of_fine_tuning(row, load, outline):
    """EMAN's README: --lr 0.001 --lr-classifier 0.1; norms are trained."""
    config = load(f'benchmarks/resnet50_8xb32-finetune-steplr-50e_in1k.py::{row}')
    model = outline(config.model).train()
    assert all(module.training for module in model.modules())
    groups = build_optim_wrapper(model, config.optim_wrapper).optimizer.param_groups
    owner = {id(value): key.split('.')[0] for key, value in model.named_parameters()}
    rates = {owner[id(value)]: group['lr'] for group in groups for value in group['params']}
    assert rates == pytest.approx({'backbone': 0.001, 'head': 0.1})


@pytest.mark.parametrize('case', [case for case in CASES if re.search('::w[24]$', case)])
def test_wide_networks(case, load, outline):
    """All of a ResNet-50's layers hold 2 or 4 times the channels, and what follows takes them."""
    config, width = load(case), int(case[-1])
    backbone = outline(config.model.backbone)
    assert backbone.conv1.out_channels == 64 * width
    assert backbone.layer4[-1].conv3.out_channels == 2048 * width
    if config.model.type == 'ImageClassifier':
        assert config.model.head.in_channels == 2048 * width
    if config.model.type == 'MaskRCNN':
        assert config.model.neck.in_channels == [n * width for n in (256, 512, 1024, 2048)]


@pytest.mark.parametrize('name', [name for name in LEAVES if '-linear-fg-' in name])
def test_saliency_is_taken_from_the_training_and_frozen(name, load, outline):
    config = load(name)
    body, saliency = config.model.backbone.init_cfg, config.model.neck.init_cfg
    assert body.checkpoint == saliency.checkpoint
    assert body.get('prefix') is None
    assert (saliency.prefix, saliency.only) == ('semantic_head.', 'saliency')
    neck = outline(config.model).train().neck
    assert not any(value.requires_grad for value in neck.parameters())
    assert not any(module.training for module in neck.modules())

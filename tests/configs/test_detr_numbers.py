"""DETR against OADP's IV-B 3 and Table IV, and against the host's model.

What the paper leaves open is DETR's and UP-DETR's code.
"""
from __future__ import annotations

import pytest
from mmengine.hub import get_config
from mmengine.optim import build_optim_wrapper
from torch import nn

DETR = [f'benchmarks/detr_resnet50_8xb2-{frozen}300e_coco.py' for frozen in ('', 'frozen-stage1-')]


@pytest.mark.parametrize('name', DETR)
def test_rates_and_length(name, load, outline):
    """"1e-4 for transformers and 5e-5 for the CNN backbone", 300 epochs; all of it decays."""
    config = load(name)
    assert config.optim_wrapper.optimizer.type == 'AdamW'
    assert config.optim_wrapper.clip_grad.max_norm == 0.1
    assert (config.train_cfg.type, config.train_cfg.max_epochs) == ('EpochBasedTrainLoop', 300)
    [schedule] = config.param_scheduler
    assert (schedule.milestones, schedule.gamma, schedule.get('by_epoch', True)) == (
        [200], 0.1, True)
    assert 8 * config.train_dataloader.batch_size == config.auto_scale_lr.base_batch_size == 16
    assert config.train_dataloader.sampler == dict(type='DefaultSampler', shuffle=True)
    assert config.default_hooks.checkpoint.by_epoch and config.log_processor.by_epoch
    model = outline(config.model).train()
    groups = build_optim_wrapper(model, config.optim_wrapper).optimizer.param_groups
    inside = {id(value) for value in model.backbone.parameters()}
    assert {(id(value) in inside, group['lr'], group['weight_decay'])
            for group in groups for value in group['params']} == {
        (True, 5e-5, 1e-4), (False, 1e-4, 1e-4)}


def test_all_stages_are_trained_or_all_but_the_first(load, outline):
    for name, frozen in zip(DETR, ({'bn'}, {'bn', 'conv1', 'layer1'}), strict=True):
        backbone = outline(load(name).model).train().backbone
        norms = {key for key, module in backbone.named_modules()
                 if isinstance(module, nn.BatchNorm2d)}
        assert {'bn' if key.rpartition('.')[0] in norms else key.split('.')[0]
                for key, value in backbone.named_parameters() if not value.requires_grad} == frozen


def test_the_rest_is_the_hosts_model_and_its_pipeline(load):
    host = get_config('mmdet::detr/detr_r50_8xb2-150e_coco.py')
    config = load(DETR[0])
    ours, theirs = config.model.to_dict(), host.model.to_dict()
    assert ours['backbone'].pop('init_cfg')['type'] == 'oadp_mm.CheckedPretrained'
    assert theirs['backbone'].pop('init_cfg')['type'] == 'Pretrained'
    assert (ours['backbone'].pop('frozen_stages'), theirs['backbone'].pop('frozen_stages')) == (
        -1, 1)
    assert ours == theirs
    steps = {step['type']: step for step in config.train_dataloader.dataset.pipeline}
    host_steps = {step['type']: step for step in host.train_dataloader.dataset.pipeline}
    assert steps.keys() == host_steps.keys()

    def sizes(step: dict) -> list:
        """Crops, and the two sides between which an image is fitted, in any order."""
        return [[[{*map(tuple, map(sorted, each['scales']))}] if 'scales' in each else dict(each)
                 for each in branch] for branch in step['transforms']]
    assert sizes(steps['RandomChoice']) == sizes(host_steps['RandomChoice'])

from __future__ import annotations

import pytest
import torch
from mmengine.config import Config
from mmengine.evaluator import Evaluator

HOOK = {'type': 'oadp_mm.TrainingLengthHook'}
TWO_EPOCHS = {'by_epoch': True, 'max_epochs': 2}


@pytest.fixture(autouse=True)
def no_variable(monkeypatch):
    monkeypatch.delenv('OADP_EPOCHS', raising=False)


def train(line, make_runner, schedule, **changed):
    runner = make_runner(line, [HOOK], train_cfg=changed.pop('train_cfg', TWO_EPOCHS),
                         param_scheduler=schedule, **changed)
    runner.train()


@pytest.mark.parametrize('told', ['2', '02', ' 2', '2.0', ''])
def test_a_length_is_a_number(line, make_runner, monkeypatch, told):
    monkeypatch.setenv('OADP_EPOCHS', told)
    train(line, make_runner, None, cfg=Config({'epochs': 2.0}))


def test_a_rate_that_rests_before_the_end_is_refused(line, make_runner):
    with pytest.raises(ValueError, match='falls for 8 iterations, but the training has 16'):
        train(line, make_runner, [{'type': 'CosineAnnealingLR', 'T_max': 1, 'end': 1}])


@pytest.mark.parametrize('schedule', [
    None,
    [{'type': 'CosineAnnealingLR'}],
    [{'type': 'CosineAnnealingLR', 'by_epoch': False, 'T_max': 16, 'end': 16}],
    [{'type': 'CosineAnnealingLR', 'T_max': 1, 'end': 1}, {'type': 'ConstantLR', 'begin': 1}],
    [{'type': 'CosineAnnealingMomentum', 'T_max': 1, 'end': 1}],  # no learning rate
    [{'type': 'PolyLR', 'end': 2, 'convert_to_iter_based': True}],
    # constant after a warm-up, and falling in steps, as it is meant
    [{'type': 'LinearLR', 'by_epoch': False, 'end': 5}],
    [{'type': 'MultiStepLR', 'milestones': [1], 'end': 1}],
])
def test_one_length_passes(line, make_runner, schedule, monkeypatch):
    monkeypatch.setenv('OADP_EPOCHS', '2')
    train(line, make_runner, schedule, cfg=Config({'epochs': 2}))
    assert len(line.steps) == 0  # nothing but the check is attached here


@pytest.mark.parametrize('schedule', [
    [{'type': 'CosineAnnealingLR', 'T_max': 200, 'end': 200}],
    [{'type': 'CosineAnnealingLR', 'T_max': 200}],  # whose end the runner fills in
    [{'type': 'CosineAnnealingLR', 'T_max': 200, 'convert_to_iter_based': True}],
    [{'type': 'CosineAnnealingLR', 'T_max': 200}, {'type': 'CosineAnnealingMomentum'}],
    [{'type': 'LinearLR', 'end': 1},
     {'type': 'CosineAnnealingLR', 'begin': 1, 'end': 200, 'convert_to_iter_based': True}],
    [{'type': 'PolyLR', 'end': 200, 'convert_to_iter_based': True}],
])
def test_a_rate_that_would_stop_in_mid_air_is_refused(line, make_runner, schedule):
    """8 batches an epoch, 200 epochs planned and 2 trained."""
    with pytest.raises(ValueError, match='falls for 1600 iterations, but the training has 16'):
        train(line, make_runner, schedule)


def test_a_resumed_run_keeps_its_length(line, make_runner):
    schedule = [{'type': 'CosineAnnealingLR', 'by_epoch': False}]
    train(line, make_runner, schedule, train_cfg={'by_epoch': True, 'max_epochs': 1})
    with pytest.raises(ValueError, match=r'falls for 8 .* has 16: resume with the epochs'):
        train(line, make_runner, schedule, resume=True)


def test_another_number_in_the_environment_is_refused(line, make_runner, monkeypatch):
    monkeypatch.setenv('OADP_EPOCHS', '6')
    with pytest.raises(ValueError, match=r'OADP_EPOCHS says 6 epochs, but .*max_epochs is 2'):
        train(line, make_runner, None)


def test_an_option_that_nothing_reads_is_refused(line, make_runner):
    with pytest.raises(ValueError, match=r'epochs says 6 epochs, but .*max_epochs is 2: give one'):
        train(line, make_runner, None, cfg=Config({'epochs': 6}))


def test_a_training_that_counts_iterations_has_no_epochs_to_compare(line, make_runner,
                                                                    monkeypatch):
    monkeypatch.setenv('OADP_EPOCHS', '6')
    train(line, make_runner, [{'type': 'CosineAnnealingLR', 'by_epoch': False}],
          train_cfg={'by_epoch': False, 'max_iters': 3})


def test_a_mere_validation_has_no_length(line, make_runner, monkeypatch):
    """A hook of a run that does not train must not build the training's data."""
    monkeypatch.setenv('OADP_EPOCHS', '6')
    hooks = [{'type': f'oadp_mm.{name}'} for name in (
        'TrainingLengthHook', 'SeedHook', 'OptimizerStepsHook', 'CropScheduleHook',
        'FiniteLossHook')]
    loader = {'dataset': [{'inputs': torch.ones(1)}], 'batch_size': 1, 'num_workers': 0,
              'collate_fn': {'type': 'default_collate'},
              'sampler': {'type': 'DefaultSampler', 'shuffle': False}}
    runner = make_runner(line, hooks, {'type': 'NoSuchDataset'}, val_dataloader=loader,
                         val_cfg={}, val_evaluator=Evaluator([]))
    assert runner.val() == {}

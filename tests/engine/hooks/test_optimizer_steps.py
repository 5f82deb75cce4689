"""What the first line of a training says, against the steps that its optimizer takes."""
from __future__ import annotations

import math

import pytest
import torch
from mmengine.optim import OptimWrapper
from torch import nn

from oadp_mm.engine import OptimizerStepsHook, Runner

#: 8 items in batches of 2.
LENGTH = 4


@pytest.fixture
def start(line, make_runner, tmp_path):
    """Train; return the log and the optimizer's steps, counted by itself."""

    def train(batches=1, few=1, cfg=None, loader=None, scaling=None, told=None, **changed):
        taken = []
        optimizer = torch.optim.SGD(line.parameters(), lr=0.2)
        optimizer.register_step_post_hook(lambda *_: taken.append(1))
        runner = make_runner(
            line, [{'type': 'oadp_mm.OptimizerStepsHook', 'few': few}],
            loader={'batch_size': 2, **(loader or {})},
            optim_wrapper=OptimWrapper(optimizer, accumulative_counts=batches),
            train_cfg=cfg or {'by_epoch': True, 'max_epochs': 3},
            cfg={'auto_scale_lr': scaling, **(told or {})}, **changed)
        runner.train()
        logs = sorted((tmp_path / 'work').rglob('*.log'), key=lambda path: path.stat().st_mtime)
        return logs[-1].read_text(), len(taken)

    return train


@pytest.mark.parametrize('batches', range(1, 15))
def test_the_steps_are_those_that_the_optimizer_takes(start, batches):
    """12 iterations; what is left over at the end makes a step, too."""
    log, taken = start(batches)
    assert taken == math.ceil(12 / batches)
    of = f' ({batches} batches a step)' if batches > 1 else ''
    assert ('8 images, 4 iterations an epoch of 2 images, 3 epochs = 12 iterations = '
            f'{taken} optimizer step{"s" if taken > 1 else ""}{of}\n') in log


def test_a_training_that_counts_iterations(start):
    log, taken = start(4, cfg={'by_epoch': False, 'max_iters': 10},
                       loader={'sampler': {'type': 'InfiniteSampler'}})
    assert taken == 3
    assert '8 images, 10 iterations of 2 images = 3 optimizer steps (4 batches a step)\n' in log


def test_a_batch_sampler_is_asked_for_its_size(start):
    log, _ = start(loader={'batch_sampler': {'type': 'oadp_mm.FullBatchSampler'}})
    assert '4 iterations an epoch of 2 images, 3 epochs' in log


def test_a_resumed_training_says_what_is_done(start):
    start(cfg={'by_epoch': True, 'max_epochs': 1})
    log, taken = start(resume=True)
    assert taken == 8
    assert '= 12 iterations = 12 optimizer steps; 4 iterations done\n' in log


def test_other_processes_are_counted(start, monkeypatch):
    monkeypatch.setattr('oadp_mm.engine.hooks.optimizer_steps.get_world_size', lambda: 2)
    assert 'an epoch of 2 images in each of 2 processes, 3 epochs' in start()[0]


class TestFewSteps:
    def test_enough(self, start):
        assert 'too few' not in start(few=12)[0]

    def test_longer_is_the_way_where_nothing_accumulates(self, start):
        log, _ = start(few=13)
        assert ('12 optimizer steps, fewer than 13, may be too few to learn from: consider '
                '--cfg-options train_cfg.max_epochs=4\n') in log

    def test_a_training_of_the_pretrain_command_is_told_its_option(self, start):
        asked = {'asked': {'folder': 'nuclei', 'epochs': 3}}
        log, _ = start(few=13, told=asked)
        assert 'may be too few to learn from: consider --epochs 4\n' in log
        log, _ = start(6, few=30, told=asked)
        assert ('consider --cfg-options optim_wrapper.accumulative_counts=1 '
                'optim_wrapper.optimizer.lr=0.0333 --epochs 8, or --epochs 45\n') in log

    def test_the_advice_is_enough_and_no_more(self, start):
        """Accumulating 2 and not 6 batches, at a third of the rate; or 5 steps of 6 in 30."""
        log, taken = start(6, few=5)
        assert taken == 2
        assert ('2 optimizer steps, fewer than 5, may be too few to learn from: consider '
                '--cfg-options optim_wrapper.accumulative_counts=2 '
                'optim_wrapper.optimizer.lr=0.0667, or train_cfg.max_epochs=8\n') in log
        assert math.ceil(12 / 2) >= 5 > math.ceil(12 / 3)
        assert math.ceil(8 * LENGTH / 6) >= 5

    def test_both_are_needed_where_there_are_few_iterations(self, start):
        """12; 30 steps of one batch are 8 epochs of 4, and of 6 batches 45."""
        log, _ = start(6, few=30)
        assert ('--cfg-options optim_wrapper.accumulative_counts=1 '
                'optim_wrapper.optimizer.lr=0.0333 train_cfg.max_epochs=8, or '
                'train_cfg.max_epochs=45\n') in log
        assert 8 * LENGTH >= 30 > 7 * LENGTH
        assert 45 * LENGTH / 6 == 30

    def test_the_rate_is_in_proportion_to_the_images_that_the_config_says_it_is_for(self, start):
        """0.2 for 64 images, as the README has it: 0.0125 for the 4 of 2 batches of 2."""
        log, _ = start(6, few=5, scaling={'base_batch_size': 64, 'enable': False})
        assert 'accumulative_counts=2 optim_wrapper.optimizer.lr=0.0125, or' in log

    def test_a_rate_that_scales_on_its_own_stays(self, start):
        log, _ = start(6, few=5, cls=Runner, scaling={'base_batch_size': 64, 'enable': True})
        assert 'consider --cfg-options optim_wrapper.accumulative_counts=2, or train_cfg' in log

    def test_iterations(self, start):
        log, _ = start(2, few=7, cfg={'by_epoch': False, 'max_iters': 12},
                       loader={'sampler': {'type': 'InfiniteSampler'}})
        assert ('accumulative_counts=1 optim_wrapper.optimizer.lr=0.1, or '
                'train_cfg.max_iters=14\n') in log

    def test_the_default_is_where_a_target_has_forgotten_its_start(self):
        assert 0.99**OptimizerStepsHook().few < 0.01

    def test_one(self, start):
        """Each thing of which there is one."""
        log, _ = start(8, few=2, cfg={'by_epoch': True, 'max_epochs': 1}, loader={'batch_size': 8})
        assert ('8 images, 1 iteration an epoch of 8 images, 1 epoch = 1 iteration = 1 optimizer '
                'step (8 batches a step)\n') in log
        assert '1 optimizer step, fewer than 2, may' in log


def test_several_optimizers_are_left_alone():
    class Runner:
        optim_wrapper = {'a': nn.Identity()}

    OptimizerStepsHook().before_train(Runner)


def test_the_rate_in_the_log_is_not_that_of_a_frozen_stem(line, make_runner, tmp_path):
    weights = list(line.parameters())
    groups = [{'params': weights[:1], 'lr': 0.0}, {'params': weights[1:], 'lr': 0.25}]
    runner = make_runner(line, [{'type': 'oadp_mm.OptimizerStepsHook'}], loader={'batch_size': 2},
                         optim_wrapper=OptimWrapper(torch.optim.SGD(groups, lr=0.5)),
                         train_cfg={'by_epoch': True, 'max_epochs': 1},
                         default_hooks={'logger': {'type': 'LoggerHook', 'interval': 1}})
    runner.train()
    [log] = (tmp_path / 'work').rglob('*.log')
    lines = [each for each in log.read_text().splitlines() if 'Epoch(train)' in each]
    assert len(lines) == 4
    assert all(' lr: 2.5000e-01' in each for each in lines)

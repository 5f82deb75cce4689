from __future__ import annotations

import pytest
import torch
from mmengine.model import BaseModel
from mmengine.registry import OPTIM_WRAPPERS
from torch import nn

from oadp_mm.engine import AfterStepHook

HOOK = {'type': 'oadp_mm.AfterStepHook'}


def test_each_step_is_followed_by_one_call_with_the_progress(line, make_runner):
    make_runner(line, [HOOK], train_cfg={'by_epoch': True, 'max_epochs': 2}).train()
    assert line.steps == [(i + 1) / 16 for i in range(16)]


def test_iterations_count_without_epochs_too(line, make_runner):
    make_runner(line, [HOOK], train_cfg={'by_epoch': False, 'max_iters': 5}).train()
    assert line.steps == [(i + 1) / 5 for i in range(5)]


def test_accumulated_gradients_make_one_step_and_the_rest_another(line, make_runner):
    optim = {'optimizer': {'type': 'SGD', 'lr': 0.01}, 'accumulative_counts': 3}
    make_runner(line, [HOOK], optim_wrapper=optim).train()
    assert line.steps == [3 / 8, 6 / 8, 8 / 8]  # the last step holds the two that are left


def test_a_resumed_training_goes_on_where_it_stopped(line, make_runner):
    cfg = {'by_epoch': True, 'max_epochs': 2}
    make_runner(line, [HOOK], train_cfg={**cfg, 'max_epochs': 1}).train()
    line.steps.clear()
    make_runner(line, [HOOK], train_cfg=cfg, resume=True).train()
    assert line.steps == [(i + 1) / 16 for i in range(8, 16)]


@pytest.mark.parametrize('fused', [False, True])
def test_a_step_skipped_for_an_overflow_is_none(line, make_runner, fused):
    """torch's own GradScaler, on a loss whose third gradient is infinite."""

    @OPTIM_WRAPPERS.register_module(force=True)
    class ScaledOnCPU(OPTIM_WRAPPERS.get('OptimWrapper')):
        scaler = torch.amp.GradScaler('cpu', init_scale=8.0)

        def backward(self, loss, **kwargs):
            self.scaler.scale(loss).backward(**kwargs)
            self._inner_count += 1

        def step(self, **kwargs):
            self.scaler.step(self.optimizer, **kwargs)
            self.scaler.update()

    data = [{'inputs': torch.tensor([1e30 if i == 2 else 1.0])} for i in range(5)]
    optim = {'type': 'ScaledOnCPU', 'optimizer': {'type': 'SGD', 'lr': 0.01, 'fused': fused}}
    make_runner(line, [HOOK], data=data, optim_wrapper=optim).train()
    assert line.steps == [1 / 5, 2 / 5, 4 / 5, 5 / 5]


def test_the_model_knows_that_it_is_attached_while_it_trains(line, make_runner):
    seen = []
    line.after_step = lambda progress: seen.append(line.after_step_attached)
    runner = make_runner(line, [HOOK])
    runner.train()
    assert seen == [True] * 8
    assert not line.after_step_attached
    runner.optim_wrapper.optimizer.step()
    assert len(seen) == 8  # no longer listened to


def test_a_wrapped_model_is_unwrapped(line):
    from mmengine.model import MMDistributedDataParallel

    class Wrapper(MMDistributedDataParallel):
        def __init__(self, module):
            nn.Module.__init__(self)
            self.module = module

    class FakeRunner:
        model, iter, max_iters = Wrapper(line), 4, 10
        optim_wrapper = OPTIM_WRAPPERS.build({
            'type': 'OptimWrapper', 'optimizer': torch.optim.SGD(line.parameters(), 0.1)})

    hook = AfterStepHook()
    hook.before_train(FakeRunner)
    FakeRunner.optim_wrapper.step()
    assert line.steps == [0.5]


def test_a_model_that_moves_its_targets_itself_is_left_alone(make_runner):
    class Plain(BaseModel):
        def __init__(self):
            super().__init__()
            self.weight = nn.Linear(1, 1)

        def forward(self, inputs, mode='loss'):
            return {'loss': self.weight(inputs).mean()}

    make_runner(Plain(), [HOOK]).train()


def test_two_optimizers_are_refused(line):
    class FakeRunner:
        model, optim_wrapper = line, {'a': None}

    with pytest.raises(ValueError, match='with one optimizer, got dict'):
        AfterStepHook().before_train(FakeRunner)

from __future__ import annotations

import re

import pytest
import torch
from mmengine.hooks import Hook
from mmengine.registry import OPTIM_WRAPPERS

NAN, INF = float('nan'), float('inf')
HOOK = {'type': 'oadp_mm.FiniteLossHook'}
EPOCHS = {'by_epoch': True, 'max_epochs': 3}


def files(folder):
    return {path.name: path.read_bytes() for path in folder.glob('*')
            if path.suffix == '.pth' or path.name == 'last_checkpoint'}


@pytest.fixture
def train(line, make_runner):
    """Train on numbers, 2 batches an epoch: the loss of each is its square times the weight's."""

    def run(numbers, hooks=(HOOK,), **changed):
        data = [{'inputs': torch.tensor([float(number)])} for number in numbers]
        make_runner(line, list(hooks), data, **{
            'train_cfg': EPOCHS, 'loader': {'sampler': {'type': 'DefaultSampler',
                                                        'shuffle': False}},
            'default_hooks': {'checkpoint': {'type': 'CheckpointHook', 'interval': 1,
                                             'max_keep_ckpts': 1}}, **changed}).train()

    return run


def test_finite_losses_pass(train):
    train([1, 2])


@pytest.mark.parametrize(('bad', 'called'), [(NAN, 'nan'), (INF, 'inf'), (-INF, 'inf')])
def test_the_first_bad_iteration_ends_the_run(train, tmp_path, bad, called):
    with pytest.raises(ValueError, match=rf'the loss is {called} \(.*\) in iteration 2 of 6, '
                                         r'.* as there is no checkpoint yet'):
        train([1, bad])
    assert files(tmp_path / 'work') == {}


def test_the_good_checkpoint_stays_and_is_named(train, tmp_path, line):
    train([1, 2], train_cfg={**EPOCHS, 'max_epochs': 1})
    before = files(tmp_path / 'work')
    assert before.keys() == {'epoch_1.pth', 'last_checkpoint'}
    path = re.escape(str(tmp_path / 'work' / 'epoch_1.pth'))
    with pytest.raises(ValueError, match=rf'in iteration 4 of 6, .* resume from {path}'):
        train([1, NAN], resume=True)
    assert files(tmp_path / 'work') == before


@pytest.mark.parametrize('hooks', [(HOOK,), ()], ids=['hook', 'no hook'])
def test_a_rate_far_too_high(train, tmp_path, hooks):
    """The weight grows 1e15-fold a step: float32 ends after two, half an epoch after the first."""
    optim = {'optimizer': {'type': 'SGD', 'lr': 1e15}}
    if not hooks:  # what happens otherwise: the last file holds no number, and the good one is gone
        train([1, 1], hooks, optim_wrapper=optim)
        assert files(tmp_path / 'work').keys() == {'epoch_3.pth', 'last_checkpoint'}
        weights = torch.load(tmp_path / 'work' / 'epoch_3.pth', weights_only=False)['state_dict']
        assert not weights['weight.weight'].isfinite().all()
        return
    with pytest.raises(ValueError, match=r'at a learning rate of 1e\+15: train with a lower optim'):
        train([1, 1], hooks, optim_wrapper=optim)
    assert all(torch.load(path, weights_only=False)['state_dict']['weight.weight'].isfinite().all()
               for path in (tmp_path / 'work').glob('*.pth'))


def test_parts_are_named(train, line):
    line.forward = lambda inputs, mode='loss', **meta: {
        'loss_fine': (line.weight(inputs) ** 2).mean(),
        'loss_bad': (line.weight(inputs) * NAN).mean(), 'accuracy': torch.tensor(NAN)}
    with pytest.raises(ValueError, match=r'the loss is nan \(loss_bad=nan\) in iteration 1 of 6'):
        train([1, 1])


def test_statistics_behind_a_finite_loss_are_not_saved(train, line, tmp_path):
    line.register_buffer('mean', torch.tensor([1.0, INF]))
    with pytest.raises(ValueError, match='1 of 2 weights, statistics and moments are not '
                                         'finite, such as mean, in iteration 2 of 6'):
        train([1, 1])
    assert files(tmp_path / 'work').keys() <= {'last_checkpoint'}


@pytest.mark.parametrize('skipped', [True, False])
def test_gradients_that_overflow_in_mixed_precision_are_skipped(train, line, skipped):
    """The second step's gradient is infinite, its loss is not: without a scaler the weights are
    lost, which is seen before they are saved.
    """
    steps = []

    def overflow(gradient):
        steps.append(1)
        return gradient * (INF if len(steps) == 2 else 1)

    @OPTIM_WRAPPERS.register_module(force=True)
    class Scaled(OPTIM_WRAPPERS.get('OptimWrapper')):
        scaler = torch.amp.GradScaler('cpu', init_scale=8.0)

        def backward(self, loss, **kwargs):
            self.scaler.scale(loss).backward(**kwargs)
            self._inner_count += 1

        def step(self, **kwargs):
            self.scaler.step(self.optimizer, **kwargs)
            self.scaler.update()

    line.weight.weight.register_hook(overflow)
    optim = {'type': 'Scaled' if skipped else 'OptimWrapper',
             'optimizer': {'type': 'SGD', 'lr': 0.01}}
    if skipped:
        train([1, 1], optim_wrapper=optim)
        assert line.weight.weight.isfinite().all()
    else:
        with pytest.raises(ValueError, match='1 of 1 weights, statistics and moments are not'):
            train([1, 1], optim_wrapper=optim)


@pytest.mark.parametrize('what', ['moment', 'pending gradient'])
def test_what_a_resumed_run_would_take_up_is_not_saved(train, line, tmp_path, what):
    """The loss and the weights are finite still; the next step would lose them."""
    optim = {'optimizer': {'type': 'SGD', 'lr': 0.01, 'momentum': 0.9},
             'accumulative_counts': 1 if what == 'moment' else 3}

    class Poison(Hook):
        priority = 'LOW'  # before the checkpoint

        def after_train_epoch(self, runner) -> None:
            if what == 'moment':
                runner.optim_wrapper.optimizer.state[line.weight.weight][
                    'momentum_buffer'].fill_(INF)
            else:
                line.weight.weight.grad.fill_(NAN)

    with pytest.raises(ValueError, match=f'such as .*{what.split()[-1]}'):
        train([1, 1], (HOOK, Poison()), optim_wrapper=optim)
    assert not list((tmp_path / 'work').glob('*.pth'))

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from mmengine.hooks import Hook

from oadp_mm.engine import CheckpointHook, Runner

HOOKS = [{'type': 'oadp_mm.AfterStepHook'}]


def saving(**options) -> dict:
    return {'checkpoint': {'type': 'oadp_mm.CheckpointHook', 'interval': 1, **options}}


def epochs(number: int) -> dict:
    return {'by_epoch': True, 'max_epochs': number}


def data(images: int) -> list[dict]:
    generator = torch.Generator().manual_seed(0)
    return [{'inputs': torch.randn(1, generator=generator)} for _ in range(images)]


class StopAfter(Hook):
    priority = 'LOWEST'  # when the checkpoint is written

    def __init__(self, epochs: int) -> None:
        self.epochs = epochs

    def after_train_epoch(self, runner) -> None:
        if runner.epoch + 1 == self.epochs:
            raise KeyboardInterrupt


def train(make_runner, line, *, stop: int = 0, **changed) -> Runner:
    hooks = [*HOOKS, *([StopAfter(stop)] * bool(stop))]
    runner = make_runner(line, hooks, **{'cls': Runner, 'default_hooks': saving(),
                                         'train_cfg': epochs(4), **changed})
    try:
        runner.train()
    except KeyboardInterrupt:
        assert stop
    return runner


@pytest.mark.parametrize('keep', [1, 2, 3, -1])
def test_the_newest_stay_and_an_old_one_goes_last(line, make_runner, monkeypatch, keep):
    """While a checkpoint is written, all those that were to stay are there."""
    before = []
    write = Runner.save_checkpoint

    def watched(self, out_dir, filename, *args, **options):
        before.append(len(list(Path(out_dir).glob('epoch_*.pth'))))
        write(self, out_dir, filename, *args, **options)

    monkeypatch.setattr(Runner, 'save_checkpoint', watched)
    runner = train(make_runner, line, default_hooks=saving(max_keep_ckpts=keep))
    left = 4 if keep < 0 else keep
    names = {f'epoch_{4 - age}.pth' for age in range(left)}
    assert {path.name for path in Path(runner.work_dir).glob('*.pth')} == names
    assert before == [min(epoch, left) for epoch in range(4)]


def test_the_epochs_of_scds_fig_6_can_be_kept_alone(line, make_runner, tmp_path):
    """As configs/scd/README.md has it: 15, 100, one more, and the last."""
    train(make_runner, line, train_cfg=epochs(200), data=data(1), default_hooks=saving(
        save_begin=15, interval=85, max_keep_ckpts=-1))
    names = {path.name for path in (tmp_path / 'work').glob('epoch_*.pth')}
    assert names == {f'epoch_{epoch}.pth' for epoch in (15, 100, 185, 200)}


def test_a_resumed_run_keeps_as_many(line, make_runner):
    train(make_runner, line, stop=2, default_hooks=saving(max_keep_ckpts=1))
    runner = train(make_runner, line, resume=True, default_hooks=saving(max_keep_ckpts=1))
    assert {path.name for path in Path(runner.work_dir).glob('*.pth')} == {'epoch_4.pth'}


@pytest.mark.parametrize('images', [7, 8])
def test_a_resumed_run_takes_the_same_steps(line, make_runner, tmp_path, images):
    """Three batches make a step and do not divide an epoch, so that gradients are pending."""
    options = {'data': data(images), 'optim_wrapper': {
        'optimizer': {'type': 'SGD', 'lr': 0.1, 'momentum': 0.9}, 'accumulative_counts': 3}}
    start = line.weight.weight.detach().clone()
    train(make_runner, line, work_dir=str(tmp_path / 'whole'), **options)
    expected = line.weight.weight.detach().clone()
    for folder, gradients in (('kept', True), ('lost', False)):
        line.weight.weight.data = start.clone()
        line.weight.weight.grad = None
        work_dir = str(tmp_path / folder)
        train(make_runner, line, work_dir=work_dir, stop=2, **options)
        path = tmp_path / folder / 'epoch_2.pth'
        content = torch.load(path, weights_only=False)
        assert content['gradients'].keys() == {'weight.weight'}
        if not gradients:
            del content['gradients']
            torch.save(content, path)
        line.weight.weight.grad = None
        train(make_runner, line, work_dir=work_dir, resume=True, **options)
        assert torch.equal(line.weight.weight, expected) == gradients


def test_without_accumulation_nothing_is_pending(line, make_runner):
    runner = train(make_runner, line)
    assert 'gradients' not in torch.load(Path(runner.work_dir) / 'epoch_4.pth', weights_only=False)


@pytest.mark.parametrize(('changed', 'told'), [
    ({'data': data(4)}, '8 images then and 4 now, .*8 iterations an epoch then and 4 now'),
    ({'data': data(20)}, '8 iterations an epoch then and 20 now'),
    ({'loader': {'batch_size': 4}}, '1 images an optimizer step then and 4 now'),
    ({'train_cfg': epochs(8)}, '32 iterations in all then and 64 now'),
])
def test_a_run_that_counts_otherwise_is_not_resumed(line, make_runner, changed, told):
    options = {'data': data(8)}
    train(make_runner, line, stop=2, **options)
    with pytest.raises(ValueError, match=told):
        train(make_runner, line, resume=True, **{**options, **changed})


def test_a_training_by_epochs_is_not_saved_within_one(line, make_runner):
    """It would begin the epoch again and end beyond its last iteration."""
    options = {'default_hooks': saving(by_epoch=False)}
    with pytest.raises(ValueError, match=r'saves it every 1 iterations: set its by_epoch=True'):
        train(make_runner, line, **options)
    assert not line.steps
    runner = train(make_runner, line, train_cfg={'by_epoch': False, 'max_iters': 3}, **options)
    assert (Path(runner.work_dir) / 'iter_3.pth').is_file()


def test_its_weights_are_a_start_for_any_run(line, make_runner, tmp_path):
    runner = train(make_runner, line, stop=2)
    train(make_runner, line, data=data(4), work_dir=str(tmp_path / 'other'),
          load_from=str(Path(runner.work_dir) / 'epoch_2.pth'))


def test_options_are_the_hosts():
    assert CheckpointHook(interval=3, by_epoch=False).interval == 3

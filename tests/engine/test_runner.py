from __future__ import annotations

import logging
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.evaluator import BaseMetric, Evaluator
from mmengine.hooks import Hook
from mmengine.logging import MMLogger
from mmengine.registry import RUNNERS

from oadp_mm.engine import Runner
from oadp_mm.files.checkpoint import CheckpointError
from oadp_mm.files.lock import hold

HOOKS = [{'type': 'oadp_mm.AfterStepHook'}]
EPOCHS = {'by_epoch': True, 'max_epochs': 4}
SAVING = {'checkpoint': {'type': 'oadp_mm.CheckpointHook', 'interval': 1}}


class Epochs(Hook):
    def __init__(self, seen: list[int]) -> None:
        self.seen = seen

    def before_train_epoch(self, runner) -> None:
        self.seen.append(runner.epoch)


@pytest.fixture
def make(line, make_runner):
    """A runner of four epochs; options as make_runner's."""
    def build(**changed) -> Runner:
        return make_runner(line, HOOKS, cls=Runner, **{
            'train_cfg': EPOCHS, 'default_hooks': SAVING, **changed})

    return build


def warnings_of(runner: Runner) -> list[str]:
    lines: list[str] = []
    handler = logging.Handler(level=logging.WARNING)
    handler.emit = lambda record: lines.append(record.getMessage())
    runner.logger.addHandler(handler)
    return lines


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:500])


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[content.index(b'PK\x03\x04', 4) - 90] ^= 1
    path.write_bytes(content)


DAMAGES = {
    'truncated': truncate,
    'a flipped bit': flip_a_bit,
    'empty': lambda path: path.write_bytes(b''),
    'HTML': lambda path: path.write_text('<html><body>404</body></html>'),
    'deleted': Path.unlink,
    'zeros': lambda path: path.write_bytes(bytes(path.stat().st_size)),
}


@pytest.mark.parametrize('damage', DAMAGES)
def test_the_newest_whole_checkpoint_is_resumed(make, damage):
    first = make()
    first.train()
    work_dir = Path(first.work_dir)
    (work_dir / 'epoch_4.pth').unlink()
    DAMAGES[damage](work_dir / 'epoch_3.pth')
    runner = make(resume=True)
    lines = warnings_of(runner)
    epochs = []
    runner.register_hook(Epochs(epochs))
    runner.train()
    assert epochs == [2, 3]  # from epoch_2.pth
    passed_over = [line for line in lines if 'an earlier checkpoint takes its place' in line]
    assert len(passed_over) == (damage != 'deleted')


@pytest.mark.parametrize('pointer', ['', 'epoch_', '/elsewhere/epoch_9.pth', '\x00\x01', None])
def test_the_pointer_is_not_trusted(make, pointer):
    runner = make()
    runner.train()
    work_dir = Path(runner.work_dir)
    for epoch in (3, 4):
        (work_dir / f'epoch_{epoch}.pth').unlink()
    (work_dir / 'last_checkpoint').unlink()
    if pointer is not None:
        (work_dir / 'last_checkpoint').write_text(pointer)
    resumed = make(resume=True)
    seen: list[int] = []
    resumed.register_hook(Epochs(seen))
    resumed.train()
    assert seen == [2, 3]


def test_a_folder_of_damaged_checkpoints_is_not_started_anew(make):
    runner = make()
    runner.train()
    for path in Path(runner.work_dir).glob('*.pth'):
        truncate(path)
    with pytest.raises(CheckpointError, match=r'none of the 4 checkpoints of .* can be read'):
        make(resume=True).train()


def test_only_a_run_that_begins_is_initialised(make, line, monkeypatch):
    """Of a resumed one the files of its initialisers may be gone."""
    calls = []
    monkeypatch.setattr(type(line), 'init_weights', lambda self: calls.append(1), raising=False)
    make(resume=True).train()
    assert len(calls) == 1
    (Path(make().work_dir) / 'epoch_4.pth').unlink()
    make(resume=True).train()
    assert len(calls) == 1


def test_an_empty_folder_is_begun_and_says_so(make):
    runner = make(resume=True)
    lines = warnings_of(runner)
    runner.train()
    assert runner.epoch == 4
    assert any('holds no checkpoint to resume: the training begins' in line for line in lines)


def test_a_checkpoint_appears_whole(make, monkeypatch):
    """A write that fails half-way leaves the file of before."""
    runner = make()
    runner.train()
    path = Path(runner.work_dir) / 'epoch_4.pth'
    before = path.read_bytes()

    def half(content, file):
        file.write(b'PK')
        raise OSError(28, 'No space left on device')

    monkeypatch.setattr('mmengine.runner.checkpoint.torch.save', half)
    with pytest.raises(OSError, match='No space left'):
        runner.save_checkpoint(runner.work_dir, 'epoch_4.pth')
    assert path.read_bytes() == before
    assert not [each for each in path.parent.iterdir() if each.name.endswith('.partial')]


@pytest.mark.parametrize(('batch', 'accumulated'), [(16, 1), (8, 2), (4, 4)])
def test_a_scaled_rate_counts_accumulated_batches(make, batch, accumulated):
    runner = make(
        loader={'batch_size': batch, 'dataset': [{'inputs': torch.ones(1)}] * 16},
        optim_wrapper={'optimizer': {'type': 'SGD', 'lr': 0.1},
                       'accumulative_counts': accumulated},
        auto_scale_lr={'base_batch_size': 64, 'enable': True})
    runner.train()
    assert runner.optim_wrapper.get_lr()['lr'] == [pytest.approx(0.1 * 16 / 64)]


def test_no_workers_need_no_other_option(make):
    make(loader={'num_workers': 0, 'persistent_workers': True, 'pin_memory': True}).train()


def test_a_config_that_lies_in_the_work_dir_keeps_its_notes(make, tmp_path):
    text = '# why it is so\nresume = False\n'
    for folder in (tmp_path / 'work', tmp_path):
        folder.mkdir(exist_ok=True)
        (folder / 'mine.py').write_text(text)
        runner = make()
        runner.cfg = Config.fromfile(folder / 'mine.py')
        runner.train()
        written = (tmp_path / 'work/mine.py').read_text()
        assert written == (text if folder.name == 'work' else Config.fromstring(
            text, '.py').pretty_text)


def test_a_refused_run_writes_no_config(make, tmp_path):
    class Refuse(Hook):
        def before_train(self, runner) -> None:
            raise ValueError('no')

    (tmp_path / 'theirs.py').write_text('a = 1')
    cfg = Config.fromfile(tmp_path / 'theirs.py')
    runner = make(cfg=cfg)
    runner.register_hook(Refuse())
    with pytest.raises(ValueError, match='no'):
        runner.train()
    assert not (Path(runner.work_dir) / 'theirs.py').exists()
    runner = make(cfg=cfg)
    runner.train()
    assert Config.fromfile(Path(runner.work_dir) / 'theirs.py').a == 1


def test_a_host_builds_it_by_name():
    assert RUNNERS.get('oadp_mm.Runner') is Runner


def test_the_log_begins_with_the_training(make):
    runner = make(cfg=Config({f'option_{number}': number for number in range(300)}))
    runner.train()
    log, = Path(runner.log_dir).glob('*.log')
    lines = log.read_text().splitlines()
    first = next(number for number, line in enumerate(lines) if 'Checkpoints will be' in line)
    assert first < 12
    assert 'Python' in (Path(runner.log_dir) / 'environment.txt').read_text()
    assert MMLogger.get_current_instance() is runner.logger


def test_two_trainings_do_not_share_a_folder(make):
    runner = make()
    with hold(Path(runner.work_dir), 'training'), pytest.raises(
            OSError, match=r'another training is running in .*--work-dir'):
        runner.train()


def test_a_run_that_begins_anew_over_another_says_so(make):
    first = make()
    assert not warnings_of(first)
    first.train()
    again = make()
    lines = warnings_of(again)
    again.train()
    assert [line for line in lines if 'epoch_4.pth is of an earlier training' in line]
    resumed = make(resume=True)
    lines = warnings_of(resumed)
    resumed.train()
    assert not [line for line in lines if 'earlier training' in line]


class Validations(Hook):
    """Counts those that end; the first may be stopped on its way, as Ctrl-C does."""

    def __init__(self, stop: bool) -> None:
        self.stop, self.ended = stop, 0

    def before_val_iter(self, runner, batch_idx, data_batch=None) -> None:
        if self.stop:
            raise KeyboardInterrupt

    def after_val_epoch(self, runner, metrics=None) -> None:
        self.ended += 1


class Counted(BaseMetric):
    def process(self, data_batch, data_samples) -> None:
        self.results += data_samples

    def compute_metrics(self, results) -> dict:
        return {'count': len(results)}


@pytest.mark.parametrize('by_epoch', [True, False])
def test_a_training_stopped_in_its_last_validation_validates_when_it_is_resumed(
        by_epoch, line, make_runner):
    def validations(stop: bool, name: str, **changed) -> int:
        hook = Validations(stop)
        loader = {'dataset': [{'inputs': torch.ones(1)}] * 2, 'batch_size': 1, 'num_workers': 0,
                  'collate_fn': {'type': 'default_collate'},
                  'sampler': {'type': 'DefaultSampler', 'shuffle': False}}
        train_cfg = ({'by_epoch': True, 'max_epochs': 2, 'val_interval': 2} if by_epoch else
                     {'by_epoch': False, 'max_iters': 5, 'val_interval': 5})
        runner = make_runner(
            line, [hook], cls=Runner, train_cfg=train_cfg, val_cfg={}, val_dataloader=loader,
            val_evaluator=Evaluator([Counted()]), experiment_name=name,
            default_hooks={'checkpoint': {**SAVING['checkpoint'], 'by_epoch': by_epoch}},
            **({} if by_epoch else {'loader': {'sampler': {'type': 'InfiniteSampler'}}}),
            **changed)
        if stop:
            with pytest.raises(KeyboardInterrupt):
                runner.train()
        else:
            runner.train()
        return hook.ended

    assert validations(True, f'stopped {by_epoch}') == 0
    assert validations(False, f'resumed {by_epoch}', resume=True) == 1
    assert validations(False, f'whole {by_epoch}') == 1

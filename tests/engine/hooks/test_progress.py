from __future__ import annotations

import contextlib
import io
import re
import time

import pytest
import torch
from mmengine.evaluator import BaseMetric
from mmengine.hooks import Hook
from mmengine.registry import METRICS

from oadp_mm.engine import ProgressHook

WIPE = '\r\x1b[K'


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Clock(Hook):
    """Makes an iteration take so many seconds, and everything else none."""

    priority = 'LOWEST'
    seconds, now = 1.0, 0.0

    def _before_iter(self, runner, batch_idx, data_batch=None, mode='train'):
        self.now += self.seconds


@METRICS.register_module(force=True)
class TalkingMetric(BaseMetric):
    def process(self, data_batch, data_samples):
        self.results += data_samples  # of none it would log a warning first

    def compute_metrics(self, results):
        print('talking')
        return {}


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(time, 'monotonic', lambda: clock.now)
    return clock


@pytest.fixture
def validated():
    """What a runner needs to validate on four samples after every third iteration."""
    loader = {'dataset': [{'inputs': 0.0}] * 4, 'batch_size': 1, 'num_workers': 0,
              'sampler': {'type': 'DefaultSampler', 'shuffle': False}}
    return {'val_dataloader': loader, 'val_cfg': {}, 'val_evaluator': {'type': 'TalkingMetric'},
            'train_cfg': {'by_epoch': False, 'max_iters': 6, 'val_interval': 3}}


def lines(stream):
    """What a reader of the terminal sees between two wipes."""
    return [text for text in stream.getvalue().split(WIPE) if text]


def test_a_terminal_shows_position_loss_and_remaining_time(line, make_runner, clock):
    stream = Terminal()
    silent = {'checkpoint': None, 'logger': None}  # they would log at the end
    make_runner(line, [clock, ProgressHook(stream=stream)], default_hooks=silent,
                train_cfg={'by_epoch': True, 'max_epochs': 3}).train()
    seen = lines(stream)
    assert len(seen) == 24
    assert seen[0] == f'train epoch 1/3 [{"." * 24}] 0/24  eta ?'
    # one second an iteration: twelve of 24 are left at the middle, half of the bar is full
    assert re.fullmatch(rf'train epoch 2/3 \[{"#" * 12}{"." * 12}\] 12/24  loss \S+  eta 0:00:12',
                        seen[12])
    assert 'epoch 3/3' in seen[-1]
    assert stream.getvalue().endswith(WIPE)  # nothing is left behind


def test_fast_iterations_are_drawn_eight_times_a_second(line, make_runner, clock):
    """Of iterations of 1/32 s every fourth is the first after a tenth of a second."""
    stream, clock.seconds = Terminal(), 1 / 32
    make_runner(line, [clock, ProgressHook(stream=stream)]).train()
    assert [re.search(r'(\d)/8', text).group(1) for text in lines(stream)] == ['0', '4']


class Counted(torch.Tensor):
    reads = 0

    def item(self):
        Counted.reads += 1
        return super().item()


@pytest.mark.parametrize(('stream', 'main', 'reads'), [
    (Terminal(), True, 1),  # the line before the fifth iteration; before the first is no loss yet
    (io.StringIO(), True, 2),  # the lines after the first and fifth
    (Terminal(), False, 0),
    (io.StringIO(), False, 0),
])
def test_the_loss_is_read_for_written_lines_alone(
        line, make_runner, clock, monkeypatch, stream, main, reads):
    """On a GPU, each read is a wait for the whole queue."""
    monkeypatch.setattr('oadp_mm.engine.hooks.progress.is_main_process', lambda: main)
    monkeypatch.setattr(Counted, 'reads', 0)
    hook, runner = ProgressHook(interval=1 / 8, stream=stream), make_runner(line, [])
    loss = torch.tensor(2.5, requires_grad=True).as_subclass(Counted)
    for i in range(8):
        hook.before_train_iter(runner, i)
        clock.now += 1 / 32
        hook.after_train_iter(runner, i, outputs={'loss': loss})
    assert Counted.reads == reads == stream.getvalue().count('loss 2.5')


def test_what_others_say_starts_on_an_empty_line(line, make_runner, validated):
    """Logged between two iterations, or printed by a metric after the last one of a validation."""
    stream = Terminal()
    with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
        runner = make_runner(line, [ProgressHook()], **validated,
                             default_hooks={'logger': {'type': 'LoggerHook', 'interval': 3}})
        runner.train()
    assert not runner.logger.filters
    *said, rest = stream.getvalue().split('\n')
    assert rest == ''
    said = [text.rpartition(WIPE)[2] for text in said]
    assert said.count('talking') == 2
    assert sum('(train) [' in text for text in said) == 2
    assert not [text for text in said if re.search(r'\[[#.]{24}\]', text)]


def test_a_resumed_training_starts_where_it_stopped(line, make_runner):
    stream = Terminal()
    make_runner(line, []).train()
    make_runner(line, [ProgressHook(stream=stream)], resume=True,
                train_cfg={'by_epoch': True, 'max_epochs': 2}).train()
    assert lines(stream)[0].startswith(f'train epoch 2/2 [{"#" * 12}{"." * 12}] 8/16')


def test_iterations_without_epochs_and_validation_have_their_own_lines(
        line, make_runner, clock, validated):
    stream = Terminal()
    make_runner(line, [clock, ProgressHook(stream=stream)], **validated).train()
    seen = [text.split(']')[1].split('loss')[0].split('eta')[0].strip() for text in lines(stream)]
    kinds = [text.split(' [')[0] for text in lines(stream)]
    validation = [f'{i}/4' for i in range(4)]
    assert seen == ['0/6', '1/6', '2/6', *validation, '3/6', '4/6', '5/6', *validation]
    assert kinds == ['train'] * 3 + ['val'] * 4 + ['train'] * 3 + ['val'] * 4


def test_a_file_gets_a_line_before_and_after_the_first_iteration_and_then_now_and_then(
        line, make_runner, clock):
    stream = io.StringIO()
    make_runner(line, [clock, ProgressHook(interval=4, stream=stream)]).train()
    seen = stream.getvalue().splitlines()
    assert [re.search(r'(\d)/8', text).group(1) for text in seen] == ['0', '1', '5']
    assert '\r' not in stream.getvalue()
    assert seen[0].endswith('eta ?')
    assert seen[1].endswith('eta 0:00:07')  # seven iterations as long as the first
    assert seen[2].endswith('eta 0:00:03')


def test_only_the_main_process_writes(line, make_runner, monkeypatch):
    monkeypatch.setattr('oadp_mm.engine.hooks.progress.is_main_process', lambda: False)
    stream = Terminal()
    make_runner(line, [ProgressHook(stream=stream)]).train()
    assert stream.getvalue() == ''


def test_an_impossible_interval_is_refused():
    with pytest.raises(ValueError, match='positive number of seconds, got 0'):
        ProgressHook(interval=0)

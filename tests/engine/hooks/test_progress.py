from __future__ import annotations

import io
import re
import time

import pytest
from mmengine.evaluator import BaseMetric
from mmengine.registry import METRICS

from oadp_mm.engine import ProgressHook


class Terminal(io.StringIO):
    def isatty(self):
        return True


@METRICS.register_module(force=True)
class NoMetric(BaseMetric):
    def process(self, data_batch, data_samples):
        pass

    def compute_metrics(self, results):
        return {}


@pytest.fixture
def clock(monkeypatch):
    """Each look at the clock is one second later."""
    seconds = iter(range(10**6))
    monkeypatch.setattr(time, 'monotonic', lambda: float(next(seconds)))


def lines(stream):
    """What a reader of the terminal sees between two wipes."""
    return [text.strip('\r') for text in stream.getvalue().split('\r\x1b[K') if text]


@pytest.mark.usefixtures('clock')
def test_a_terminal_shows_position_loss_and_remaining_time(line, make_runner):
    stream = Terminal()
    make_runner(line, [ProgressHook(stream=stream)],
                train_cfg={'by_epoch': True, 'max_epochs': 3}).train()
    seen = lines(stream)
    assert len(seen) == 24
    assert seen[0] == f'train epoch 1/3 [{"." * 24}] 0/24  eta ?'
    # one second an iteration: twelve of 24 are left at the middle, half of the bar is full
    assert re.fullmatch(rf'train epoch 2/3 \[{"#" * 12}{"." * 12}\] 12/24  loss \S+  eta 0:00:12',
                        seen[12])
    assert 'epoch 3/3' in seen[-1]
    assert stream.getvalue().endswith('\r\x1b[K')  # nothing is left behind


def test_a_resumed_training_starts_where_it_stopped(line, make_runner):
    stream = Terminal()
    make_runner(line, []).train()
    make_runner(line, [ProgressHook(stream=stream)], resume=True,
                train_cfg={'by_epoch': True, 'max_epochs': 2}).train()
    assert lines(stream)[0].startswith(f'train epoch 2/2 [{"#" * 12}{"." * 12}] 8/16')


@pytest.mark.usefixtures('clock')
def test_iterations_without_epochs_and_validation_have_their_own_lines(line, make_runner):
    stream = Terminal()
    loader = {'dataset': [{'inputs': 0.0}] * 4, 'batch_size': 1, 'num_workers': 0,
              'sampler': {'type': 'DefaultSampler', 'shuffle': False}}
    runner = make_runner(
        line, [ProgressHook(stream=stream)], val_dataloader=loader, val_cfg={},
        val_evaluator={'type': 'NoMetric'},
        train_cfg={'by_epoch': False, 'max_iters': 6, 'val_interval': 3})
    runner.train()
    seen = [text.split(']')[1].split('loss')[0].split('eta')[0].strip() for text in lines(stream)]
    kinds = [text.split(' [')[0] for text in lines(stream)]
    validation = [f'{i}/4' for i in range(4)]
    assert seen == ['0/6', '1/6', '2/6', *validation, '3/6', '4/6', '5/6', *validation]
    assert kinds == ['train'] * 3 + ['val'] * 4 + ['train'] * 3 + ['val'] * 4


@pytest.mark.usefixtures('clock')
def test_a_file_gets_a_plain_line_now_and_then(line, make_runner):
    stream = io.StringIO()
    make_runner(line, [ProgressHook(interval=4, stream=stream)]).train()
    seen = stream.getvalue().splitlines()
    assert [re.search(r'(\d)/8', text).group(1) for text in seen] == ['4', '8']
    assert '\r' not in stream.getvalue()
    assert seen[-1].endswith('eta 0:00:00')


def test_only_the_main_process_writes(line, make_runner, monkeypatch):
    monkeypatch.setattr('oadp_mm.engine.hooks.progress.is_main_process', lambda: False)
    stream = Terminal()
    make_runner(line, [ProgressHook(stream=stream)]).train()
    assert stream.getvalue() == ''


def test_an_impossible_interval_is_refused():
    with pytest.raises(ValueError, match='positive number of seconds, got 0'):
        ProgressHook(interval=0)

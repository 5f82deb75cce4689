"""A trial in this process: what it tells, against what the training's length makes of it."""
from __future__ import annotations

import json
import math

import pytest
import torch
from mmengine.config import Config

from oadp_mm.doctor import trial
from oadp_mm.ops.schedules import dynamic_scale
from tests.doctor.tiny_config import write_config
from tests.journey.tiny_folder import forget_runs, write_images


@pytest.fixture(scope='module')
def told(tmp_path_factory):
    """Of 8 images in batches of 4 for 1,000 epochs: 2,000 iterations."""
    folder, lines = tmp_path_factory.mktemp('trial'), []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trial, 'tell', lambda kind, **what: lines.append((kind, what)))
        forget_runs()
        config = Config.fromfile(write_config(
            folder / 'config.py', folder / 'absent', epochs=1000))
        trial.begin(config, str(write_images(folder / 'images')))
        json.dumps(lines)  # as a line each
    return lines


def of(told, kind):
    return [what for name, what in told if name == kind]


def test_the_length_is_told_first(told):
    assert [kind for kind, _ in told] == [
        'workers', 'length', 'course', 'layout', 'checkpoint', 'step', 'step']
    length, = of(told, 'length')
    assert length == dict(images=8, iterations=2000, epochs=1000, batches=1, batch=4, few='')
    assert of(told, 'workers') == [dict(number=2)]


def test_the_schedule_is_that_of_its_formulas(told):
    course, = of(told, 'course')
    assert course['warm_up'] == pytest.approx(1 / 7)
    shown = course['rows']['learning rate']
    warm, last = round(2000 / 7), 1999  # iterations

    def rate(i):
        if i < warm:
            return 0.025 * (1e-4 + (1 - 1e-4) * i / (warm - 1))
        return 0.025 * (1 + math.cos(math.pi * (i - warm) / (2000 - warm))) / 2

    for text, share in zip(shown, (0, .1, .5, 1), strict=True):
        assert float(text) == pytest.approx(rate(round(share * last)), rel=0.01, abs=1e-7)
    assert course['rows']['target keeps'] == [
        f'{1 - 0.01 * (1 + math.cos(math.pi * share)) / 2:.4f}' for share in (0, .1, .5, 1)]


def test_the_crops_shift_at_the_epochs_of_those_shares(told):
    course, = of(told, 'course')
    low, high = dynamic_scale(1000, scale=(0.3, 1.0), start=500, shift='both')
    assert course['rows']['crop of view 2'] == ['0.30-1.00'] * 3 + [f'{low:.2f}-{high:.2f}']


def test_a_step_tells_time_memory_and_bytes_of_its_views(told):
    first, second = of(told, 'step')
    assert first['batch_bytes'] == 4 * 2 * 3 * 96 * 96  # uint8
    assert second['finite'] and second['seconds'] > 0 and second['memory'] > 1 << 20


def test_views_that_are_cut_and_a_checkpoint(told):
    layout, = of(told, 'layout')
    assert layout['side'] == 96 and '3x3 cells of 32 px' in layout['sentence']
    assert of(told, 'checkpoint')[0]['bytes'] > 0


def test_bytes_of_nested_tensors():
    batch = dict(inputs=[torch.zeros(2, 3, dtype=torch.uint8)] * 2, data_samples=[None, 'text'],
                 boxes=torch.zeros(5))
    assert trial.bytes_of(batch) == 2 * 6 + 5 * 4

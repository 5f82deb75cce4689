from __future__ import annotations

from pathlib import Path

import pytest

from oadp_mm.engine.hooks import KeptStepsHook
from oadp_mm.files.checkpoint import read_checkpoint

#: Of a step on a weight w: the gradient of w^2 is 2w.
RATE = 0.01


def kept(folder: Path) -> dict[str, float]:
    return {path.name: float(read_checkpoint(path).tensors['weight.weight'])
            for path in folder.glob('step_*.pth')}


def test_weights_are_those_after_as_many_steps(line, make_runner, tmp_path):
    start = line.weight.weight.item()
    make_runner(line, [{'type': 'oadp_mm.KeptStepsHook', 'steps': [1, 3, 9]}]).train()
    assert kept(tmp_path / 'work') == {
        f'step_{n}.pth': pytest.approx(start * (1 - 2 * RATE) ** n) for n in (1, 3)}


def test_accumulated_batches_are_one_step(line, make_runner, tmp_path):
    start = line.weight.weight.item()
    optim = {'optimizer': {'type': 'SGD', 'lr': RATE}, 'accumulative_counts': 3}
    make_runner(line, [{'type': 'oadp_mm.KeptStepsHook', 'steps': [1, 2]}],
                optim_wrapper=optim).train()
    assert kept(tmp_path / 'work') == {
        f'step_{n}.pth': pytest.approx(start * (1 - 2 * RATE) ** n) for n in (1, 2)}


def test_they_are_not_what_a_run_goes_on_from(line, make_runner, tmp_path):
    make_runner(line, [{'type': 'oadp_mm.KeptStepsHook', 'steps': [3]}]).train()
    assert (tmp_path / 'work/last_checkpoint').read_text().endswith('epoch_1.pth')
    assert read_checkpoint(tmp_path / 'work/step_3.pth').meta['iter'] == 3


@pytest.mark.parametrize('steps', [[0], [-1], [2.5], [True]])
def test_steps_are_whole_numbers_above_0(steps):
    with pytest.raises(ValueError, match='steps must be whole numbers above 0'):
        KeptStepsHook(steps)

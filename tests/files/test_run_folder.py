from __future__ import annotations

import re

import pytest
import torch

from oadp_mm.files.checkpoint import CheckpointError
from oadp_mm.files.run_folder import newest_checkpoint, run_checkpoints


def _save(*paths):
    for path in paths:
        torch.save({'state_dict': {'weight': torch.arange(100.)}, 'meta': {}}, path)


def _half(path):
    path.write_bytes(path.read_bytes()[:path.stat().st_size // 2])


def _flipped(path):
    content = bytearray(path.read_bytes())
    content[content.index(torch.arange(100.).numpy().tobytes()) + 7] ^= 1
    path.write_bytes(content)


def test_newest_is_the_greatest_number_whatever_else_lies_there(tmp_path):
    _save(tmp_path / 'epoch_10.pth', tmp_path / 'epoch_9.pth', tmp_path / 'best_acc_epoch_11.pth',
          tmp_path / '.epoch_12.pth.77.partial', tmp_path / 'backbone.pth')
    (tmp_path / 'last_checkpoint').write_text(str(tmp_path / 'epoch_9.pth'))
    assert run_checkpoints(tmp_path) == [tmp_path / 'epoch_10.pth', tmp_path / 'epoch_9.pth']
    assert newest_checkpoint(tmp_path) == (tmp_path / 'epoch_10.pth', [])


@pytest.mark.parametrize('damage', [
    _half,
    _flipped,
    lambda path: path.write_bytes(b''),
    lambda path: path.write_bytes(b'<html>404 Not Found</html>'),
    lambda path: (path.unlink(), path.mkdir()),
    lambda path: (path.unlink(), path.symlink_to('moved.pth')),
])
def test_a_damaged_one_is_passed_over_and_told_of(tmp_path, damage):
    _save(*(tmp_path / f'iter_{n}.pth' for n in (80, 100, 200)))
    damage(tmp_path / 'iter_200.pth')
    path, passed_over = newest_checkpoint(tmp_path)
    assert path == tmp_path / 'iter_100.pth'
    assert len(passed_over) == 1
    assert str(tmp_path / 'iter_200.pth') in passed_over[0]


@pytest.mark.parametrize(('names', 'message'), [
    ([], 'holds no checkpoint'),
    (['best_acc_epoch_3.pth'], 'holds no checkpoint'),
    (['epoch_3.pth', 'iter_300.pth'], 'in epochs .* and of one in iterations .*: give the file'),
])
def test_a_folder_that_leaves_no_choice_or_a_doubt_is_refused(tmp_path, names, message):
    _save(*(tmp_path / name for name in names))
    with pytest.raises(CheckpointError, match=message):
        newest_checkpoint(tmp_path)


def test_when_none_can_be_read_the_newest_is_the_reason(tmp_path):
    _save(tmp_path / 'epoch_1.pth', tmp_path / 'epoch_2.pth')
    for path in tmp_path.iterdir():
        _half(path)
    with pytest.raises(CheckpointError, match='none of the 2 .* because ' + re.escape(
            str(tmp_path / 'epoch_2.pth'))):
        newest_checkpoint(tmp_path)


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CheckpointError, match=r'there is no folder .*missing'):
        newest_checkpoint(tmp_path / 'missing')


def test_a_folder_of_several_runs_asks_for_one(tmp_path):
    """As `oadp-mm orl` leaves it."""
    for name in ('stage1', 'stage3'):
        (tmp_path / name).mkdir()
        _save(tmp_path / name / 'epoch_2.pth')
    (tmp_path / 'neighbours').mkdir()
    with pytest.raises(CheckpointError, match=re.escape(
            f'{tmp_path} holds no checkpoint, but its folders do: give one of {tmp_path}/stage1, '
            f'{tmp_path}/stage3')):
        newest_checkpoint(tmp_path)

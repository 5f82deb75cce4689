from __future__ import annotations

import runpy
from dataclasses import replace

import pytest
import torch
from mmengine.config import Config

from oadp_mm.files.checkpoint import CheckpointError
from oadp_mm.files.lock import hold
from oadp_mm.journey.asked import Asked
from oadp_mm.journey.pretraining import plan_pretraining
from oadp_mm.journey.work_dir import NAME, Earlier, look, write_config

ASKED = Asked('nuclei', backbone='resnet18', width=4, epochs=3, size=96, batch=8)


@pytest.fixture
def begun(tmp_path):
    """A folder whose first epoch is done."""
    folder = tmp_path / 'run'
    write_config(folder, ASKED, plan_pretraining(ASKED, 544, {}, 0))
    save(folder, 1)
    return folder


def save(folder, epoch) -> None:
    torch.save({'state_dict': {'backbone.conv1.weight': torch.zeros(1)}},
               folder / f'epoch_{epoch}.pth')


def test_a_config_is_complete_and_a_lab_note(begun):
    text = (begun / NAME).read_text()
    lines = text.splitlines()
    assert lines[0] == f'# Asked: {ASKED.command(begun)}'
    assert lines[1] == (f'# Command: mim train mmpretrain {begun}/pretrain.py --work-dir {begun}')
    assert '_base_' not in runpy.run_path(str(begun / NAME))
    config = Config.fromfile(begun / NAME)
    planned = plan_pretraining(ASKED, 544, {}, 0)
    assert all(f'{name}: {reason}'.lower() in text.lower()
               for name, reason in planned.reasons.items())
    assert config.pop('work_dir') == str(begun)
    assert Asked.read(config.pop('asked')) == ASKED
    assert config.to_dict() == planned.config.to_dict()


@pytest.mark.parametrize('name', ["it's #1 \\ $x", 'a\nraise ValueError', 'photos "1"'])
def test_any_name_of_a_folder_is_a_text_and_no_code(tmp_path, name):
    asked = replace(ASKED, folder=f'/{name}')
    path = write_config(tmp_path / 'run', asked, plan_pretraining(asked, 544, {}, 0))
    assert Config.fromfile(path).train_dataloader.dataset.dataset.data_root == f'/{name}'
    save(tmp_path / 'run', 1)
    assert look(tmp_path / 'run', asked) == Earlier(True, False)


def test_a_folder_without_checkpoints_is_a_beginning(tmp_path):
    assert look(tmp_path / 'none', ASKED) == Earlier(False, False)
    assert look(tmp_path, ASKED) == Earlier(False, False)


def test_a_checkpoint_is_gone_on_with_and_the_last_is_the_end(begun):
    assert look(begun, ASKED) == Earlier(True, False)
    save(begun, 3)
    assert look(begun, ASKED) == Earlier(True, True)
    (begun / 'epoch_3.pth').write_bytes(b'half')
    assert look(begun, ASKED) == Earlier(True, False)
    (begun / 'epoch_1.pth').write_bytes(b'half')
    with pytest.raises(CheckpointError, match='none of the 2 checkpoints'):
        look(begun, ASKED)


@pytest.mark.parametrize(('changes', 'message'), [
    ({'epochs': 5}, 'with --epochs 3, and with --epochs 5 it would be another: give another'),
    ({'method': 'byol', 'seed': 1}, 'with --method oadp, no --seed, and with --method byol, '
                                    '--seed 1'),
    ({'folder': '/photos'}, 'with nuclei, and with /photos'),
])
def test_another_pretraining_is_told_by_what_differs(begun, changes, message):
    with pytest.raises(ValueError, match=message):
        look(begun, replace(ASKED, **changes))


@pytest.mark.parametrize('text', [None, 'model = 1', 'asked = dict(', 'asked = 3'])
def test_a_training_of_another_command_is_not_touched(begun, text):
    (begun / NAME).unlink() if text is None else (begun / NAME).write_text(text)
    with pytest.raises(ValueError, match='that oadp-mm pretrain did not begin: give another --wor'):
        look(begun, ASKED)


def test_the_config_of_a_running_training_is_not_replaced(begun):
    text = (begun / NAME).read_text()
    with hold(begun, 'training'), pytest.raises(OSError, match='another training is running'):
        write_config(begun, replace(ASKED, epochs=9), plan_pretraining(ASKED, 544, {}, 0))
    assert (begun / NAME).read_text() == text


def test_proposals_of_the_folder_are_named_whole(tmp_path):
    for given, files in (('', f'{tmp_path}/run/proposals.npz'), ('/a/b.npz', '/a/b.npz')):
        asked = replace(ASKED, method='soco', proposals=given)
        path = write_config(tmp_path / 'run', asked, plan_pretraining(asked, 544, {}, 0))
        assert Config.fromfile(path).train_dataloader.dataset.proposals.files == files

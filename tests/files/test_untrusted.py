"""No file that a run loads executes what is in it: each disguise, by the loader of every run."""
from __future__ import annotations

import gzip
import os
import pickle
from contextlib import suppress
from pathlib import Path

import pytest
import torch
from mmengine.runner import CheckpointLoader

import oadp_mm.files.checkpoint_loading  # noqa: F401 (replaces mmengine's loaders)
from oadp_mm.files.checkpoint import CheckpointError
from oadp_mm.files.safe_pickle import load_torch
from oadp_mm.files.trusted import VARIABLE
from tests.files.disguises import FILES


@pytest.mark.parametrize('disguise', FILES)
def test_nothing_is_executed(tmp_path, disguise, monkeypatch):
    path, proof = tmp_path / 'x.pth', tmp_path / 'proof'
    FILES[disguise](path, proof)
    with pytest.raises(CheckpointError, match=r'executed|readable') as caught:
        CheckpointLoader.load_checkpoint(str(path), map_location='cpu')
    assert str(caught.value).startswith(str(path))
    assert '\n' not in str(caught.value)
    monkeypatch.delattr(torch.serialization, 'safe_globals')  # before torch 2.5
    with pytest.raises(CheckpointError):
        load_torch(path)
    assert not list(tmp_path.glob('proof*'))
    with suppress(Exception):  # what comes after the proof need not be whole
        torch.load(path, weights_only=False)
    if not list(tmp_path.glob('proof*')):
        pickle.loads(path.read_bytes())
    assert list(tmp_path.glob('proof*'))


def test_a_link_a_packed_file_and_a_text_are_no_exceptions(tmp_path):
    path, proof = tmp_path / 'real.pth', tmp_path / 'proof'
    FILES['os.mkdir zipped True'](path, proof)
    (tmp_path / 'link.pth').symlink_to(path)
    (tmp_path / 'packed.pth').write_bytes(gzip.compress(path.read_bytes()))
    (tmp_path / 'config.pth').write_text(f'import os\nos.mkdir({str(proof)!r})\n')
    os.mkfifo(tmp_path / 'pipe.pth')
    (tmp_path / 'zeros.pth').symlink_to('/dev/zero')
    (tmp_path / 'dangling.pth').symlink_to(tmp_path / 'nowhere')
    for name in ('link', 'packed', 'config', 'pipe', 'zeros', 'dangling'):
        with pytest.raises(CheckpointError, match=f'{name}.pth'):
            CheckpointLoader.load_checkpoint(str(tmp_path / f'{name}.pth'), map_location='cpu')
    assert not proof.exists()


def test_its_owner_may_name_one_file(tmp_path, monkeypatch):
    for name in ('mine', 'other'):
        FILES['os.mkdir zipped True'](tmp_path / f'{name}.pth', tmp_path / f'proof of {name}')
    monkeypatch.setenv(VARIABLE, str(tmp_path / 'mine.pth'))
    found = CheckpointLoader.load_checkpoint(str(tmp_path / 'mine.pth'), map_location='cpu')
    assert found['meta']['epoch'] == 1
    assert (tmp_path / 'proof of mine').exists()
    with pytest.raises(CheckpointError, match=f'{VARIABLE}={tmp_path}/other.pth .* runs whatever'):
        CheckpointLoader.load_checkpoint(str(tmp_path / 'other.pth'), map_location='cpu')
    assert not (tmp_path / 'proof of other').exists()


@pytest.mark.parametrize('value', ['', '1', 'true', '/', '.', '*'])
def test_no_word_trusts_them_all(tmp_path, monkeypatch, value):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(VARIABLE, value)
    FILES['os.mkdir zipped True'](Path('x.pth'), tmp_path / 'proof')
    with pytest.raises(CheckpointError, match='not executed'):
        CheckpointLoader.load_checkpoint('x.pth', map_location='cpu')

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from oadp_mm.probes.heat_words import column_titles, tell_apart
from oadp_mm.probes.networks import Network

NETWORK = Network('', torch.nn.Identity(), {}, {}, {})


def test_files_are_told_by_what_they_hold(tmp_path):
    """Names lie: a checkpoint without an ending, a picture called .bin, a damaged photo."""
    for folder in ('run', 'photos'):
        (tmp_path / folder).mkdir()
    for name in ('zip', 'run/epoch_3.pth'):
        torch.save({'a': torch.zeros(1)}, tmp_path / name)
    torch.save({'a': torch.zeros(1)}, tmp_path / 'old.jpg', _use_new_zipfile_serialization=False)
    save_file({'a': torch.zeros(1)}, tmp_path / 'safe')
    for name in ('photos/a.png', 'picture.bin'):
        Image.new('RGB', (4, 4)).save(tmp_path / name, 'PNG')
    (tmp_path / 'damaged.jpg').write_bytes(b'nothing')
    networks = ['random', 'zip', 'run', 'old.jpg', 'random:3', 'safe']
    images = ['photos', 'picture.bin', 'photos/a.png', 'damaged.jpg']
    words = [word if word.startswith('random') else str(tmp_path / word)
             for each in zip(networks, images, strict=False) for word in each]
    words += ['random:3', str(tmp_path / 'safe')]
    found, paths = tell_apart(words)
    assert [Path(word).name for word in found] == networks
    assert paths == [tmp_path / name for name in images]


def test_a_folder_called_random_is_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'random').mkdir()
    assert tell_apart(['random']) == ([], [Path('random')])


def test_neither_is_one_sentence(tmp_path):
    (tmp_path / 'notes.txt').write_text('hello')
    with pytest.raises(ValueError, match=r'notes\.txt is neither a checkpoint nor an image'):
        tell_apart([str(tmp_path / 'notes.txt')])
    with pytest.raises(FileNotFoundError, match=r'there is no nowhere\.pth: give checkpoints'):
        tell_apart(['nowhere.pth'])


def test_titles_are_the_ends_that_tell_apart(tmp_path):
    run = replace(NETWORK, origin={'epoch': '12'})
    (tmp_path / 'a/byol').mkdir(parents=True)
    (tmp_path / 'b/byol').mkdir(parents=True)

    def titles(*words: str) -> list[str]:
        return column_titles([replace(run, name=word) for word in words])

    assert titles('random', 'runs/a/epoch_15.pth', 'runs/a/epoch_100.pth') == [
        'random', 'epoch_15.pth', 'epoch_100.pth']
    assert titles('runs/a/epoch_1.pth', 'runs/b/epoch_1.pth') == ['a/epoch_1.pth', 'b/epoch_1.pth']
    assert titles('random', *(str(tmp_path / each / 'byol') for each in 'ab')) == [
        'random', 'a/byol, epoch 12', 'b/byol, epoch 12']


def test_a_folder_of_runs_is_none_of_images(tmp_path):
    """Whoever reads it says which runs there are."""
    (tmp_path / 'stage1').mkdir()
    torch.save({'state_dict': {}}, tmp_path / 'stage1/epoch_1.pth')
    assert tell_apart([str(tmp_path)]) == ([str(tmp_path)], [])

from __future__ import annotations

import json
import random
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
import torch

from oadp_mm import cli
from oadp_mm.files.checkpoint import read_checkpoint
from oadp_mm.journey.probe_hook import ProbeHook, _untouched_generators
from tests.journey.tiny_folder import TINY, forget_runs, write_images


@pytest.fixture
def labelled(tmp_path):
    """Images of two classes, bright and dark."""
    noise = np.random.default_rng(0)
    for split, count in (('train', 6), ('test', 3)):
        for name, low in (('dark', 0), ('light', 128)):
            folder = tmp_path / 'labelled' / split / name
            folder.mkdir(parents=True)
            for number in range(count):
                pixels = noise.integers(low, low + 128, (40, 40, 3), dtype=np.uint8)
                assert cv2.imwrite(str(folder / f'{number}.png'), pixels)
    return tmp_path / 'labelled'


@pytest.fixture
def pretrain(tmp_path, labelled):
    """A pretraining of three epochs in a folder of this name, probed or not."""
    images = write_images(tmp_path / 'images')

    def run(name: str, *more: str) -> Path:
        forget_runs()
        assert cli.main(['pretrain', str(images), *TINY, '--method', 'scd-moco', '--epochs', '3',
                         '--work-dir', str(tmp_path / name), *more]) == 0
        return tmp_path / name

    return run


def test_files_that_are_left_out_are_warned_of(labelled):
    (labelled / 'train/dark/x.heic').touch()
    said: list[str] = []
    ProbeHook(1, [str(labelled)], ['image']).before_train(
        SimpleNamespace(logger=SimpleNamespace(warning=said.append)))
    assert said == ['probe: files left out by their endings: .heic 1']


def probed(folder: Path) -> list[dict]:
    [log] = folder.glob('*/vis_data/scalars.json')
    rows = map(json.loads, log.read_text().splitlines())
    return [row for row in rows if any(name.startswith('probe/') for name in row)]


def test_a_training_is_the_same_with_it_and_it_says_what_the_probe_says(
        pretrain, labelled, tmp_path, capsys):
    more = ('--probe-every', '2', '--probe-data', str(labelled), '--probe-families', 'image')
    with_it, without = pretrain('with', *more), pretrain('without')
    one, other = (read_checkpoint(folder / 'epoch_3.pth').tensors for folder in (with_it, without))
    assert one.keys() == other.keys()
    assert all(torch.equal(one[name], other[name]) for name in one)
    rows = probed(with_it)
    assert [row['step'] for row in rows] == [4, 6]  # after the second epoch, and the last
    assert probed(without) == []
    assert cli.main(['probe', str(with_it), '--data', str(labelled), '--families', 'image',
                     '--json', str(tmp_path / 'figures.json'), '--work-dir',
                     str(tmp_path / 'probe')]) == 0
    [told] = json.loads((tmp_path / 'figures.json').read_text())['probed']
    expected = {f'probe/image/{each["name"]}': each['value'] for each in told['figures']['image']
                if each['better'] == 'more'}
    assert expected
    assert {name: value for name, value in rows[-1].items() if name != 'step'} == expected
    assert not list(with_it.glob('tmp*'))
    assert 'probe after epoch 3: image: ' in next(with_it.glob('*/*.log')).read_text()


def test_data_without_such_labels_are_told_before_the_first_step(pretrain, labelled, capsys):
    with pytest.raises(AssertionError):
        pretrain('run', '--probe-every', '1', '--probe-data', str(labelled))
    assert 'nothing can be probed on' in capsys.readouterr().err


def test_generators_go_on_as_if_nothing_had_been_drawn():
    def draw():
        return random.random(), np.random.random(), float(torch.rand(()))  # noqa: NPY002

    random.seed(3)
    np.random.seed(3)  # noqa: NPY002
    torch.manual_seed(3)
    expected = [draw(), draw()]
    random.seed(3)
    np.random.seed(3)  # noqa: NPY002
    torch.manual_seed(3)
    found = [draw()]
    with _untouched_generators():
        draw()
    assert [*found, draw()] == expected


def test_no_interval_is_refused():
    with pytest.raises(ValueError, match='--probe-every must be 1 epoch or more, got 0'):
        ProbeHook(0, ['nuclei'], ['dense'])


def test_an_unknown_family_is_refused():
    with pytest.raises(ValueError, match="--probe-families 'pixels' is unknown: give some of imag"):
        ProbeHook(1, ['nuclei'], ['dense', 'pixels'])

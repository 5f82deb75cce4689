from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from oadp_mm import cli
from oadp_mm.files.proposal_file import read_proposals
from tests.datasets.proposals.images import write_folder


@pytest.fixture
def folder(tmp_path):
    return write_folder(tmp_path / 'photos', 3)


def make(folder, *more: str) -> int:
    return cli.main(['proposals', str(folder), '--out', str(folder.parent / 'p.npz'),
                     '--processes', '1', *more])


def annotate(folder):
    path = folder.parent / 'instances.json'
    path.write_text(json.dumps({
        'images': [dict(id=1, file_name='01.png', height=60, width=80)],
        'categories': [dict(id=1, name='thing')],
        'annotations': [dict(id=1, image_id=1, category_id=1, bbox=[0, 0, 80, 60], iscrowd=0,
                             area=4800, segmentation=[])]}))
    return path


@pytest.mark.integration
def test_a_folder_is_made_once_and_anew_when_asked(folder, capsys):
    assert make(folder) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(f'{folder.parent}/p.npz: made in ')
    counts = np.diff(read_proposals(folder.parent / 'p.npz').offsets)
    assert second == (f'4 images of {folder}, {counts.mean():.0f} proposals each ({counts.min()} '
                      f'to {counts.max()})')
    assert make(folder) == 0
    assert capsys.readouterr().out.startswith(f'{folder.parent}/p.npz is there already.')
    assert make(folder, '--scales', '30,60') == 2
    assert capsys.readouterr().err == (
        f'oadp-mm: error: {folder.parent}/p.npz was made with scales [50, 100, 200], not '
        '[30.0, 60.0]: give another --out, or --overwrite\n')
    assert make(folder, '--scales', '30,60', '--overwrite') == 0
    assert read_proposals(folder.parent / 'p.npz').meta['parameters']['scales'] == [30, 60]


@pytest.mark.integration
def test_unreadable_images_are_named(folder, capsys):
    (folder / '00.png').write_bytes(b'no picture')
    (folder / 'x.txt').touch()
    assert make(folder) == 0
    notes = capsys.readouterr().err.splitlines()
    assert notes[0] == 'oadp-mm: note: left out: other files 1'
    assert notes[1].endswith('note: 1 of 4 images cannot be read and have no proposals, such as '
                             'these')
    assert notes[2].startswith(f'oadp-mm: note: {folder}/00.png cannot be read: ')


@pytest.mark.integration
def test_dark_16_bit_images_are_noted(tmp_path, capsys):
    """Each time, also of images that an earlier call has read."""
    (tmp_path / 'photos').mkdir()
    for bits in (9, 10):
        cv2.imwrite(str(tmp_path / f'photos/{bits}.png'),
                    np.linspace(0, 2 ** bits - 1, 4800).astype(np.uint16).reshape(60, 80))
    for _ in range(2):
        assert make(tmp_path / 'photos') == 0
        assert capsys.readouterr().err == (
            'oadp-mm: note: 16-bit images hold no value above 1023, so that they come out dark, in '
            'levels 0 to 3 of 255: --sixteen-bit minmax stretches each over all levels\n')
    assert make(tmp_path / 'photos', '--sixteen-bit', 'minmax', '--overwrite') == 0
    assert not capsys.readouterr().err


@pytest.mark.integration
def test_without_a_readable_image_there_is_an_error(tmp_path, capsys):
    (tmp_path / 'photos').mkdir()
    (tmp_path / 'photos/a.png').write_bytes(b'no picture')
    assert make(tmp_path / 'photos') == 2
    assert capsys.readouterr().err.startswith('oadp-mm: error: no image can be read: ')


@pytest.mark.integration
def test_a_check_prints_the_rows_and_draws_a_sheet(folder, capsys):
    make(folder)
    capsys.readouterr()
    file, annotations = folder.parent / 'p.npz', annotate(folder)
    assert cli.main(['proposals', str(folder), '--check', str(file), '--annotations',
                     str(annotations)]) == 0
    out = capsys.readouterr().out
    row = next(line for line in out.splitlines() if 'all: proposals' in line)
    assert row.split()[-6::2] == ['1.000', '1.000', '1.000']  # the whole image is a proposal
    for name in ('all: random', "SoCo's filter: proposals", "SoCo's filter: random"):
        assert name in out
    assert out.splitlines()[-1] == str(folder.parent / 'p.png')
    assert cv2.imread(str(folder.parent / 'p.png')) is not None


@pytest.mark.parametrize(('words', 'sentence'), [
    (['--processes', '0'], '--processes must be 1 or more, got 0'),
    (['--seed', '-1'], '--seed must be 0 or more, got -1'),
    (['--long-side', '3'], 'long_side must be 16 pixels or more, got 3'),
    (['--min-size', '0'], 'min_size must be 1 pixel or more, got 0'),
    (['--method', 'opencv-fast', '--sigma', '1'], 'opencv-fast has no sigma: leave it out, or')])
def test_a_mistake_is_one_sentence(words, sentence, folder, capsys):
    assert make(folder, *words) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f'oadp-mm: error: {sentence}')
    assert not (folder.parent / 'p.npz').exists()


@pytest.mark.parametrize(('words', 'sentence'), [
    ([], 'proposals are made by oadp-mm proposals FOLDER --out FILE, and checked by'),
    (['x'], 'proposals are made by'),
    (['--check', 'x.npz'], '--check compares proposals with annotated objects: add --annotations'),
    (['--check', 'x.npz', '--annotations', 'y'], 'there are no proposals x.npz: make them by'),
    (['x', '--out', 'y.npz'], 'there is no folder x: give one with images')])
def test_what_is_missing_is_told(words, sentence, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(['proposals', *words]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f'oadp-mm: error: {sentence}')


def test_scales_that_are_no_numbers_are_told(folder, capsys):
    with pytest.raises(SystemExit):
        make(folder, '--scales', '50,x')
    assert "expected numbers such as 50,100,200, got '50,x'" in capsys.readouterr().err

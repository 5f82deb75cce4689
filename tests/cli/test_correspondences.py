"""`oadp-mm neighbours` and `oadp-mm correspondences`, on photos that ship with scikit-image."""
from __future__ import annotations

import re
import shutil

import cv2
import numpy as np
import pytest
import torch

from oadp_mm import cli
from oadp_mm.files.correspondence_file import read_correspondences
from oadp_mm.files.neighbour_file import read_neighbours
from tests.discovery import made
from tests.probes.tiny_network import write_checkpoint


@pytest.fixture
def folder(tmp_path):
    write_checkpoint(tmp_path / 'run/epoch_3.pth')
    return made.write_photos(tmp_path / 'photos')


def near(folder, *more: str) -> int:
    return cli.main(['neighbours', str(folder), '--from', str(folder.parent / 'run'), '--size',
                     '64', '--neighbours', '3', '--embedding', 'backbone',
                     '--out', str(folder.parent / 'n.npz'), *more])


def correspond(folder, *more: str) -> int:
    return cli.main(['correspondences', str(folder), '--from', str(folder.parent / 'run'),
                     '--neighbours', str(folder.parent / 'n.npz'),
                     '--proposals', str(folder.parent / 'p.npz'), '--size', '32',
                     '--min-side', '12', '--out', str(folder.parent / 'c.npz'), *more])


def test_neighbours_are_found_once_and_anew_when_asked(folder, capsys):
    assert near(folder, '--sheet', str(folder.parent / 'n.png')) == 0
    out, err = capsys.readouterr()
    first, second, sheet = out.splitlines()
    assert first.startswith(f'{folder.parent}/n.npz: made in ')
    assert re.fullmatch(rf'7 images of {folder}, 3 neighbours each; cosine of the nearest '
                        r'[01]\.\d+ on the average, of the last [01]\.\d+', second)
    assert cv2.imread(sheet) is not None
    assert err.splitlines() == [
        'oadp-mm: note: 1 of 7 images cannot be read and have no neighbours: 3.png']
    assert near(folder) == 0
    assert capsys.readouterr().out.startswith(f'{folder.parent}/n.npz is there already.')
    assert near(folder, '--size', '96') == 2
    assert capsys.readouterr().err == (f'oadp-mm: error: {folder.parent}/n.npz was made with size '
                                       '64, not 96: give another --out, or --overwrite\n')
    assert near(folder, '--size', '96', '--statistics', 'clean', '--overwrite') == 0
    meta = read_neighbours(folder.parent / 'n.npz').meta
    assert (meta['size'], meta['statistics'], meta['made_of']['epoch']) == (96, 'clean', '3')


def test_fewer_images_than_neighbours_are_noted(folder, capsys):
    assert near(folder, '--neighbours', '10') == 0
    assert capsys.readouterr().err.splitlines()[-1] == (
        'oadp-mm: note: each image has 5 neighbours, not 10: there are no more others that can be '
        'read')


def test_one_image_is_one_sentence(folder, capsys):
    for path in folder.iterdir():
        if path.name != '0.png':
            path.unlink()
    assert near(folder) == 2
    [line] = [line for line in capsys.readouterr().err.splitlines() if 'error' in line]
    assert line == (f'oadp-mm: error: neighbours need 2 images or more, and of 1 in {folder} 1 can '
                    'be read: give a folder with more')


def test_a_checkpoint_without_a_projector_is_told_what_to_do(folder, capsys):
    assert near(folder, '--embedding', 'projector') == 2
    assert 'add --embedding backbone' in capsys.readouterr().err


def test_correspondences_are_found_once_and_anew_when_asked(folder, capsys):
    near(folder)
    made.write_boxes(folder, folder.parent / 'p.npz')
    capsys.readouterr()
    assert correspond(folder, '--sheet', str(folder.parent / 'c.png')) == 0
    out, err = capsys.readouterr()
    first, second, sheet = out.splitlines()
    assert first.startswith(f'{folder.parent}/c.npz: made in ')
    found = read_correspondences(folder.parent / 'c.npz')
    counts = np.diff(found.offsets)[found.sizes.all(1)]
    assert second.startswith(f'7 images of {folder}, {counts.mean():.1f} boxes each (1 to '
                             f'{counts.max()}), ')
    assert second.endswith(' pairs with each of 3 neighbours')
    assert cv2.imread(sheet) is not None
    assert err.endswith('note: 1 of 7 images cannot be read and have no boxes: 3.png\n')
    assert correspond(folder) == 0
    assert capsys.readouterr().out.startswith(f'{folder.parent}/c.npz is there already.')
    assert correspond(folder, '--min-side', '16', '--share', '.5') == 2
    assert capsys.readouterr().err.splitlines()[-1] == (
        f'oadp-mm: error: {folder.parent}/c.npz was made with min_side 12, not 16; with share 0.1, '
        'not 0.5: give another --out, or --overwrite')
    assert correspond(folder, '--share', '.5', '--overwrite') == 0
    assert read_correspondences(folder.parent / 'c.npz').meta['share'] == .5


def test_a_sheet_tells_the_most_alike_from_those_of_all_ranks(folder, monkeypatch):
    """Six images that can be read are at most three pairs."""
    near(folder)
    made.write_boxes(folder, folder.parent / 'p.npz')
    drawn = []
    monkeypatch.setattr(cli.correspondences.options, 'save_sheet',
                        lambda figure, path: drawn.append(figure))
    assert correspond(folder, '--sheet', 'c.png') == 0
    [figure] = drawn
    assert [part.get_suptitle() for part in figure.subfigs] == list(cli.correspondences.HEADINGS)
    assert [len(part.axes) for part in figure.subfigs] == [4, 2]
    assert 'plain surfaces' in cli.correspondences.HEADINGS[0]


def test_neighbours_of_another_folder_are_refused(folder, capsys):
    near(folder)
    made.write_boxes(folder, folder.parent / 'p.npz')
    other = folder.parent / 'others'
    shutil.copytree(folder, other)
    assert correspond(other) == 0  # a copy has the same images
    (other / '0.png').unlink()
    assert correspond(other) == 2
    assert capsys.readouterr().err.splitlines()[-1] == (
        f'oadp-mm: error: the neighbours were made of 7 images of photos, not of these 6 of '
        f'others: make them anew by oadp-mm neighbours {other} --from RUN --out FILE')


def notes(capsys) -> list[str]:
    return [line for line in capsys.readouterr().err.splitlines() if 'cannot be read' not in line]


def test_neighbours_of_another_network_are_noted(folder, capsys):
    near(folder)
    made.write_boxes(folder, folder.parent / 'p.npz')
    assert correspond(folder) == 0 and notes(capsys) == []
    write_checkpoint(folder.parent / 'other/epoch_3.pth', seed=2)
    other = folder.parent / 'other'
    assert correspond(folder, '--overwrite', '--from', str(other)) == 0
    assert notes(capsys) == [
        'oadp-mm: note: the neighbours were found by another network (file epoch_3.pth, epoch 3) '
        f'than --from {other}: give both commands the same --from']


def test_a_size_other_than_that_of_the_views_is_noted(folder, capsys):
    checkpoint = folder.parent / 'run/epoch_3.pth'
    content = torch.load(checkpoint, weights_only=True)
    content['meta']['cfg'] += (
        "\ntrain_dataloader = {'dataset': {'views': {'crop': {'scale': 64}}}}\n")
    torch.save(content, checkpoint)
    assert near(folder) == 0 and notes(capsys) == []
    made.write_boxes(folder, folder.parent / 'p.npz')
    assert correspond(folder) == 0
    run = folder.parent / 'run'
    assert notes(capsys) == [f'oadp-mm: note: {run} was trained on views of 64 px and looks at '
                             '--size 32: --size 64 is what it knows']


@pytest.mark.parametrize(('file', 'command'), [('n.npz', 'neighbours'), ('p.npz', 'proposals')])
def test_files_half_written_are_one_sentence(file, command, folder, capsys):
    near(folder)
    made.write_boxes(folder, folder.parent / 'p.npz')
    path = folder.parent / file
    path.write_bytes(path.read_bytes()[:200])
    assert correspond(folder) == 2
    assert f'or it is damaged: make it anew by oadp-mm {command}' in capsys.readouterr().err

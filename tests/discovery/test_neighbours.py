from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch

from oadp_mm.datasets.decoding import UnreadableImage
from oadp_mm.datasets.proposals.image_list import list_images
from oadp_mm.discovery.neighbours import Task, make_neighbours
from oadp_mm.files.neighbour_file import read_neighbours
from oadp_mm.probes.features import centre
from tests.discovery import made
from tests.oracles import orl_stage2 as oracle

READABLE = [i for i in range(made.IMAGES) if i != made.BAD]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    made.in_small_pieces(monkeypatch)
    return made.write_photos(tmp_path / 'photos')


def test_each_image_has_those_that_loops_find(folder, tmp_path):
    near = make_neighbours(made.near_task(folder), tmp_path / 'n.npz', 2)
    network = made.Counting()
    pictures = torch.stack([centre(folder / f'{i}.png', made.SIZE) for i in READABLE])
    embeddings = network(pictures.float())[0].mean((2, 3)).detach().numpy()
    expected = np.full((made.IMAGES, 3), -1)
    expected[READABLE] = np.array(READABLE)[oracle.nearest(embeddings, 3)]
    np.testing.assert_array_equal(near.neighbours, expected)
    unit = embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)
    first = [READABLE.index(i) for i in expected[READABLE, 0]]
    np.testing.assert_allclose(near.cosines[READABLE, 0], (unit * unit[first]).sum(1), rtol=1e-5)
    assert not near.cosines[made.BAD].any()
    read = read_neighbours(tmp_path / 'n.npz')
    np.testing.assert_array_equal(read.neighbours, expected)
    assert read.names.tolist() == [f'{i}.png' for i in range(made.IMAGES)]
    assert read.lengths.tolist() == [(folder / name).stat().st_size for name in read.names]
    assert read.meta['digest'] == list_images(folder).digest()
    assert read.meta['folder'] == 'photos'
    assert read.meta['made_of'] == {
        'file': 'net.pth', 'backbone': made.encoder().digest}  # which has no projector
    assert sorted(path.name for path in tmp_path.iterdir()) == ['n.npz', 'photos']


def test_threads_do_not_change_a_byte(folder, tmp_path):
    for threads in (1, 3):
        make_neighbours(made.near_task(folder), tmp_path / f'{threads}.npz', threads)
    assert (tmp_path / '1.npz').read_bytes() == (tmp_path / '3.npz').read_bytes()


def test_copies_are_neighbours_and_never_the_image_itself(tmp_path):
    """L-4: of equal images the first one found need not be the own."""
    (tmp_path / 'photos').mkdir()
    for i in range(5):
        cv2.imwrite(str(tmp_path / f'photos/{i}.png'), made.photo(0 if i < 4 else 1))
    near = make_neighbours(made.near_task(tmp_path / 'photos'), tmp_path / 'n.npz', 1)
    assert near.neighbours[:4].tolist() == [[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]]
    np.testing.assert_allclose(near.cosines[:4], 1, rtol=1e-6)


def test_few_images_have_as_many_neighbours_as_there_are_others(folder, tmp_path):
    near = make_neighbours(made.near_task(folder, 10), tmp_path / 'n.npz', 1)
    assert near.neighbours.shape == (made.IMAGES, len(READABLE) - 1)
    assert [sorted([i, *near.neighbours[i].tolist()]) for i in READABLE] == [READABLE] * 6


@pytest.mark.parametrize('kept', ['0.png', f'{made.BAD}.png'])
def test_one_image_is_one_sentence(kept, folder, tmp_path):
    """Alone, or beside one that cannot be read."""
    for path in folder.iterdir():
        if path.name not in ('0.png', kept):
            path.unlink()
    count = 1 if kept == '0.png' else 2
    with pytest.raises(UnreadableImage, match=rf'^neighbours need 2 images or more, and of {count} '
                                              r'in \S+photos 1 can be read: give a folder'):
        make_neighbours(made.near_task(folder), tmp_path / 'n.npz', 1)


def test_a_collapsed_network_is_told(folder, tmp_path):
    task = made.near_task(folder)
    task.encoder.network.backbone.cells.weight.data.zero_()
    with pytest.raises(ValueError, match='are constant: all 6 rows are alike, as of a network'):
        make_neighbours(task, tmp_path / 'n.npz', 1)


def test_numbers_out_of_range_are_refused(folder, tmp_path):
    with pytest.raises(ValueError, match='--neighbours must be 1 or more, got 0'):
        make_neighbours(made.near_task(folder, 0), tmp_path / 'n.npz', 1)
    with pytest.raises(ValueError, match='--size must be 32 pixels or more, got 8'):
        type(made.encoder())(made.encoder().network, 8)


def test_another_network_is_another_task(folder):
    """And another size, so that no parts of one are taken for the other's."""
    task, other = made.near_task(folder), made.near_task(folder)
    assert task.meta() == other.meta()
    other.encoder.network.backbone.cells.weight.data[0, 0, 0, 0] += 1
    changed = type(other.encoder)(other.encoder.network, made.SIZE)
    assert Task(task.images, changed, 3, 'backbone').meta()['network'] != task.meta()['network']
    larger = type(other.encoder)(task.encoder.network, 40)
    assert Task(task.images, larger, 3, 'backbone').meta()['size'] == 40

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from oadp_mm.files.neighbour_file import Neighbours, read_neighbours, write_neighbours

#: Of four images, of which the third cannot be read.
MADE = Neighbours(names=np.array(['a.png', 'b/c.png', 'd.png', 'e.png']),
                  lengths=np.array([70, 80, 9, 90]),
                  neighbours=np.array([[1, 3], [3, 0], [-1, -1], [0, 1]], np.int32),
                  cosines=np.array([[.5, .25], [1, .5], [0, 0], [.75, -.5]], np.float32),
                  meta={'folder': 'photos'})


def test_what_is_read_is_what_was_written(tmp_path):
    for name in ('one', 'two'):
        write_neighbours(tmp_path / name, MADE)
    read = read_neighbours(tmp_path / 'one')
    for name in ('names', 'lengths', 'neighbours', 'cosines'):
        np.testing.assert_array_equal(getattr(read, name), getattr(MADE, name))
        assert getattr(read, name).dtype == getattr(MADE, name).dtype
    assert read.meta == {'format': 'oadp_mm.neighbours/1', 'folder': 'photos'} and len(read) == 4
    assert (tmp_path / 'one').read_bytes() == (tmp_path / 'two').read_bytes()
    assert sorted(file.name for file in tmp_path.iterdir()) == ['one', 'two']


@pytest.mark.parametrize(('row', 'wrong'), [
    (0, [0, 1]), (0, [1, 1]), (0, [1, 4]), (0, [1, -1]), (2, [-1, 0]), (2, [-2, -2])])
def test_rows_that_name_no_other_images_are_refused(row, wrong, tmp_path):
    """The own one, one twice, one that is not there, and none."""
    neighbours = MADE.neighbours.copy()
    neighbours[row] = wrong
    write_neighbours(tmp_path / 'p.npz', replace(MADE, neighbours=neighbours))
    with pytest.raises(ValueError, match='no file of neighbours of the form oadp_mm'):
        read_neighbours(tmp_path / 'p.npz')


@pytest.mark.parametrize('wrong', [
    {'names': np.arange(4)}, {'lengths': MADE.lengths[:3]}, {'cosines': MADE.cosines[:, :1]},
    {'cosines': MADE.cosines.astype(np.float64)}, {'cosines': MADE.cosines * np.nan},
    {'neighbours': MADE.neighbours[:3]}, {'neighbours': MADE.neighbours[:, :0]},
    {'neighbours': MADE.neighbours.astype(np.int64)}])
def test_arrays_that_do_not_fit_are_refused(wrong, tmp_path):
    write_neighbours(tmp_path / 'p.npz', replace(MADE, **wrong))
    with pytest.raises(ValueError, match=r'or it is damaged: make it anew by oadp-mm neighbours '
                                         r'FOLDER .*--out \S+p.npz --overwrite$'):
        read_neighbours(tmp_path / 'p.npz')


def test_a_file_that_is_not_there_is_told_how_to_make(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'oadp-mm neighbours FOLDER .*--out \S+p\.npz$'):
        read_neighbours(tmp_path / 'p.npz')

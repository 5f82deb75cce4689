from __future__ import annotations

from collections import namedtuple

import numpy as np
import pytest

from oadp_mm.files import growing_rows
from oadp_mm.files.growing_rows import GrowingRows

ROWS = np.arange(35, dtype=np.float16).reshape(7, 5)


@pytest.fixture(autouse=True)
def counted_at_once(monkeypatch):
    monkeypatch.setattr(growing_rows, 'SECONDS', 0)


def grown(folder) -> GrowingRows:
    return GrowingRows(folder / 'rows', 7, np.float16, 5)


def test_rows_come_in_pieces_and_stay(tmp_path):
    for start, stop in ((0, 2), (2, 3), (3, 3), (3, 7)):
        rows = grown(tmp_path)
        assert rows.done == start
        rows.append(ROWS[start:stop])
    np.testing.assert_array_equal(grown(tmp_path).mapped(), ROWS)
    assert grown(tmp_path).done == 7
    assert sorted(file.name for file in tmp_path.iterdir()) == ['rows', 'rows.done']


def test_rows_may_have_a_type_of_their_own(tmp_path):
    kind = np.dtype([('boxes', '<i2', 2), ('cosine', '<f2')])
    made = np.zeros(3, kind)
    made['boxes'], made['cosine'] = np.arange(6).reshape(3, 2), [1, .5, .25]
    GrowingRows(tmp_path / 'rows', 3, kind).append(made)
    assert (tmp_path / 'rows').stat().st_size == 3 * 6
    np.testing.assert_array_equal(GrowingRows(tmp_path / 'rows', 3, kind).mapped(), made)


def test_what_was_not_counted_is_written_again(tmp_path, monkeypatch):
    """Within the time, as before a kill."""
    grown(tmp_path).append(ROWS[:2])
    monkeypatch.setattr(growing_rows, 'SECONDS', 1000)
    rows = grown(tmp_path)
    rows.append(ROWS[2:4])
    assert rows.done == 4 and grown(tmp_path).done == 2
    rows.append(ROWS[4:])  # the last are counted in any case
    assert grown(tmp_path).done == 7


@pytest.mark.parametrize('count', ['', 'x', '\0\0'])
def test_a_damaged_count_begins_anew(count, tmp_path):
    grown(tmp_path).append(ROWS)
    (tmp_path / 'rows.done').write_text(count)
    assert grown(tmp_path).done == 0


@pytest.mark.parametrize('size', [0, 69, 71])
def test_a_file_of_another_size_begins_anew(size, tmp_path):
    grown(tmp_path).append(ROWS)
    with (tmp_path / 'rows').open('r+b') as file:
        file.truncate(size)
    assert grown(tmp_path).done == 0
    assert (tmp_path / 'rows').stat().st_size == 70


def test_there_may_be_no_row(tmp_path):
    rows = GrowingRows(tmp_path / 'rows', 0, np.float16, 5)
    assert rows.done == 0 and rows.mapped().shape == (0, 5)


def test_a_full_disk_is_told_before_the_work(tmp_path, monkeypatch):
    usage = namedtuple('Usage', 'total used free')
    monkeypatch.setattr(growing_rows.shutil, 'disk_usage', lambda path: usage(100, 31, 69))
    with pytest.raises(OSError, match=r'rows takes 0\.0 GB and its disk has 0\.0 GB left: give'):
        grown(tmp_path)
    assert not (tmp_path / 'rows').exists()

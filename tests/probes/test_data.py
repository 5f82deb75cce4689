from __future__ import annotations

import os

import numpy as np
import pytest

from oadp_mm.probes.data import Boxes, Data, Part, evenly


@pytest.mark.parametrize(('total', 'count', 'numbers'), [
    (6, 2, [0, 3]), (3, 9, [0, 1, 2]), (5, 3, [0, 1, 3])])
def test_a_part_comes_from_all_over_the_list(total, count, numbers):
    assert evenly(total, count) == numbers


def _boxes(kind: int) -> Boxes:
    return Boxes((8, 8), np.zeros((1, 4), np.float32), np.array([kind]), np.ones(1))


def test_labels_stay_with_their_images(tmp_path):
    paths = tuple(tmp_path / f'{i}.png' for i in range(4))
    part = Part(paths, tuple(map(_boxes, range(4))), lambda i: np.full((1, 1), i), (5, 6, 7, 8))
    few = Data('few', part, part).at_most(2).train
    assert few.paths == (paths[0], paths[2])
    assert [int(each.kinds[0]) for each in few.boxes] == [0, 2]
    assert [int(few.label_map(i)[0, 0]) for i in range(2)] == [0, 2]
    assert few.labels == (5, 7)


def test_what_is_missing_stays_missing(tmp_path):
    few = Part((tmp_path / 'a', tmp_path / 'b')).some([1])
    assert (few.paths, few.boxes, few.label_map, few.labels) == ((tmp_path / 'b',), None, None,
                                                                 None)


def test_another_file_gives_another_digest(tmp_path):
    first, second = tmp_path / 'a', tmp_path / 'b'
    for path in (first, second):
        path.write_bytes(b'1')
        os.utime(path, ns=(1, 1))
    data = Data('two', Part((first,)), Part((second,)))
    before = data.digest()
    assert data.digest() == before
    assert Data('two', Part((first, second)), Part(())).digest() != before
    assert Data('two', Part((first,)), Part((second,)), files=(first,)).digest() != before
    os.utime(second, ns=(1, 2))
    assert data.digest() != before

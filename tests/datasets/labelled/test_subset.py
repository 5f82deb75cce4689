from __future__ import annotations

import numpy as np
import pytest

from oadp_mm.datasets.labelled.subset import label_order, train_test_split
from oadp_mm.datasets.nuclei import nuclei


def sets(*images: str) -> list[frozenset[int]]:
    return [frozenset(map(int, image)) for image in images]


@pytest.mark.parametrize('seed', range(5))
def test_every_class_is_shown_by_as_few_images_as_can(seed):
    """One image shows two classes, one a third, and many show none but the common one."""
    present = sets('0', '0', '0', '12', '0', '3', '0', '')
    order = label_order(present, seed)
    assert sorted(order) == list(range(8))
    assert {3, 5} < set(order[:3])
    assert set().union(*(present[i] for i in order[:3])) == {0, 1, 2, 3}


def test_another_seed_chooses_other_images():
    present = sets(*'0' * 30)
    assert len({tuple(label_order(present, seed)[:4]) for seed in range(8)}) == 8


@pytest.mark.parametrize('count', [8, 64])
def test_of_the_nuclei_it_chooses_what_ships_as_their_subsets(count):
    present = sets(*'0' * len(nuclei.names('train')))
    assert sorted(label_order(present, 3)[:count]) == nuclei.subset(count, 3)


def test_the_first_of_the_shuffled_are_kept_where_all_show_everything():
    shuffled = np.random.default_rng(7).permutation(5).tolist()
    assert label_order(sets(*['01'] * 5), 7) == shuffled


def test_a_split_is_one_of_all_images():
    train, test = train_test_split([True] * 50, 0)
    assert sorted(train + test) == list(range(50))
    assert len(test) == 10
    assert (train, test) == train_test_split([True] * 50, 0) != train_test_split([True] * 50, 1)


def test_two_images_are_one_each_and_one_is_refused():
    assert list(map(len, train_test_split([True] * 2, 0))) == [1, 1]
    with pytest.raises(ValueError, match='give at least two'):
        train_test_split([True], 0)


@pytest.mark.parametrize('seed', range(5))
def test_both_parts_show_something_however_few_images_do(seed):
    shows = [i in (3, 17) for i in range(30)]
    train, test = train_test_split(shows, seed)
    assert sorted(train + test) == list(range(30))
    assert [sum(shows[i] for i in part) for part in (train, test)] == [1, 1]
    assert len(test) == 1 + round(.2 * 28)
    with pytest.raises(ValueError, match='1 of 30 labelled images show something'):
        train_test_split([i == 3 for i in range(30)], seed)

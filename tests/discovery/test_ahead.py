from __future__ import annotations

import threading
from itertools import count

import pytest

from oadp_mm.discovery.ahead import ahead, in_batches


@pytest.mark.parametrize('threads', [1, 3])
def test_results_come_in_order(threads):
    assert list(ahead(lambda i: i * i, range(20), threads)) == [i * i for i in range(20)]
    assert list(ahead(lambda i: i, [], threads)) == []


def test_no_more_is_taken_than_is_soon_used():
    taken = []
    results = ahead(lambda i: i, (taken.append(i) or i for i in count()), 2)
    assert next(results) == 0 and len(taken) == 5  # two a thread wait
    assert next(results) == 1 and len(taken) == 6
    results.close()
    assert not [each for each in threading.enumerate() if each.name.startswith('ThreadPool')]


def test_an_error_comes_where_its_result_would():
    def work(i):
        if i == 3:
            raise ValueError('three')
        return i

    results = ahead(work, count(), 2)
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError, match='three'):
        next(results)


def test_batches_are_full_but_for_the_last():
    assert list(in_batches(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(in_batches([], 2)) == []

"""The nearest rows and their votes, against loops over all pairs."""
from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from oadp_mm.ops import neighbours as ours
from oadp_mm.ops.neighbours import knn_accuracies, nearest_others, nearest_rows, vote
from tests.oracles import neighbours as oracle


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several chunks of few rows, the last of them incomplete."""
    monkeypatch.setattr(ours, '_BANK_AT_ONCE', 16)
    monkeypatch.setattr(ours, '_QUERIES_AT_ONCE', 5)


@pytest.mark.parametrize('dtype', [torch.float16, torch.float32, torch.float64], ids=str)
@pytest.mark.parametrize('count', [1, 7, 53, 500])
def test_nearest_rows_by_loops(count: int, dtype: torch.dtype, small_chunks: None) -> None:
    queries, bank = torch.randn(13, 6).to(dtype), torch.randn(53, 6).to(dtype)
    cosines, index = nearest_rows(queries, bank, count)
    assert index.shape == (13, min(count, 53))
    for query, values, rows in zip(queries.double().numpy(), cosines, index, strict=True):
        expected = oracle.nearest(query, bank.double().numpy(), count)
        assert rows.tolist() == [row for _, row in expected]
        np.testing.assert_allclose(values, [value for value, _ in expected], atol=1e-6)


def test_of_equal_rows_the_earlier_is_nearer(small_chunks: None) -> None:
    """Rows of +1 and -1: products, lengths and so ties are exact."""
    bank = torch.randint(0, 2, (70, 4)).float() * 2 - 1
    queries = bank[:9]
    _, index = nearest_rows(queries, bank, 40)
    for query, rows in zip(queries.numpy(), index, strict=True):
        assert rows.tolist() == [row for _, row in oracle.nearest(query, bank.numpy(), 40)]


def test_of_many_equal_rows_the_first_are_nearest() -> None:
    """All in one chunk: the rows to choose from are many more than are wanted."""
    bank = torch.randint(0, 2, (3000, 3)).float() * 2 - 1
    _, index = nearest_rows(bank[:5], bank, 20)
    for query, rows in zip(bank[:5].numpy(), index, strict=True):
        assert rows.tolist() == np.flatnonzero((bank.numpy() == query).all(1))[:20].tolist()


def test_keys_are_ordered_as_cosines_and_equal_ones_by_rows_reversed() -> None:
    """Zeros of both signs are equal."""
    cosines = torch.tensor([[.5, -0., -1., 0., 1., -.25, -0., .5]])
    keys = ours._keys(cosines, torch.arange(8))
    assert keys.argsort(1, descending=True).tolist() == [[4, 0, 7, 1, 3, 6, 5, 2]]


def test_a_zero_row_is_orthogonal_to_everything(small_chunks: None) -> None:
    bank = torch.tensor([[-1., 0], [0, -1], [0, 0], [0, 0], [1, 1]])
    cosines, index = nearest_rows(torch.tensor([[1., 0], [0, 0]]), bank, 5)
    assert index.tolist() == [[4, 1, 2, 3, 0], [0, 1, 2, 3, 4]]
    assert cosines[1].tolist() == [0] * 5


def test_lengths_do_not_matter() -> None:
    queries, bank = torch.randn(8, 6), torch.randn(30, 6)
    stretched = bank * torch.rand(30, 1).add(1e-3) * 1e-30
    assert torch.equal(nearest_rows(queries, bank, 9)[1], nearest_rows(queries, stretched, 9)[1])


@pytest.mark.parametrize('temperature', [.07, .02, 5.])
def test_accuracies_by_loops(temperature: float, small_chunks: None) -> None:
    centres = torch.randn(4, 6)
    labels, truth = torch.randint(0, 4, (60,)), torch.randint(0, 4, (31,))
    bank, queries = centres[labels] + torch.randn(60, 6), centres[truth] + torch.randn(31, 6)
    found = knn_accuracies(queries, truth, bank, labels, neighbours=(20, 5, 100),
                           temperature=temperature)
    assert list(found) == [5, 20, 60]
    for count, accuracy in found.items():
        named = [oracle.named(query, bank.double().numpy(), labels.tolist(), count, temperature)
                 for query in queries.double().numpy()]
        right = np.array(named) == truth.numpy()
        assert accuracy == pytest.approx(np.mean(right))
        assert .2 < accuracy < 1


def test_a_vote_is_the_exponential_of_the_cosine() -> None:
    """One at .9 against two at x: they win from exp((.9 - x) / .07) = 2 on, x = .8515."""
    even = .9 - .07 * math.log(2)
    cosines = torch.tensor([[.9, even + 1e-4, even + 1e-4], [.9, even - 1e-4, even - 1e-4]])
    assert vote(cosines, torch.tensor([[0, 1, 1]] * 2), classes=2).tolist() == [1, 0]


def test_of_equal_votes_the_smaller_class_wins() -> None:
    assert vote(torch.full((1, 4), .5), torch.tensor([[3, 1, 1, 3]]), classes=5).tolist() == [1]


def test_a_class_that_the_bank_lacks_is_never_named() -> None:
    found = knn_accuracies(torch.eye(3), torch.tensor([0, 1, 7]), torch.eye(3),
                           torch.tensor([0, 1, 1]), neighbours=(1,))
    assert found == {1: pytest.approx(2 / 3)}


ROWS, LABELS = torch.eye(4), torch.tensor([0, 1, 0, 1])


@pytest.mark.parametrize(('change', 'told'), [
    (dict(queries=torch.zeros(0, 4), truth=LABELS[:0]), 'the queries must be at least 1 row'),
    (dict(bank=torch.zeros(0, 4), labels=LABELS[:0]), 'got none'),
    (dict(bank=torch.ones(4, 4)), 'the rows of the bank are constant: all 4 rows are alike'),
    (dict(bank=torch.full((4, 4), torch.nan)), 'hold numbers that are not finite'),
    (dict(bank=torch.eye(4, 3)), 'have 4 channels and the rows of the bank 3'),
    (dict(bank=LABELS), 'floating-point features'),
    (dict(labels=torch.tensor([1, 1, 1, 1])), 'all 4 labels are of class 1: at least two classes'),
    (dict(labels=torch.tensor([0, 1, -1, 1])), 'class numbers from 0, got -1'),
    (dict(labels=LABELS[:3]), 'got 4 rows and 3 labels'),
    (dict(truth=LABELS[:3]), 'got 4 queries and 3 classes'),
    (dict(neighbours=()), 'at least 1, such as'),
    (dict(neighbours=(0, 5)), r'got \(0, 5\)'),
])  # fmt: skip
def test_bad_input_is_told_in_a_sentence(change: dict, told: str, unchecked: None) -> None:
    call = dict(queries=ROWS, truth=LABELS, bank=ROWS, labels=LABELS, neighbours=(2,)) | change
    rows = [call.pop(name) for name in ('queries', 'truth', 'bank', 'labels')]
    with pytest.raises(ValueError, match=told):
        knn_accuracies(*rows, **call)


@pytest.mark.parametrize('count', [1, 3, 7, 100])
def test_others_are_the_nearest_without_the_row_itself(count):
    """Beside duplicates of it, by a search that leaves it out before it sorts."""
    rows = torch.randn(8, 5, generator=torch.Generator().manual_seed(0))
    rows[5] = rows[2] = rows[1]
    own = torch.tensor([0, 2, 5, 7])
    cosines, index = nearest_others(rows[own], rows, own, count)
    every = torch.nn.functional.normalize(rows, dim=1)
    for row, number in enumerate(own.tolist()):
        others = [i for i in range(8) if i != number]
        order = sorted(others, key=lambda i: (-round(float(every[number] @ every[i]), 5), i))
        assert index[row].tolist() == order[:count]
        torch.testing.assert_close(cosines[row], every[index[row]] @ every[number])


def test_a_row_among_many_copies_has_others_only():
    """More copies come before it than there is room for, so that it is not among the nearest."""
    rows = torch.ones(9, 2)
    rows[0, 0] = -1
    _, index = nearest_others(rows[8:], rows, torch.tensor([8]), 3)
    assert index.tolist() == [[1, 2, 3]]

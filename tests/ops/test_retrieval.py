"""Retrieval, against loops over pairs of rows."""
from __future__ import annotations

import numpy as np
import pytest
import torch

from oadp_mm.ops import retrieval as ours
from oadp_mm.ops.retrieval import retrieval_precisions
from tests.oracles import neighbours as oracle


@pytest.mark.parametrize('whole', [False, True], ids=['normal', 'ties'])
def test_retrieval_by_loops(whole: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Class 7 has one row, which asks nothing, but can be found."""
    monkeypatch.setattr(ours, '_QUERIES_AT_ONCE', 7)
    features = torch.randint(0, 2, (40, 4)) * 2. - 1 if whole else torch.randn(40, 4)
    labels = torch.randint(0, 3, (40,)) * 2
    labels[11] = 7
    precisions, rows = retrieval_precisions(features, labels)
    assert rows.tolist() == [row for row in range(40) if row != 11]
    expected = [oracle.retrieval(features.double().numpy(), labels.tolist(), row)
                for row in rows.tolist()]
    np.testing.assert_allclose(precisions, expected, rtol=0, atol=1e-6)


def test_classes_apart_are_found_before_all_others() -> None:
    labels = torch.arange(12) % 3
    precisions, _ = retrieval_precisions(torch.eye(3)[labels], labels)
    assert precisions.tolist() == [1] * 12


def test_lengths_that_differ(unchecked: None) -> None:
    with pytest.raises(ValueError, match='got 3 features and 2 labels'):
        retrieval_precisions(torch.eye(3), torch.zeros(2).long())


@pytest.mark.parametrize(('features', 'labels', 'told'), [
    (torch.zeros(0, 3), [], 'at least 2 rows, got 0'),
    (torch.ones(4, 3), [0, 0, 1, 1], 'the features are constant'),
    (torch.eye(4), [5, 5, 5, 5], 'all 4 rows are of class 5'),
    (torch.eye(4), [0, 1, 2, 3], 'none of 4 rows has another of its class'),
], ids=lambda value: value if isinstance(value, str) else '')
def test_features_that_retrieve_nothing(features: torch.Tensor, labels: list, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        retrieval_precisions(features, torch.tensor(labels, dtype=torch.int64))

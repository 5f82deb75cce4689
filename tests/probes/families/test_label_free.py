from __future__ import annotations

import numpy as np
import pytest
import torch

from oadp_mm.ops.windows import Window
from oadp_mm.probes.extract import Features
from oadp_mm.probes.families.label_free import label_free_figures

SAME = [Window(0, 0, 64, 64, (64, 64))] * 3


def _found(rows: np.ndarray, maps: torch.Tensor, boxes=None) -> dict[tuple[str, str], float]:
    train = Features(rows, rows, np.array([[0, 1, len(rows)]]), rows)
    figures = label_free_figures(train, np.arange(len(rows)) % 2 > 0, (maps, maps, SAME, SAME),
                                 boxes)
    return {(each['table'], each['name']): each['value'] for each in figures}


def test_collapsed_features_are_seen_and_stop_nothing():
    found = _found(np.ones((8, 4), np.float32), torch.ones(3, 4, 8, 8))
    for level in ('image', 'region', 'cell'):
        assert found[level, 'rank'] == pytest.approx(1, abs=1e-4)
        assert found[level, 'centred rank'] == 0
        assert found[level, 'deviation'] == pytest.approx(0, abs=1e-9)
        assert found[level, 'cosine'] == pytest.approx(1)
        assert found[level, 'uniformity'] == pytest.approx(0)
    assert found['image', 'alignment'] == found['cell', 'alignment'] == 0
    # all cells are alike, so that each is as good as the others: a guess
    assert found['views', 'found again'] == pytest.approx(found['views', 'guess'])


def test_rows_in_all_directions_have_the_full_rank_and_the_same_view_is_found_again():
    rows = np.concatenate([np.eye(4), -np.eye(4)]).repeat(2, 0).astype(np.float32)
    box = np.array([[8, 8, 40, 40]], np.float32)
    found = _found(rows, torch.randn(3, 4, 8, 8), [box] * 3)
    assert found['cell', 'rank'] == pytest.approx(4, abs=1e-4)
    assert found['cell', 'deviation'] == pytest.approx(1)
    assert found['views', 'found again'] == 100
    assert found['views', 'guess'] < 10
    assert found['region', 'alignment'] == pytest.approx(0, abs=1e-9)
    assert found['image', 'rows'] == 16 and found['region', 'rows'] == 8


def test_without_boxes_there_is_no_level_of_regions():
    train = np.eye(4, dtype=np.float32)
    figures = label_free_figures(
        Features(train, train[:0], np.array([[0, 2, 2]]), train), np.zeros(0, bool),
        (torch.randn(3, 4, 8, 8), torch.randn(3, 4, 8, 8), SAME, SAME), None)
    assert {each['table'] for each in figures} == {'views', 'image', 'cell'}

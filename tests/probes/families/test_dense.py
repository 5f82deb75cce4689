from __future__ import annotations

import numpy as np
import pytest
import torch

from oadp_mm.ops.cell_shares import cell_shares
from oadp_mm.probes.data import Data, Part
from oadp_mm.probes.extract import Features
from oadp_mm.probes.families.dense import dense_figures

GRID, CELL = (3, 4), 8


def _maps(count: int, seed: int) -> list[np.ndarray]:
    """Label maps of whole cells, so that a cell has one class."""
    generator = np.random.default_rng(seed)
    cells = generator.integers(0, 3, (count, *GRID)).astype(np.uint8)
    return [each.repeat(CELL, 0).repeat(CELL, 1) for each in cells]


def _part(maps) -> Part:
    return Part(tuple(range(len(maps))), label_map=maps.__getitem__)


def _features(maps, of) -> Features:
    shares = [cell_shares(torch.from_numpy(each), GRID, classes=3)[0].flatten(1).T.numpy()
              for each in maps]
    cells = of(np.concatenate(shares)).astype(np.float32)
    return Features(cells[:0], cells[:0], np.array([[i, *GRID] for i in range(len(maps))]), cells)


def _figures(of, seeds=2) -> dict[str, dict]:
    train, test = _maps(64, 0), _maps(12, 1)
    data = Data('maps', _part(train), _part(test), map_classes=('background', 'cat', 'dog'))
    found = dense_figures(_features(train, of), _features(test, of), data, 999, seeds)
    return {each['name']: each for each in found}


def test_features_that_are_the_classes_know_them_all():
    found = _figures(lambda shares: shares)
    assert found['R2 cat']['value'] > .99 and found['R2 dog']['value'] > .99
    # not 100: edges of classes are read between the centres of cells, as far as half a cell
    ceiling = found['ceiling']['value']
    assert 60 < ceiling < 100
    for name in ('context all', 'context 1/8', 'linear', 'clusters'):
        assert found[name]['value'] == pytest.approx(ceiling, abs=2) and found[name]['unit'] == '%'
    assert 'R2 background' not in found and found['R2 mean']['detail']


def test_features_that_are_noise_know_nothing():
    noise = np.random.default_rng(2)
    found = _figures(lambda shares: noise.normal(size=(len(shares), 5)))
    assert abs(found['R2 cat']['value']) < .2
    # a guess among three classes of a third of the pixels each: 1 / 3 of either, IoU 1 / 5
    for name in ('context all', 'clusters'):
        assert found[name]['value'] < 30


def test_constant_features_are_told():
    with pytest.raises(ValueError, match='constant'):
        _figures(np.ones_like)


def test_draws_differ_by_their_seed_and_one_draw_has_no_deviation():
    noise = np.random.default_rng(2).normal(size=(10_000, 5))
    several = _figures(lambda shares: shares @ np.eye(3, 5) + noise[:len(shares)])
    assert several['context 1/64']['deviation'] > 0
    one = _figures(lambda shares: shares @ np.eye(3, 5) + noise[:len(shares)], seeds=1)
    assert 'deviation' not in one['context 1/64'] and 'deviation' not in one['linear']


def test_large_label_maps_are_judged_at_the_size_of_the_images():
    """Twice the pixels say the same, and are brought back exactly."""
    train, test = _maps(64, 0), _maps(12, 1)
    names = ('background', 'cat', 'dog')
    small = Data('a', _part(train), _part(test), map_classes=names)
    large = Data('b', *(_part([each.repeat(2, 0).repeat(2, 1) for each in maps])
                        for maps in (train, test)), map_classes=names)
    features = [_features(maps, lambda shares: shares) for maps in (train, test)]
    assert (dense_figures(*features, small, GRID[0] * CELL, 1)
            == dense_figures(*features, large, GRID[0] * CELL, 1))

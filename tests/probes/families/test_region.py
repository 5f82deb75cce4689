from __future__ import annotations

import numpy as np
import pytest

from oadp_mm.probes.families.image import image_figures
from oadp_mm.probes.families.region import region_figures


def _values(found) -> dict[str, float]:
    return {each['name']: each['value'] for each in found}


def _rows(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Two classes that lie in two directions, with some noise."""
    generator = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    rows = np.eye(3)[labels] + .01 * generator.normal(size=(count, 3))
    return rows.astype(np.float32), labels


def test_classes_that_lie_apart_are_all_named():
    (train, labels), (test, truth) = _rows(60, 0), _rows(30, 1)
    found = _values(region_figures(train, labels, test, truth, np.arange(30.)))
    assert found == {'20-NN': 100, 'small': 100, 'medium': 100, 'large': 100, 'linear': 100,
                     'mAP': 100, 'guess': 50}
    assert _values(image_figures(train, labels.tolist(), test, truth.tolist())) == {
        '20-NN': 100, '60-NN': 100, 'linear': 100, 'guess': 50}


def test_sizes_are_thirds_of_the_objects():
    """All small objects are named wrong, as their features are those of the other class."""
    (train, labels), (test, truth) = _rows(60, 0), _rows(30, 1)
    test[:10] = np.roll(test[:10], 1, axis=0)
    found = _values(region_figures(train, labels, test, truth, np.arange(30.) + 1))
    assert (found['small'], found['medium'], found['large']) == (0, 100, 100)
    assert found['20-NN'] == pytest.approx(100 * 20 / 30)


def test_objects_of_one_size_have_no_thirds():
    (train, labels), (test, truth) = _rows(60, 0), _rows(30, 1)
    assert 'small' not in _values(region_figures(train, labels, test, truth, np.ones(30)))


@pytest.mark.parametrize('measure', [
    lambda train, labels, test, truth: region_figures(train, labels, test, truth, np.ones(4)),
    lambda train, labels, test, truth: image_figures(train, labels.tolist(), test,
                                                     truth.tolist())])
def test_one_class_and_constant_features_are_told(measure):
    rows, labels = _rows(4, 0)
    with pytest.raises(ValueError, match='at least two classes'):
        measure(rows, labels * 0, rows, labels * 0)
    with pytest.raises(ValueError, match='constant'):
        measure(np.ones_like(rows), labels, rows, labels)

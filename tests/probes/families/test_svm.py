from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import average_precision_score
from sklearn.svm import LinearSVC

from oadp_mm.ops.average_precision import mean_average_precision
from oadp_mm.probes.data import Boxes
from oadp_mm.probes.families.svm import classes_shown, svm_figures
from oadp_mm.probes.svm import COSTS, low_shot_labels, svm_scores


def boxes(*kinds: int) -> Boxes:
    return Boxes((9, 9), np.zeros((len(kinds), 4), np.float32), np.array(kinds, np.int64),
                 np.ones(len(kinds)))


def test_an_image_shows_the_classes_of_its_boxes():
    shown = classes_shown([boxes(2, 0, 2), boxes(), boxes(1)], 3)
    assert shown.tolist() == [[1, 0, 1], [0, 0, 0], [0, 1, 0]]


def test_what_is_difficult_alone_counts_neither_for_nor_against_a_class():
    hard = replace(boxes(0), uncounted=np.array([1, 0]))
    assert classes_shown([hard, replace(boxes(), uncounted=np.array([2]))], 3).tolist() == [
        [1, -1, 0], [0, 0, -1]]


def test_figures_are_of_what_counts(images):
    """Test images that do not count for a class change nothing of it."""
    train, labels, test, truth = images
    expected = {each['name']: each['value'] for each in svm_figures(
        train, labels[:, :2], test, truth[:, :2], seeds=1)}
    others, true = np.concatenate([test, train[:5]]), np.concatenate(
        [truth[:, :2], np.full((5, 2), -1)])
    found = {each['name']: each['value'] for each in
             svm_figures(train, labels[:, :2], others, true, seeds=1)}
    assert found == pytest.approx(expected)


@pytest.fixture(scope='module')
def images() -> tuple[np.ndarray, ...]:
    """Two classes that two channels tell, a third that two train images show, a fourth that no
    test image does."""
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(60, 5)).astype(np.float32)
    labels = np.zeros((60, 4), np.int64)
    labels[:, :2] = rows[:, :2] + .4 * rng.normal(size=(60, 2)) > .3
    labels[[0, 1, 50], 2] = 1
    labels[:20, 3] = 1
    return rows[:40], labels[:40], rows[40:], labels[40:]


def test_figures_are_of_the_classes_that_can_be_learned_and_measured(images):
    train, labels, test, truth = images
    found = {each['name']: each for each in svm_figures(*images, seeds=2)}
    scores, _ = svm_scores(train, labels[:, :2], test)
    expected = [average_precision_score(truth[:, i], scores[:, i]) for i in (0, 1)]
    assert found['mAP']['value'] == pytest.approx(100 * np.mean(expected), abs=.5)
    assert found['mAP']['value'] == pytest.approx(
        100 * mean_average_precision(scores, truth[:, :2]))
    assert found['classes']['value'] == 2
    assert found['guess']['value'] == pytest.approx(100 * truth[:, :2].mean())
    most = labels[:, :2].sum(0).min()
    assert {'1 shot', '8 shots'} <= found.keys() and '16 shots' not in found and most < 16


def test_few_labels_are_measured_at_the_cost_that_is_best_on_the_test(images):
    """One shot, from scratch."""
    train, labels, test, truth = (each[:, :2] if number % 2 else each
                                  for number, each in enumerate(images))
    rows, others = (x / np.linalg.norm(x.astype(float), axis=1, keepdims=True)
                    for x in (train, test))
    precision = np.zeros((2, len(COSTS)))
    for seed in (0, 1):
        sample = low_shot_labels(labels, 1, seed)
        for place, cost in enumerate(COSTS):
            scores = []
            for label in sample.T:
                machine = LinearSVC(C=cost, class_weight={True: 2, False: 1}, dual=True,
                                    max_iter=2000, random_state=0)
                machine.fit(rows[label >= 0], label[label >= 0] == 1)
                scores.append(machine.decision_function(others))
            precision[seed, place] = mean_average_precision(np.stack(scores, 1), truth)
    found = {each['name']: each for each in svm_figures(*images, seeds=2)}['1 shot']
    assert found['value'] == pytest.approx(100 * precision.mean(0).max())
    assert found['deviation'] == pytest.approx(
        100 * precision[:, precision.mean(0).argmax()].std(ddof=1))


def test_one_class_is_refused(images):
    train, labels, test, truth = images
    with pytest.raises(ValueError, match='1 classes are shown by 3 train images'):
        svm_figures(train, labels[:, :1], test, truth[:, :1], seeds=1)

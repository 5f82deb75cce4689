"""The changes of views/oadp.py against torchvision's on PIL pictures, as random variables.

Of many views of one photograph that both make, each figure of a view (means, deviations, histograms
of the levels, and what shows blurs and flips) is one sample of ours and one of theirs.
"""
from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.registry import TRANSFORMS, init_default_scope
from scipy import stats

from tests.oracles.images import photo
from tests.oracles.stock_augmentations import augmentations, stock

ROOT = Path(__file__).resolve().parents[2]
VIEWS = 600
SIGNIFICANCE = 1e-3  # so rarely would the whole comparison fail with another seed
JITTER, GRAY, RAND, FLIP, BLUR = range(5)


def bgr(name):
    return np.ascontiguousarray(photo(name, 64)[..., ::-1])


def figures(view):
    """Of each channel mean, standard deviation and a histogram of 8 bins; then four of the whole:
    steps between neighbours, chroma, and how the halves differ."""
    levels = view.astype(np.float64)
    halves = [np.diff([half.mean() for half in np.array_split(levels, 2, axis)])
              for axis in (0, 1)]
    return np.concatenate([
        levels.mean((0, 1)), levels.std((0, 1)),
        *(np.bincount(channel // 32, minlength=8) for channel in view.reshape(-1, 3).astype(int).T),
        [np.abs(np.diff(levels, axis=1)).mean(), np.ptp(levels, axis=-1).mean()], *halves])


def ours(config, image):
    """Figures of views made by a list of transforms as a config has it."""
    init_default_scope('mmpretrain')
    steps = [TRANSFORMS.build(step) for step in config]

    def view():
        results = {'img': image, 'img_shape': image.shape[:2]}
        for step in steps:
            results = step(results)
        return results['img']

    return np.array([figures(view()) for _ in range(VIEWS)])


def difference(one, other):
    """Whether two samples are of one distribution: the p-value of the figure that differs most.

    Two-sample Kolmogorov-Smirnov; the number of figures makes up for their choice (Bonferroni).
    """
    p_values = [stats.ks_2samp(a, b).pvalue for a, b in zip(one.T, other.T, strict=True)]
    return min(1.0, len(p_values) * min(p_values))


@pytest.fixture
def config():
    return Config.fromfile(ROOT / 'configs/_base_/views/oadp.py').views.changes


@pytest.fixture(scope='module')
def theirs():
    torch.manual_seed(0)
    change, images = augmentations(), {name: bgr(name) for name in ('astronaut', 'coffee')}
    return {name: np.array([figures(stock(change, image)) for _ in range(VIEWS)])
            for name, image in images.items()}


@pytest.mark.parametrize('name', ['astronaut', 'coffee'])
def test_views_are_distributed_as_torchvision_s(name, config, theirs):
    assert difference(ours(config, bgr(name)), theirs[name]) > SIGNIFICANCE


@pytest.mark.parametrize(('step', 'changed'), [
    (JITTER, {'prob': 0.8}),
    (GRAY, {'prob': 0.0}),
    (RAND, {'magnitude': 15}),
    (RAND, {'num_ops': 3}),
    (FLIP, {'prob': 0.0}),
    (BLUR, {'prob': 0.6}),
])
def test_the_comparison_sees_another_strength(step, changed, config, theirs):
    config = copy.deepcopy(config)
    config[step].update(changed)
    assert difference(ours(config, bgr('astronaut')), theirs['astronaut']) < SIGNIFICANCE


def test_the_comparison_sees_red_for_blue(config, theirs):
    image = np.ascontiguousarray(bgr('astronaut')[..., ::-1])
    assert difference(ours(config, image), theirs['astronaut']) < SIGNIFICANCE

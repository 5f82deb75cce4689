"""The paper's views (IV-A 3) as configs/_base_/views/oadp.py writes them, on files."""
from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from mmcv.transforms import RandomApply, RandomFlip
from mmengine.config import Config
from mmengine.dataset import default_collate
from mmengine.registry import init_default_scope

from oadp_mm.datasets import ImageFolder, MultiViewDataset
from oadp_mm.datasets.transforms import (
    ColorJitter,
    GaussianBlur,
    Grayscale,
    LoadImage,
    RandAugment,
)
from oadp_mm.models import ViewsDataPreprocessor
from oadp_mm.ops import enhance, warp

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path):
    """Images of unusual kinds: what the loader and each augmentation must cope with."""
    rng = np.random.default_rng(0)

    def noise(*shape, dtype=np.uint8):
        return rng.integers(0, np.iinfo(dtype).max, shape, dtype=dtype)

    for name, pixels in {
        'alpha.png': noise(40, 50, 4), 'deep.png': noise(40, 50, dtype=np.uint16),
        'gray.png': noise(40, 50), 'photo.jpg': noise(300, 400, 3), 'tiny.png': noise(5, 7, 3),
    }.items():
        cv2.imwrite(str(tmp_path / name), pixels)
    return tmp_path


@pytest.fixture
def build():
    init_default_scope('mmpretrain')
    views = Config.fromfile(ROOT / 'configs/_base_/views/oadp.py').views
    return lambda root: MultiViewDataset(
        ImageFolder(root, pipeline=[LoadImage()], max_bad_share=0), views)


def test_any_kind_of_image_gives_two_full_views_of_bytes(folder, build):
    dataset = build(folder)
    for _ in range(4):
        batch = default_collate([dataset[i] for i in range(len(dataset))])
        assert [tuple(view.shape) for view in batch['inputs']] == [(5, 3, 224, 224)] * 2
        assert {view.dtype for view in batch['inputs']} == {torch.uint8}
        small, large = batch['inputs']
        assert not torch.equal(small, large)
        assert ViewsDataPreprocessor(gray=True)(batch)['gray'][1].shape == (5, 224, 224)


def test_views_stay_in_bgr_order(tmp_path, build):
    # Hue jitter, gray views and equalised channels hide the colour, but hardly ever turn it over.
    cv2.imwrite(str(tmp_path / 'blue.png'), np.full((64, 64, 3), (230, 60, 20), np.uint8))
    dataset = build(tmp_path)
    views = torch.stack([view for _ in range(60) for view in dataset[0]['inputs']]).float()
    blue, _, red = views.mean(dim=(2, 3)).unbind(1)
    assert (blue > red + 20).sum() > 4 * (red > blue + 20).sum()


def views_of(dataset):
    """The crop, in a list, and the changes of each view."""
    multi, _ = dataset.transforms
    return [[list(steps.transforms) for steps in view] for view in multi.transforms]


def test_the_views_differ_in_their_crops_alone(folder, build):
    [[small], changes], [[large], others] = views_of(build(folder))
    assert type(small) is type(large)
    assert list(map(repr, changes)) == list(map(repr, others))
    for crop, first, last in ((small, (0.1, 0.6), (0.1, 0.6 - 0.04 * np.log(400))),
                              (large, (0.3, 1.0), (0.3 - 0.04 * np.log(400),
                                                   1.0 - 0.04 * np.log(400)))):
        crop.set_length(800)
        for epoch, scale in ((1, first), (800, last)):
            crop.set_epoch(epoch)
            assert crop.current_scale == pytest.approx(scale)


def test_each_augmentation_has_the_paper_s_strength(folder, build):
    for _, (jitter, gray, augment, flip, blur) in views_of(build(folder)):
        assert [type(step) for step in (jitter, gray, augment, flip, blur)] == [
            RandomApply, RandomApply, RandAugment, RandomFlip, RandomApply]
        assert [step.prob for step in (jitter, gray, flip, blur)] == [0.3, 0.2, 0.5, 0.2]
        assert flip.direction == 'horizontal'
        assert (augment.num_ops, augment.magnitude) == (5, 10)
        [[colour], [colourless], [soft]] = (step.transforms.transforms
                                            for step in (jitter, gray, blur))
        assert [type(step) for step in (colour, colourless, soft)] == [
            ColorJitter, Grayscale, GaussianBlur]
        assert [change for change, *_ in colour.changes] == [
            enhance.brightness, enhance.contrast, enhance.saturation, enhance.hue]
        assert [ends for _, *ends in colour.changes] == [
            pytest.approx(ends) for ends in [[0.2, 1.8]] * 3 + [[-0.2, 0.2]]]
        assert (soft.kernel_size, soft.sigma) == (3, (1.0, 2.0))


def test_rand_augment_measures_ten_on_a_scale_of_thirty(folder, build, monkeypatch):
    dataset = build(folder)  # its jitter keeps the true changes, so that RandAugment's are recorded
    applied = set()

    def record(module, name):
        true = getattr(module, name)

        def change(image, *value, **axis):
            [strength] = value or axis.values()
            applied.add((name, *axis, round(float(strength), 6)))
            return true(image, *value, **axis)

        monkeypatch.setattr(module, name, change)

    factors = ('brightness', 'saturation', 'contrast', 'sharpness')
    for name in ('shear', 'translate', 'rotate'):
        record(warp, name)
    for name in (*factors, 'posterize', 'solarize'):
        record(enhance, name)
    for i in range(150):
        dataset[i % len(dataset)]
    third = 10 / 30  # of each operation's greatest strength
    expected = {('posterize', 8 - round(4 * third)), ('solarize', 255 * (1 - third))}
    for way in (-third, third):
        expected |= {('rotate', 30 * way), *((name, 1 + 0.9 * way) for name in factors)}
        for axis in 'xy':
            expected |= {('shear', axis, 0.3 * way),
                         ('translate', axis, int(150 / 331 * 224 * way))}
    assert applied == {(*call, round(strength, 6)) for *call, strength in expected}

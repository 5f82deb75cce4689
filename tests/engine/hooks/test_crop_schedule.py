from __future__ import annotations

import cv2
import numpy as np
import pytest
from mmengine.hooks import Hook
from mmengine.registry import TRANSFORMS

from oadp_mm.datasets import ImageFolder
from oadp_mm.ops.schedules import dynamic_scale

HOOK = {'type': 'oadp_mm.CropScheduleHook'}
RULE = {'scale': (0.1, 0.9), 'start': 1, 'decay': 0.1, 'shift': 'upper'}
WORKERS = {'num_workers': 2, 'persistent_workers': True, 'batch_size': 2}


class Pack:
    """Keeps the image and the range that the worker's crop used."""

    def __call__(self, results):
        return {'inputs': results['img'].mean(dtype=np.float32), 'scale': results['crop_scale']}


class Witness(Hook):
    """Writes down the epoch and the ranges of each batch."""

    def __init__(self):
        self.seen = []

    def before_train_iter(self, runner, batch_idx, data_batch=None):
        for low, high in zip(*data_batch['scale'], strict=True):
            self.seen.append((runner.epoch + 1, float(low), float(high)))


def folder(tmp_path, **crop):
    tmp_path.joinpath('images').mkdir(exist_ok=True)
    for i in range(8):
        cv2.imwrite(str(tmp_path / 'images' / f'{i}.png'), np.full((9, 9, 3), i, np.uint8))
    return ImageFolder(tmp_path / 'images', pipeline=[
        {'type': 'oadp_mm.LoadImage'},
        {'type': 'oadp_mm.DynamicRandomResizedCrop', 'size': 4, **{**RULE, **crop}}, Pack()])


def expected(epochs):
    return [(epoch, *dynamic_scale(epoch, **RULE)) for epoch in epochs for _ in range(8)]


@pytest.mark.integration
def test_persistent_workers_crop_by_the_epoch_also_after_a_resume(tmp_path, line, make_runner):
    cfg = {'by_epoch': True, 'max_epochs': 3}
    first, second = Witness(), Witness()
    make_runner(line, [HOOK, first], folder(tmp_path), loader=WORKERS, train_cfg=cfg).train()
    np.testing.assert_allclose(first.seen, expected([1, 2, 3]), rtol=1e-6)
    make_runner(line, [HOOK, second], folder(tmp_path), loader=WORKERS, resume=True,
                train_cfg={**cfg, 'max_epochs': 5}).train()
    np.testing.assert_allclose(second.seen, expected([4, 5]), rtol=1e-6)


def test_each_change_of_the_range_is_logged_once(tmp_path, line, make_runner):
    runner = make_runner(line, [HOOK], folder(tmp_path),
                         train_cfg={'by_epoch': True, 'max_epochs': 4})
    runner.train()
    log = next((tmp_path / 'work').rglob('*.log')).read_text()
    # epoch 2 is the last before the logarithm leaves zero
    for epoch in (1, 3, 4):
        assert log.count(f'epoch {epoch}: the crops take') == 1
        assert 'image: ({:.3f}, {:.3f})'.format(*dynamic_scale(epoch, **RULE)) in log
    assert 'epoch 2: the crops take' not in log


def test_crops_inside_wrappers_are_found(tmp_path, line, make_runner):
    """num_batch_per_epoch around RepeatDataset around MultiView and RandomApply."""
    seen = []

    class Clock:
        def __init__(self, name):
            self.name = name

        def set_epoch(self, epoch):
            seen.append((epoch, self.name))

        def __call__(self, results):
            return results

    data = folder(tmp_path)
    data.pipeline.transforms = [
        *data.pipeline.transforms[:2],
        TRANSFORMS.build({'type': 'mmpretrain.MultiView', 'num_views': [2, 1], 'transforms': [
            [Clock('bare')], [{'type': 'RandomApply', 'transforms': [Clock('applied')]}]]}),
        lambda results: {'inputs': results['img'][0].mean(dtype=np.float32)}]
    loader = {'num_batch_per_epoch': 2}
    make_runner(line, [HOOK], {'type': 'RepeatDataset', 'dataset': data, 'times': 2},
                loader=loader, train_cfg={'by_epoch': True, 'max_epochs': 2}).train()
    assert sorted(seen) == [(1, 'applied'), (1, 'bare'), (2, 'applied'), (2, 'bare')]


def test_a_dynamic_crop_without_epochs_is_refused(tmp_path, line, make_runner):
    cfg = {'by_epoch': False, 'max_iters': 2}
    with pytest.raises(ValueError, match='needs epochs, but the training loop is IterBased'):
        make_runner(line, [HOOK], folder(tmp_path), train_cfg=cfg).train()


def test_a_static_crop_needs_no_epochs(tmp_path, line, make_runner):
    witness = Witness()
    make_runner(line, [HOOK, witness], folder(tmp_path, shift=None),
                train_cfg={'by_epoch': False, 'max_iters': 2}).train()
    assert [scale for _, *scale in witness.seen] == [[0.1, 0.9]] * 2


def test_a_start_that_is_a_share_follows_the_length_of_the_training(tmp_path, line, make_runner):
    """A third of six epochs: the range is fixed up to the second."""
    witness = Witness()
    make_runner(line, [HOOK, witness], folder(tmp_path, start=1 / 3),
                train_cfg={'by_epoch': True, 'max_epochs': 6}).train()
    rule = {**RULE, 'start': 2}
    np.testing.assert_allclose(witness.seen, [
        (epoch, *dynamic_scale(epoch, **rule)) for epoch in range(1, 7) for _ in range(8)],
        rtol=1e-6)


def test_without_any_crop_there_is_nothing_to_do(line, make_runner):
    make_runner(line, [HOOK]).train()

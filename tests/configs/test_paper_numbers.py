"""The configs against the paper: every number here is copied from its text, none from a config."""
from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from mmengine.registry import DATASETS, MODELS, TRANSFORMS

from tests.configs.leaves import option, view_side, views
from tests.configs.rates import EPOCH, learning_rates

RUN = '_8xb32-coslr-800e'
MAIN = [f'oadp/oadp_resnet50{RUN}_{data}.py' for data in ('coco', 'voc0712')]


@pytest.mark.parametrize('name', MAIN)
class TestPretraining:
    """IV-A, 'Model Settings' and 'Augmentation Methods'."""

    @pytest.mark.parametrize(('key', 'value'), [
        ('optim_wrapper.optimizer.type', 'SGD'),
        ('optim_wrapper.optimizer.weight_decay', 0.0001),
        ('optim_wrapper.optimizer.momentum', 0.9),
        ('optim_wrapper.optimizer.lr', 0.2),
        ('auto_scale_lr.base_batch_size', 256),
        ('train_cfg.max_epochs', 800),
        ('model.backbone.depth', 50),
        ('model.selector.small_span', 1),
        ('model.selector.large_span', 2),
        ('model.selector.num_bins', 256),  # eq. 3: of pixel values
        ('model.layers', ('layer1', 'layer4')),  # Table VII
        ('model.ema_decay', 0.99),
    ])
    def test_setting(self, name, load, key, value):
        assert option(load(name), key) == value

    def test_cells_and_pools(self, name, load):
        """Sca_s, Sca_l and k, Table VIII."""
        config = load(name)
        assert MODELS.build(config.model.selector).layout(*[view_side(config)] * 2) == (7, 24)

    def test_eight_gpus_make_a_batch_of_256(self, name, load):
        assert 8 * load(name).train_dataloader.batch_size == 256

    def test_learning_rate_warms_up_for_4_epochs_and_ends_at_0(self, name, load):
        rates = learning_rates(load(name))
        steps, warm = 800 * EPOCH, 4 * EPOCH
        assert len(rates) == steps
        for step in (0, 1, warm - 1):
            share = 1e-4 + (1 - 1e-4) * step / (warm - 1)
            assert rates[step] == pytest.approx(0.2 * share)
        for step in (warm, warm + 1, steps // 2, steps - 1):
            share = (1 + math.cos(math.pi * (step - warm) / (steps - warm))) / 2
            assert rates[step] == pytest.approx(0.2 * share)

    def test_all_losses_weigh_1(self, name, load, outline):
        model = outline(load(name).model)
        assert model.loss_weights == {'global': 1, 'local': 1, 'gl': 1}

    def test_augmentations(self, name, load):
        first, second = views(load(name))
        assert first[1:] == second[1:]
        jitter, gray, rand, flip, blur = first[1:]
        assert flip == {'type': 'RandomFlip', 'prob': 0.5}
        assert rand == {'type': 'oadp_mm.RandAugment', 'num_ops': 5, 'magnitude': 10}
        for step, prob, inner in [
            (jitter, 0.3, {'type': 'oadp_mm.ColorJitter', 'brightness': 0.8, 'contrast': 0.8,
                           'saturation': 0.8, 'hue': 0.2}),
            (gray, 0.2, {'type': 'oadp_mm.Grayscale'}),
            (blur, 0.2, {'type': 'oadp_mm.GaussianBlur', 'kernel_size': 3, 'sigma': (1.0, 2.0)}),
        ]:
            assert step == {'type': 'RandomApply', 'prob': prob, 'transforms': [inner]}

    @pytest.mark.parametrize('epoch', [1, 400, 401, 402, 500, 800])
    def test_crops_shrink_with_the_epoch(self, name, load, epoch):
        d = 0.04 * math.log(epoch - 400) if epoch > 400 else 0
        first, second = views(load(name))
        assert first[0]['size'] == second[0]['size'] == 224
        assert crop_scale(first, epoch) == pytest.approx((0.1, 0.6 - d))
        assert crop_scale(second, epoch) == pytest.approx((0.3 - d, 1 - d))


def crop_scale(view: list[dict], epoch: int) -> tuple[float, float]:
    crop = TRANSFORMS.build(view[0])
    crop.set_length(800)
    crop.set_epoch(epoch)
    return crop.current_scale


def ablation(tag: str) -> str:
    return f'oadp/ablations/oadp_tables9-13-views{RUN}_voc0712.py::{tag}'


class TestAugmentationSets:
    """Tables IX and XIII."""

    @pytest.mark.parametrize('epoch', [1, 800])
    @pytest.mark.parametrize(('tag', 'scales'), [
        ('equal-scales', [(0.1, 1.0), (0.1, 1.0)]),
        ('rrc-flip', [(0.1, 0.6), (0.3, 1.0)]),
        ('static-rrc', [(0.1, 0.6), (0.3, 1.0)]),
    ])
    def test_crops_never_change(self, tag, scales, epoch, load):
        both = views(load(ablation(tag)))
        assert [crop_scale(view, epoch) for view in both] == scales

    def test_others_follow_the_crop(self, load):
        full = views(load(MAIN[1]))[0][1:]
        for tag in ('equal-scales', 'static-rrc'):
            assert all(view[1:] == full for view in views(load(ablation(tag))))
        for view in views(load(ablation('rrc-flip'))):
            assert view[1:] == [{'type': 'RandomFlip', 'prob': 0.5}]


def test_voc_rate_of_the_transfer_section(load):
    """IV-B 2 gives 0.1 where IV-A gives 0.2."""
    config = load('oadp/oadp_resnet50_8xb32-coslr-800e-lr1e-1_voc0712.py')
    assert config.optim_wrapper.optimizer.lr == 0.1


def test_one_gpu_accumulates_to_256(load):
    for name, batch in [('oadp_resnet50_1xb64-amp-accum4-coslr-800e_coco.py', 64),
                        ('oadp_resnet50_1xb32-accum8-coslr-200e_folder.py', 32)]:
        config = load(f'oadp/{name}')
        assert config.train_dataloader.batch_size == batch
        assert batch * config.optim_wrapper.accumulative_counts == 256
        assert config.auto_scale_lr.base_batch_size == 256  # of a step


# IV-B, and the usual recipes where its numbers are out of line with the rows it compares (lr).
BENCHMARKS = {
    'faster-rcnn_resnet50-fpn_8xb2-24k_voc0712': (0.02, 1e-4, 24000, 16),
    'faster-rcnn_resnet50-fpn_8xb4-frozen-24k_voc0712': (0.02, 1e-4, 24000, 32),
    'mask-rcnn_resnet50-fpn_8xb2-ms-90k_coco': (0.02, 1e-4, 90000, 16),
    'mask-rcnn_resnet50-fpn_8xb2-ms-90k-lr1e-1_coco': (0.1, 1e-4, 90000, 16),
    'fcn_resnet50-d8_8xb2-20k_voc12aug-512x512': (0.01, 5e-4, 20000, 16),
    'fcn_resnet50-d8_8xb2-20k-lr2e-1_voc12aug-512x512': (0.2, 5e-4, 20000, 16),
    'fcn_resnet50-d8_8xb2-20k-lr2e-1_voc12trainval-512x512': (0.2, 5e-4, 20000, 16),
    'fcn_resnet50-d8_8xb2-40k_cityscapes-769x769': (0.01, 5e-4, 40000, 16),
    'fcn_resnet50-d8_8xb2-40k-lr2e-1_cityscapes-769x769': (0.2, 5e-4, 40000, 16),
    # BYOL's appendix and Laina et al.: 0.01 for 16 images
    'up-projection_resnet50_8xb16-3k_nyu-304x228': (0.01 * 128 / 16, 5e-4, 3000, 128),
}


@pytest.mark.parametrize('name', BENCHMARKS)
def test_fine_tuning(name, load):
    lr, decay, steps, batch = BENCHMARKS[name]
    config = load(f'benchmarks/{name}.py')
    optimizer = config.optim_wrapper.optimizer
    assert (optimizer.type, optimizer.momentum) == ('SGD', 0.9)
    assert (optimizer.lr, optimizer.weight_decay) == (lr, decay)
    assert config.train_cfg.max_iters == steps
    assert 'end' not in config.param_scheduler[-1]  # which then is that of the run
    assert 8 * config.train_dataloader.batch_size == batch


@pytest.mark.parametrize(('name', 'gpus', 'batch', 'decay', 'width'), [
    ('1xb16-linear-coslr-200e', 1, 16, 0, 1),
    ('8xb32-linear-coslr-200e', 8, 256, 1e-4, 1),  # the text's
    ('1xb16-linear-coslr-200e-widths', 1, 16, 0, 2),
    ('1xb16-linear-coslr-200e-widths', 1, 16, 0, 4)])
def test_linear_classification(name, gpus, batch, decay, width, load, outline):
    config = load(f'benchmarks/resnet50_{name}_voc07.py' + (f'::x{width}' if width > 1 else ''))
    optimizer = config.optim_wrapper.optimizer
    assert (optimizer.lr, optimizer.weight_decay) == (0.03, decay)
    assert config.train_cfg.max_epochs == 200
    assert gpus * config.train_dataloader.batch_size == batch
    assert config.auto_scale_lr.base_batch_size == batch
    model = outline(config.model)
    assert model.head.fc.in_features == 2048 * width
    assert model.backbone.conv1.out_channels == model.backbone.layer1[0].conv1.out_channels == (
        64 * width)


def test_the_leak_of_the_literal_segmentation(load, tiny_data):
    """One list of images, of trainval, with the masks that VOC itself has; judged on val."""
    name = 'benchmarks/fcn_resnet50-d8_8xb2-20k-lr2e-1_voc12trainval-512x512.py'
    config = load(name, OADP_DATA=str(tiny_data))
    plain = load('benchmarks/fcn_resnet50-d8_8xb2-20k_voc12aug-512x512.py',
                 OADP_DATA=str(tiny_data))
    assert config.val_dataloader == plain.val_dataloader
    dataset = config.train_dataloader.dataset
    assert dataset.ann_file == 'ImageSets/Segmentation/trainval.txt'
    part = plain.train_dataloader.dataset.datasets[0]
    assert {**dataset, 'ann_file': part.ann_file} == part


def test_voc_detection_averages_ten_thresholds(load):
    config = load('benchmarks/faster-rcnn_resnet50-fpn_8xb2-24k_voc0712.py')
    assert config.val_evaluator.iou_thrs == [(50 + 5 * i) / 100 for i in range(10)]
    assert config.val_evaluator.eval_mode == '11points'
    sides = [scale[1] for scale in config.train_dataloader.dataset.datasets[0].pipeline[2].scales]
    assert (min(sides), max(sides)) == (480, 800)


@pytest.mark.data
class TestRealImages:
    """The small configs against the folders they are written for."""

    def test_photos_of_validation_are_not_pretrained_on(self, load, oadp_data):
        config = load('oadp/oadp_resnet18_1xb32-coslr-12e_coco128-camvid.py',
                      OADP_DATA=str(oadp_data))
        dataset = DATASETS.build(config.train_dataloader.dataset.dataset)
        paths = [Path(dataset.get_data_info(i)['img_path']) for i in range(len(dataset))]
        photos = {path.name for path in paths if path.parent.name == 'images'}
        assert photos == names_in(oadp_data / 'coco128/annotations/instances_train.json')
        frames = {path for path in paths if path.parent.name == 'train'}
        assert frames == set((oadp_data / 'camvid/images/train').iterdir())

    def test_classes_of_camvid(self, load, oadp_data):
        listed = json.loads((oadp_data / 'camvid/classes.json').read_text())
        config = load('benchmarks/fcn_resnet18-d8_1xb8-400i_camvid-160x160.py')
        assert list(config.metainfo.classes) == listed['classes']


def names_in(annotations: Path) -> set[str]:
    return {image['file_name'] for image in json.loads(annotations.read_text())['images']}

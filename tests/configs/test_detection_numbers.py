"""RegionCL's, SCD's and SoCo's detection and segmentation benchmarks against the papers' recipes.

Every number is copied from a text, none from a config: RegionCL's section 4 and its authors' logs,
SCD's A.4, SoCo's 4.2 and 4.5 and its authors' configs.
"""
from __future__ import annotations

import re

import pytest
from mmengine.optim import build_optim_wrapper
from mmengine.registry import HOOKS
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from tests.configs.leaves import CASES, LEAVES, dicts, falls, option
from tests.configs.leaves import load as read
from tests.configs.test_detr_numbers import DETR
from tests.configs.test_paper_numbers import BENCHMARKS as OF_OADP

C4 = [name for name in LEAVES if re.match('benchmarks/.*-c4_', name)]

# name: lr, weight decay, images a step, steps, where the rate falls (or its schedule)
STEPS = {f'benchmarks/{name}.py': row for name, row in {
    # RegionCL
    'mask-rcnn_resnet50-c4_8xb2-ms1200-90k_coco': (0.02, 1e-4, 16, 90000, [60000, 80000]),
    'mask-rcnn_resnet50-c4_8xb2-ms1200-180k_coco': (0.02, 1e-4, 16, 180000, [120000, 160000]),
    'mask-rcnn_resnet50-fpn-2fc_8xb2-ms-90k_coco': (0.02, 1e-4, 16, 90000, [60000, 80000]),
    'mask-rcnn_resnet50-fpn-2fc_8xb2-ms-180k_coco': (0.02, 1e-4, 16, 180000, [120000, 160000]),
    'mask-rcnn_resnet50-fpn-2fc_8xb2-ms-180k-widths_coco': (
        0.02, 1e-4, 16, 180000, [120000, 160000]),
    # where the rate falls is not published: at 60 and 80 of 90, as in 1x
    'mask-rcnn_resnet50-fpn-2fc_8xb2-ms-12k_coco': (
        0.02, 1e-4, 16, 12000, [round(12000 * share / 9) for share in (6, 8)]),
    'retinanet_resnet50-fpn_8xb2-ms-90k_coco': (0.01, 1e-4, 16, 90000, [60000, 80000]),
    'retinanet_resnet50-fpn_8xb2-ms-180k_coco': (0.01, 1e-4, 16, 180000, [120000, 160000]),
    'mask-rcnn_resnet50-fpn-2fc_8xb1-ms-24k_cityscapes': (0.01, 1e-4, 8, 24000, [18000]),
    'upernet_resnet50_8xb2-40k_cityscapes-512x1024': (0.01, 5e-4, 16, 40000, 'PolyLR'),
    'upernet_resnet50_8xb2-80k_cityscapes-512x1024': (0.01, 5e-4, 16, 80000, 'PolyLR'),
    # SCD, with OADP's FPN
    'mask-rcnn_resnet50-c4_8xb2-ms-90k_coco': (0.02, 1e-4, 16, 90000, [60000, 80000]),
    'faster-rcnn_resnet50-c4_8xb2-24k_voc0712': (0.02, 1e-4, 16, 24000, [18000, 22000]),
    'mask-rcnn_resnet50-fpn_8xb2-ms-90k_coco': (0.02, 1e-4, 16, 90000, [60000, 80000]),
    # SoCo, with SCD's C4 of VOC
    'mask-rcnn_resnet50-fpn-parts_8xb2-ms-90k_coco': (0.02, 2.5e-5, 16, 90000, [60000, 80000]),
    'mask-rcnn_resnet50-fpn-parts_8xb2-ms-180k_coco': (0.02, 2.5e-5, 16, 180000, [120000, 160000]),
    'mask-rcnn_resnet50-fpn-parts_8xb2-ms-90k_mini-coco': (
        0.02, 2.5e-5, 16, 90000, [60000, 80000]),
    'mask-rcnn_resnet50-fpn-parts_8xb2-ms-90k_lvis': (0.02, 2.5e-5, 16, 90000, [60000, 80000]),
    'mask-rcnn_resnet50-c4_8xb2-ms-90k-wd25e-6_coco': (0.02, 2.5e-5, 16, 90000, [60000, 80000]),
    'mask-rcnn_resnet50-c4_8xb2-ms-180k-wd25e-6_coco': (
        0.02, 2.5e-5, 16, 180000, [120000, 160000]),
    'retinanet_resnet50-fpn-parts_8xb2-90k_coco': (0.01, 1e-4, 16, 90000, [60000, 80000]),
    'fcos_resnet50-fpn-parts_8xb2-90k_coco': (0.01, 1e-4, 16, 90000, [60000, 80000]),
}.items()}


def test_every_detection_and_segmentation_is_in_a_table():
    assert {*STEPS, *DETR, *(f'benchmarks/{name}.py' for name in OF_OADP)} == {
        name for name in LEAVES if re.match('benchmarks/(?!resnet50_|swin)(?!.*resnet18)', name)}


@pytest.mark.parametrize(('name', 'row'), STEPS.items())
def test_detection_and_segmentation(name, row, load):
    config = load(name)
    optimizer = config.optim_wrapper.optimizer
    batch = 8 * config.train_dataloader.batch_size
    assert (optimizer.lr, optimizer.weight_decay, batch, config.train_cfg.max_iters,
            falls(config)) == row
    assert (optimizer.type, optimizer.momentum) == ('SGD', 0.9)
    # Without an end of their own all follow the length of the run.
    assert 'end' not in config.param_scheduler[-1]
    assert config.auto_scale_lr.base_batch_size == batch


@pytest.mark.parametrize('name', [
    case for case in CASES if read(case).default_scope == 'mmdet' and case not in DETR])
def test_norms_of_detectors_do_not_decay_and_all_else_does(name, load, outline):
    """RegionCL's logs: WEIGHT_DECAY_NORM 0.0; the optimizer's own groups tell.

    Biases of FCOS do not decay either and learn at twice the rate, in its host's recipe.
    """
    config = load(name)
    model = outline(config.model)
    groups = build_optim_wrapper(model, config.optim_wrapper).optimizer.param_groups
    decay = {id(tensor): group['weight_decay'] for group in groups for tensor in group['params']}
    norms = {id(tensor) for module in model.modules()
             if isinstance(module, (_BatchNorm, nn.GroupNorm)) for tensor in module.parameters()}
    trained = {id(tensor) for tensor in model.parameters() if tensor.requires_grad}
    biases = {id(tensor) for key, tensor in model.named_parameters()
              if config.model.type == 'FCOS' and key.endswith('.bias')} - norms
    rate = {id(tensor): group['lr'] for group in groups for tensor in group['params']}
    lr, rest = config.optim_wrapper.optimizer.lr, trained - norms - biases
    assert {decay[key] for key in (norms | biases) & trained} == {0}
    assert {decay[key] for key in rest} == {config.optim_wrapper.optimizer.weight_decay}
    assert {rate[key] for key in biases} in (set(), {2 * lr})
    assert {rate[key] for key in trained - biases} == {lr}


@pytest.mark.parametrize('name', [
    case for case in CASES if read(case).default_scope == 'mmdet'])
def test_statistics_are_measured_anew_where_the_authors_do(name, load):
    """PRECISE_BN of 200 iterations in RegionCL's logs, SoCo's and ORL's configs, MoCo's code (SCD).

    SoCo's RetinaNet and FCOS are mmdet's, OADP does not say, and DETR's norms are frozen.
    """
    hooks = [hook for hook in load(name).custom_hooks if 'PreciseBN' in hook.type]
    silent = 'detr_|(retinanet|fcos)_.*-parts_|faster-rcnn_resnet50-fpn_|resnet18'
    assert [HOOKS.build(hook).num_batches for hook in hooks] == (
        [] if re.search(silent, name) else [200])


@pytest.mark.parametrize('name', C4)
class TestC4:
    def test_one_checkpoint_is_loaded_in_both_places(self, name, load, outline):
        model = load(name).model
        body, layer4 = model.backbone.init_cfg, model.roi_head.shared_head.layer.init_cfg
        assert body.type == layer4.type == 'oadp_mm.CheckedPretrained'
        assert body.checkpoint == layer4.checkpoint
        assert body.get('prefix') == layer4.get('prefix')
        # each names exactly what it is made of, and together they are a ResNet
        built = outline(model)
        named = {name.split('.')[0] for name in built.backbone.state_dict()}
        assert named == set(body.only)
        assert {name.split('.')[0] for name in built.roi_head.shared_head.layer.state_dict()} == {
            layer4.only}
        assert named | {layer4.only} == {'conv1', 'bn1', *(f'layer{i}' for i in range(1, 5))}

    def test_every_norm_is_trained_and_one_follows_layer4(self, name, load, outline):
        """MoCo's Res5ROIHeadsExtraNorm; SyncBN in the backbone."""
        model = outline(load(name).model).train()
        norms = {key: m for key, m in model.named_modules() if isinstance(m, nn.BatchNorm2d)}
        assert all(norm.training and norm.weight.requires_grad for norm in norms.values())
        assert norms['roi_head.shared_head.norm'].num_features == 2048

    def test_pixels_are_normalised_as_in_pretraining(self, name, load):
        preprocessor = load(name).model.data_preprocessor
        assert preprocessor.mean == [123.675, 116.28, 103.53]
        assert preprocessor.std == [58.395, 57.12, 57.375]
        assert preprocessor.bgr_to_rgb


def norms_outside_backbone(model: nn.Module) -> set[str]:
    """Parts of a detector, but for its backbone, that hold a batch norm."""
    return {'.'.join(key.split('.')[:2]) if key.startswith('roi_head') else key.split('.')[0]
            for key, module in model.named_modules()
            if isinstance(module, nn.BatchNorm2d) and not key.startswith('backbone.')}


@pytest.mark.parametrize(('name', 'parts'), [
    ('benchmarks/mask-rcnn_resnet50-fpn-2fc_8xb2-ms-90k_coco.py', {'neck'}),
    ('benchmarks/mask-rcnn_resnet50-fpn-2fc_8xb2-ms-180k_coco.py', {'neck'}),
    ('benchmarks/mask-rcnn_resnet50-fpn-2fc_8xb1-ms-24k_cityscapes.py', {'neck'}),
    ('benchmarks/retinanet_resnet50-fpn_8xb2-ms-90k_coco.py', {'neck'}),
    ('benchmarks/retinanet_resnet50-fpn_8xb2-ms-180k_coco.py', {'neck'}),
    ('benchmarks/mask-rcnn_resnet50-fpn_8xb2-ms-90k_coco.py',
     {'neck', 'roi_head.bbox_head', 'roi_head.mask_head'}),
    ('benchmarks/mask-rcnn_resnet50-fpn-parts_8xb2-ms-90k_coco.py',
     {'neck', 'roi_head.bbox_head', 'roi_head.mask_head'}),
    ('benchmarks/mask-rcnn_resnet50-fpn-parts_8xb2-ms-90k_lvis.py',
     {'neck', 'roi_head.bbox_head', 'roi_head.mask_head'}),
    ('benchmarks/fcos_resnet50-fpn-parts_8xb2-90k_coco.py', {'neck'}),
])
def test_where_a_detector_has_norms(name, parts, load, outline):
    """RegionCL's logs: FPN.NORM SyncBN, ROI_BOX_HEAD.NORM '' with 2 fc, ROI_MASK_HEAD.NORM ''.

    SoCo's configs: SyncBN in all four, 4 convolutions and 1 fc.
    """
    config = load(name)
    assert norms_outside_backbone(outline(config.model)) == parts
    if 'mask-rcnn' in name:
        assert config.model.roi_head.bbox_head.type == (
            'Shared2FCBBoxHead' if parts == {'neck'} else 'Shared4Conv1FCBBoxHead')


@pytest.mark.parametrize(('name', 'count'), [
    ('mask-rcnn_resnet50-c4_8xb2-ms1200-90k_coco', 54),
    ('mask-rcnn_resnet50-c4_8xb2-ms1200-180k_coco', 54),
    ('mask-rcnn_resnet50-fpn-2fc_8xb2-ms-90k_coco', 61),
    ('mask-rcnn_resnet50-fpn-2fc_8xb2-ms-180k_coco', 61),
    ('mask-rcnn_resnet50-fpn-2fc_8xb1-ms-24k_cityscapes', 61),
    ('retinanet_resnet50-fpn_8xb2-ms-90k_coco', 59),
    ('retinanet_resnet50-fpn_8xb2-ms-180k_coco', 59),
])
def test_norms_are_as_many_as_in_regioncls_logs(name, count, load, outline):
    """"Computing precise BN statistics for 59 BN layers"."""
    model = outline(load(f'benchmarks/{name}.py').model)
    assert sum(isinstance(module, nn.BatchNorm2d) for module in model.modules()) == count


@pytest.mark.parametrize('name', [
    case for case in CASES
    if read(case).default_scope == 'mmdet' and not re.search('/(fcos|detr)_', case)])
def test_anchors_across_the_border_count(name, load):
    """RegionCL's logs: BOUNDARY_THRESH -1, detectron2's default. FCOS and DETR have no anchors."""
    settings = load(name).model.train_cfg
    assert settings.get('rpn', settings).allowed_border == -1


@pytest.mark.parametrize(('name', 'sides', 'longest'), [
    ('benchmarks/mask-rcnn_resnet50-c4_8xb2-ms-90k_coco.py', range(640, 801, 32), 1333),
    ('benchmarks/mask-rcnn_resnet50-c4_8xb2-ms1200-90k_coco.py', range(640, 801, 32), 1200),
    ('benchmarks/mask-rcnn_resnet50-c4_8xb2-ms1200-180k_coco.py', range(640, 801, 32), 1200),
    ('benchmarks/mask-rcnn_resnet50-c4_8xb2-ms-90k-wd25e-6_coco.py', range(640, 801, 32), 1333),
    ('benchmarks/retinanet_resnet50-fpn_8xb2-ms-90k_coco.py', range(640, 801, 32), 1333),
    ('benchmarks/mask-rcnn_resnet50-fpn-parts_8xb2-ms-90k_coco.py', range(640, 801, 32), 1333),
    ('benchmarks/mask-rcnn_resnet50-fpn-parts_8xb2-ms-90k_lvis.py', range(640, 801, 32), 1333),
    ('benchmarks/mask-rcnn_resnet50-fpn-2fc_8xb1-ms-24k_cityscapes.py',
     range(800, 1025, 32), 2048),
    ('benchmarks/faster-rcnn_resnet50-c4_8xb2-24k_voc0712.py', range(480, 801, 32), 1333),
])
def test_sides_in_training(name, sides, longest, load):
    steps = [node for node in dicts(load(name).train_dataloader.to_dict())
             if node.get('type') == 'RandomChoiceResize']
    assert steps
    assert all(step['scales'] == [(longest, side) for side in sides] for step in steps)


@pytest.mark.parametrize('name', [name for name in LEAVES if '/upernet_' in name])
@pytest.mark.parametrize(('key', 'value'), [
    ('model.data_preprocessor.size', (512, 1024)),
    ('model.backbone.type', 'ResNet'),  # with the plain stem
    ('model.auxiliary_head.loss_decode.loss_weight', 0.4),
    ('model.auxiliary_head.type', 'FCNHead'),
    ('model.decode_head.num_classes', 19),
])
def test_upernet(name, key, value, load):
    config = load(name)
    assert option(config, key) == value
    assert config.param_scheduler[-1].power == 0.9

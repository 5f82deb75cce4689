"""Every config loads, builds its model and feeds it an image."""
from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.registry import DATASETS, HOOKS, MODELS
from torch import nn

from oadp_mm import registry
from tests.configs.leaves import CASES, dicts, is_pretraining, view_side, view_sides

PREFIX = 'oadp_mm.'
OURS = (registry.MODELS, registry.DATASETS, registry.TRANSFORMS, registry.HOOKS,
        registry.WEIGHT_INITIALIZERS, registry.DATA_SAMPLERS, registry.PARAM_SCHEDULERS,
        registry.FUNCTIONS, registry.OPTIMIZERS, registry.METRICS)
HOOKS_OF_ALL = {'SeedHook', 'FiniteLossHook', 'ProgressHook'}
PRETRAINING_HOOKS = {'TrainingLengthHook', 'OptimizerStepsHook', 'AfterStepHook', 'NextStepHook',
                     'CollapseHook', 'CropScheduleHook', 'UnreadableImagesHook', 'HandoffCheckHook',
                     'PeakMemoryHook'}
#: Tensors of a ResNet by depth and stages; torchvision's without the classifier.
TENSORS = {(18, 4): 120, (50, 4): 318, (50, 3): 318 - 60}
#: What MoCo v3 keeps as it was initialised.
FIXED_IN_VIT = {'patch_embed.projection.weight', 'patch_embed.projection.bias'}


@pytest.fixture(scope='session')
def seen() -> set[str]:
    """Keys of what need not be tested twice."""
    return set()


@pytest.mark.parametrize('name', CASES)
class TestConfig:
    def test_types_resolve_without_imports(self, name, load):
        config = load(name)
        assert 'custom_imports' not in config
        types = [node['type'] for node in dicts(config.to_dict()) if 'type' in node]
        assert all(isinstance(kind, str) for kind in types)
        for kind in types:
            if kind.startswith(PREFIX):
                assert any(room.get(kind) for room in OURS), kind
            else:
                # The host has a LARS of its own, and whoever says it means that one.
                assert kind == 'LARS' or not any(kind in room.module_dict for room in OURS), kind

    def test_survives_being_written_and_read(self, name, load):
        """mmengine dumps the config into the work_dir and the checkpoint as Python text."""
        config = load(name)
        text = Config(config.to_dict(), format_python_code=False).pretty_text
        assert Config.fromstring(text, '.py').to_dict() == config.to_dict()

    def test_hooks_build(self, name, load):
        config = load(name)
        hooks = [(hook.type, HOOKS.build(hook)) for hook in config.custom_hooks]
        kinds = {type(hook).__name__ for kind, hook in hooks if kind.startswith(PREFIX)}
        used = {node.get('type') for node in dicts(config.model.to_dict())}
        assert kinds - HOOKS_OF_ALL - {'PreciseBNHook'} == (
            PRETRAINING_HOOKS if is_pretraining(config) else
            {'HandoffCheckHook'} if 'oadp_mm.CheckedPretrained' in used else set())
        assert kinds >= HOOKS_OF_ALL
        assert config.runner_type == 'oadp_mm.Runner'
        assert config.default_hooks.checkpoint.type == 'oadp_mm.CheckpointHook'
        assert config.train_dataloader.worker_init_fn.type == 'oadp_mm.seed_worker'
        # Synchronous batch norm would undo what shuffling the keys is for.
        shuffles = config.model.get('shuffle_bn') or config.model.type in ('MoCo', 'DenseCL')
        assert config.sync_bn == (None if shuffles else 'torch')

    def test_model_builds(self, name, load, outline, seen):
        config = load(name)
        key = json.dumps([config.model.to_dict(), is_pretraining(config) and view_sides(config)])
        if key in seen:
            return
        seen.add(key)
        model = outline(config.model).train()
        norms = [m for m in model.backbone.modules() if isinstance(m, nn.BatchNorm2d)]
        fixed = {key for key, value in model.backbone.named_parameters()
                 if not value.requires_grad}
        backbone = config.model.backbone
        if backbone.get('frozen_stages', -1) == 4 or backbone.type == 'oadp_mm.FrozenWeights':
            assert fixed == {key for key, _ in model.backbone.named_parameters()}
            assert not any(norm.training for norm in norms)
        elif config.model.type == 'DETR':  # see test_detr_numbers
            assert not any(norm.training for norm in norms)
        else:
            assert fixed == (FIXED_IN_VIT if backbone.type == 'MoCoV3ViT' else set())
            assert all(norm.training for norm in norms)
        if backbone.type == 'ResNet':
            # A checkpoint of a plain ResNet fits: 7x7 stem, and the tensors of torchvision's.
            assert model.backbone.conv1.weight.shape[1:] == (3, 7, 7)
            stages = backbone.get('num_stages', 4)
            # A stem of another width than layer1 needs a projection beside its first block.
            wider = 6 * (backbone.get('base_channels', 64) != backbone.get('stem_channels', 64))
            assert len(model.backbone.state_dict()) == TENSORS[backbone.depth, stages] + (
                wider if backbone.depth < 50 else 0)
        if is_pretraining(config):
            side = view_side(config)
            last = model.eval().backbone(torch.zeros(1, 3, side, side, device='meta'))[-1]
            if backbone.type == 'MoCoV3ViT':
                assert last.shape[1] == 1 + (side // backbone.patch_size) ** 2
            else:
                # SoCo's C4 form ends at layer3, and runs layer4 on boxes.
                stages = 3 if config.model.get('box_head') == 'layer4' else 4
                stride = 4 * math.prod(backbone.get('strides', (1, 2, 2, 2))[:stages])
                assert last.shape[2:] == (side // stride, side // stride)
            if config.model.type == 'oadp_mm.OADP':
                selector = MODELS.build(config.model.selector)
                assert selector.layout(side, side).grid == last.shape[-1]

    def test_pipelines_give_what_the_model_takes(self, name, load, tiny_data, seen):
        config = load(name, OADP_DATA=str(tiny_data), OADP_IMAGES=str(tiny_data / 'images'),
                      OADP_PROPOSALS=str(tiny_data / 'proposals.npz'),
                      OADP_CORRESPONDENCES=str(tiny_data / 'correspondences.npz'))
        key = json.dumps([config.train_dataloader.to_dict(), config.get('val_dataloader')])
        if key in seen:
            return
        seen.add(key)
        train = DATASETS.build(config.train_dataloader.dataset)
        sample = train[0]
        if is_pretraining(config):
            check_views(sample['inputs'], view_sides(config))
            if boxes := config.train_dataloader.dataset.views.get('boxes'):
                assert sample['boxes'].shape == (len(sample['inputs']) - 1, 2, boxes.count, 4)
                assert sample['box_weights'].any()
            assert config.train_dataloader.batch_sampler.type == 'oadp_mm.FullBatchSampler'
            return
        check_labels(sample['data_samples'], config)
        assert sample['inputs'].dtype == torch.uint8
        val = DATASETS.build(config.val_dataloader.dataset)
        check_labels(val[0]['data_samples'], config)
        if config.model.type == 'DepthEstimator':
            return
        classes = val.metainfo.get('classes', train.metainfo.get('classes'))
        assert len(classes) == classes_of(config.model)


def check_views(views: list[torch.Tensor], sides: list[int]) -> None:
    assert [view.shape for view in views] == [(3, side, side) for side in sides]
    assert all(view.dtype == torch.uint8 for view in views)
    assert not torch.equal(*views[:2])


def check_labels(sample: Any, config: Config) -> None:
    if config.model.type == 'DepthEstimator':
        depth = sample.gt_depth_map.data  # in metres, drawn from all of the camera's range
        assert 0 <= depth.min() < 0.1 and 9.9 < depth.max() < 10
    elif config.default_scope == 'mmseg':
        # No label is moved on its way, and the column to ignore is ignored (or cropped away).
        assert {0, 1} <= set(np.unique(sample.gt_sem_seg.data)) <= {0, 1, 255}
    elif config.default_scope == 'mmdet':
        assert 0 <= sample.gt_instances.labels.item() < classes_of(config.model)
        assert len(sample.gt_instances.bboxes) == 1
        assert hasattr(sample.gt_instances, 'masks') == bool(
            config.model.get('roi_head', {}).get('mask_head'))
    else:
        assert sample.gt_label.tolist() == [7]  # the eighth class: VOC's cat, ImageNet's cock


def classes_of(model: dict) -> int:
    """How many classes the heads tell apart; they agree."""
    heads = {node['num_classes'] for node in dicts(model) if 'num_classes' in node}
    assert len(heads) == 1
    return heads.pop()

"""The complete config of a fine-tuning."""
from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any, NamedTuple

from mmengine.config import Config

from oadp_mm.datasets.labelled.labelled import Labelled, Maps, Objects
from oadp_mm.files.config_text import without_templates
from oadp_mm.files.configs import config_path, read_config
from oadp_mm.journey.hosts import NAMED, Model
from oadp_mm.journey.lengths import anchor_scale
from oadp_mm.journey.starts import Start

#: The share of a training in which the learning rate rises; then it falls as a cosine.
WARM_UP = 1 / 8
_WORKERS = 2


class Length(NamedTuple):
    """See `lengths.Settings`; here everything is known."""

    steps: int
    batch: int
    size: int


def run_config(model: Model, adapted: Mapping[str, Any], start: Start, data: Labelled,
               labels: Objects | Maps, length: Length, lr: float | None, seed: int,
               predictions: Path) -> dict[str, Any]:
    """All that one run reads; starts differ in `model.backbone.init_cfg` alone.

    Args:
        model: to be trained.
        adapted: its config for the start and the data, see `adapted_model`.
        start: of its backbone, a file.
        data: to measure on.
        labels: to train on.
        length: of the training.
        lr: of the optimizer; None takes the model's.
        seed: of the run.
        predictions: a prefix of files, or a folder, for those of the last validation.
    """
    config = read_config(config_path(f'_base_/{model.host}_runtime.py'), {}, {})
    whole = deepcopy(dict(adapted))
    whole['backbone']['init_cfg'] = dict(type='oadp_mm.CheckedPretrained',
                                         checkpoint=str(start.file))
    train, test, evaluator = (_detection if model.host == 'mmdet' else _segmentation)(
        model, whole, data, labels, length.size, str(predictions))
    wrapper = dict(model.optim_wrapper)
    if lr is not None:
        wrapper['optimizer'] = {**wrapper['optimizer'], 'lr': lr}
    elif model.planned_batch:
        rate = wrapper['optimizer']['lr'] * length.batch / model.planned_batch
        wrapper['optimizer'] = {**wrapper['optimizer'], 'lr': rate}
    config['train_dataloader'].update(
        batch_size=length.batch, num_workers=_WORKERS, dataset=train, drop_last=True)
    config['train_dataloader'].pop('batch_sampler', None)  # of few images it would repeat one
    config['val_dataloader'].update(num_workers=_WORKERS, dataset=test)
    config['default_hooks']['logger']['interval'] = max(1, min(50, length.steps // 20))
    config['default_hooks']['checkpoint']['interval'] = max(1, min(1000, length.steps // 4))
    config.update(
        model=whole, optim_wrapper=wrapper,
        param_scheduler=[
            dict(type='oadp_mm.WarmUpLR', until=WARM_UP, start_factor=0.01, by_epoch=False),
            dict(type='oadp_mm.CosineLR', after=WARM_UP, by_epoch=False)],
        val_evaluator=evaluator, test_evaluator=evaluator,
        test_dataloader=config['val_dataloader'], randomness=dict(seed=seed))
    config['train_cfg'].update(max_iters=length.steps, val_interval=length.steps)
    if model.custom_imports:
        config['custom_imports'] = dict(model.custom_imports)
    return config


def as_text(config: Mapping[str, Any], note: str, options: Mapping[str, Any]) -> str:
    """A config with some settings overridden, behind its lab note."""
    whole = Config(dict(config))
    whole.merge_from_dict(dict(options))
    return without_templates(
        ''.join(f'# {line}\n' for line in note.splitlines()) + whole.pretty_text)


def _detection(model: Model, adapted: dict, data: Labelled, labels: Objects | Maps, size: int,
               predictions: str) -> tuple[dict, dict, dict]:
    assert data.objects and isinstance(labels, Objects)
    if model.typed in NAMED:
        adapted['rpn_head']['anchor_generator']['scales'] = [anchor_scale(data.object_side * size)]
    resize = dict(type='Resize', scale=(2 * size, size), keep_ratio=True)
    annotations = dict(type='LoadAnnotations', with_bbox=True, with_mask=model.masks)

    def images(objects: Objects, *pipeline: dict, **others: Any) -> dict:
        return dict(type='CocoDataset', metainfo=dict(classes=data.classes),
                    ann_file=str(objects.file), data_prefix=dict(img=f'{objects.images}/'),
                    pipeline=[dict(type='LoadImageFromFile'), *pipeline], **others)

    test = data.objects['test']
    return (images(labels, annotations, resize, dict(type='RandomFlip', prob=0.5),
                   dict(type='PackDetInputs')),
            images(test, resize, annotations, dict(type='PackDetInputs', meta_keys=(
                'img_id', 'img_path', 'ori_shape', 'img_shape', 'scale_factor')), test_mode=True),
            dict(type='CocoMetric', ann_file=str(test.file), outfile_prefix=predictions,
                 metric=['bbox', 'segm'] if model.masks else ['bbox']))


def _segmentation(model: Model, adapted: dict, data: Labelled, labels: Objects | Maps, size: int,
                  predictions: str) -> tuple[dict, dict, dict]:
    assert data.maps and isinstance(labels, Maps)
    resize = dict(type='Resize', scale=(2 * size, size), keep_ratio=True)
    adapted['data_preprocessor'].pop('size_divisor', None)
    adapted['data_preprocessor']['size'] = (size, size)
    adapted['test_cfg'] = dict(mode='whole')

    def images(maps: Maps, *pipeline: dict, **others: Any) -> dict:
        return dict(type='BaseSegDataset', metainfo=dict(classes=data.map_classes),
                    ann_file=str(maps.file), img_suffix=maps.image_ending,
                    seg_map_suffix=maps.mask_ending,
                    data_prefix=dict(img_path=str(maps.images), seg_map_path=str(maps.masks)),
                    pipeline=[dict(type='LoadImageFromFile'), *pipeline,
                              dict(type='PackSegInputs')], **others)

    annotations = dict(type='LoadAnnotations')
    return (images(labels, annotations, resize,
                   dict(type='RandomCrop', crop_size=(size, size), cat_max_ratio=0.75),
                   dict(type='RandomFlip', prob=0.5)),
            images(data.maps['test'], resize, annotations, test_mode=True),
            dict(type='IoUMetric', iou_metrics=['mIoU'], output_dir=predictions))

"""The detectors and segmenters that a fine-tuning can train, and what it takes of a config."""
from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, NamedTuple

from oadp_mm.files.configs import config_path, find_config, read_config

Host = Literal['mmdet', 'mmseg']


class Metric(NamedTuple):
    """A figure in a host's log.

    Args:
        key: its name there.
        scale: that makes per cent of it.
        step: to which the host rounds it, in per cent.
    """

    key: str
    scale: float
    step: float


METRICS = {'box AP': Metric('coco/bbox_mAP', 100, 0.1),
           'mask AP': Metric('coco/segm_mAP', 100, 0.1), 'mIoU': Metric('mIoU', 1, 0.01)}


class Named(NamedTuple):
    """A model with a name of its own.

    Args:
        host: whose it is.
        piece: its config below `configs/_base_/models`.
        batch: images a step.
        lr: of AdamW at that batch.
        masks: whether a detector outlines what it finds.
    """

    host: Host
    piece: str
    batch: int
    lr: float
    masks: bool = False


NAMED = {
    'mask-rcnn': Named('mmdet', 'mask-rcnn_resnet50-fpn', 4, 2e-4, masks=True),
    'mask-rcnn-small': Named('mmdet', 'mask-rcnn_resnet18-fpn', 4, 1e-3, masks=True),
    'faster-rcnn': Named('mmdet', 'mask-rcnn_resnet50-fpn', 4, 2e-4),
    'faster-rcnn-small': Named('mmdet', 'mask-rcnn_resnet18-fpn', 4, 1e-3),
    'fcn': Named('mmseg', 'fcn_resnet50-d8', 8, 5e-4),
    'fcn-small': Named('mmseg', 'fcn_resnet18-d8', 8, 1e-3),
}


@dataclass(frozen=True)
class Model:
    """A detector or segmenter.

    Args:
        typed: by the user.
        name: of its folders.
        host: whose it is.
        model: its config, of any classes and backbone.
        optim_wrapper: how it is optimized.
        batch: images a step.
        planned_batch: for which the learning rate is, 0 if for any.
        masks: whether a detector outlines what it finds.
        custom_imports: that the config needs.
    """

    typed: str
    name: str
    host: Host
    model: Mapping[str, Any]
    optim_wrapper: Mapping[str, Any]
    batch: int
    planned_batch: int = 0
    masks: bool = False
    custom_imports: Mapping[str, Any] | None = None

    @property
    def metrics(self) -> tuple[str, ...]:
        """Names of what is measured, each the better the larger, in per cent."""
        if self.host == 'mmseg':
            return ('mIoU',)
        return ('box AP', 'mask AP') if self.masks else ('box AP',)


def read_model(word: str) -> Model:
    """A model by one of the names here, a config's path, its name here, or `mmdet::NAME`.

    Of a config the model, its optimizer and the images a step are taken.

    Raises:
        FileNotFoundError: there is no such config.
        ValueError: it trains no detector or segmenter, or one of the C4 kind.
    """
    if word in NAMED:
        return _named(word)
    path = _config_file(word)
    config = read_config(path, {}, {})
    host, model = config.get('default_scope'), config.get('model')
    if host not in ('mmdet', 'mmseg') or not isinstance(model, dict) or 'backbone' not in model:
        raise ValueError(f'{word} trains no detector of mmdet and no segmenter of mmseg with a '
                         f'model.backbone: give one of {", ".join(NAMED)}, or such a config')
    roi_head = model.get('roi_head')
    if isinstance(roi_head, dict) and roi_head.get('shared_head'):
        raise ValueError(f'{word} keeps the last stage of its backbone in its head (C4), where no '
                         'start puts weights: give a model with an FPN, such as mask-rcnn')
    loader = config.get('train_dataloader', {})
    planned = (config.get('auto_scale_lr') or {}).get('base_batch_size', 0)
    return Model(word, re.sub(r'[^\w-]+', '-', path.stem), host, model,
                 config['optim_wrapper'], loader.get('batch_size', 2), planned,
                 host == 'mmdet' and _loads_masks(loader), config.get('custom_imports'))


def _named(word: str) -> Model:
    named = NAMED[word]
    model = read_config(config_path(f'_base_/models/{named.piece}.py'), {}, {})['model']
    if named.host == 'mmdet':
        # A detector of few labels is unsure of all that it finds; AP weighs that itself.
        model['test_cfg']['rcnn']['score_thr'] = 0.001
        if not named.masks:
            model['type'] = 'FasterRCNN'
            model['roi_head'].update(mask_roi_extractor=None, mask_head=None)
    # AdamW because SGD needs thousands of steps from random weights.
    optim_wrapper = dict(
        type='OptimWrapper', optimizer=dict(type='AdamW', lr=named.lr, weight_decay=0.05),
        paramwise_cfg=dict(norm_decay_mult=0.0), clip_grad=dict(max_norm=10.0))
    return Model(word, word, named.host, model, optim_wrapper, named.batch, masks=named.masks)


def _config_file(word: str) -> Path:
    package, separator, name = word.partition('::')
    if not separator:
        return find_config(word)
    # mmengine finds no mmseg:: where that is onedl's, so the file is looked up here.
    spec = find_spec(package) if package in ('mmdet', 'mmseg') else None
    name = name.removesuffix('.py') + '.py'
    for root in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(root) / '.mim/configs'
        found = [folder / name] if (folder / name).is_file() else sorted(folder.rglob(name))
        if found:
            return found[0]
    raise FileNotFoundError(f'there is no config {word}: give a path below the configs of mmdet or '
                            'mmseg, such as mmdet::retinanet/retinanet_r50_fpn_1x_coco')


def _loads_masks(node: Any) -> bool:
    if isinstance(node, dict):
        return bool(node.get('with_mask')) or any(map(_loads_masks, node.values()))
    return isinstance(node, (list, tuple)) and any(map(_loads_masks, node))

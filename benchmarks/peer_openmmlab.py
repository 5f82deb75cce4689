"""Methods of mmpretrain and of oadp_mm for `benchmarks/peers.py`, each as its own config has it.

Changed are only the backbone's depth, the views' size, and norms across processes to those of one.
"""
from __future__ import annotations

import logging
from itertools import chain
from pathlib import Path
from types import SimpleNamespace

import cv2
import mmpretrain
import torch
from mmengine.config import Config
from mmengine.dataset import Compose, default_collate
from mmengine.logging import MessageHub, MMLogger
from mmengine.registry import init_default_scope
from mmpretrain.datasets import PackInputs
from mmpretrain.registry import MODELS
from torch import Tensor

from oadp_mm.datasets import MultiView
from oadp_mm.datasets.transforms import LoadImage
from oadp_mm.engine import FastStepHook
from oadp_mm.engine.arithmetic import has_bfloat16

OURS = Path(__file__).parents[1] / 'configs'
HOST = Path(mmpretrain.__file__).parent / '.mim/configs'
CONFIGS = {
    'mmpretrain BYOL': HOST / 'byol/byol_resnet50_16xb256-coslr-200e_in1k.py',
    'mmpretrain DenseCL': HOST / 'densecl/densecl_resnet50_8xb32-coslr-200e_in1k.py',
    'BYOL': OURS / 'orl/orl-stage1_resnet50_8xb64-coslr-800e_coco.py',
    'DenseCL': OURS / 'regioncl/regioncl-d_resnet50_8xb128-coslr-200e_in1k.py',
    'OADP': OURS / 'oadp/oadp_resnet50_8xb32-coslr-800e_coco.py',
}
#: Keys in the queues of all DenseCLs.
QUEUE = 65536
WIDTHS = {18: 512, 34: 512, 50: 2048}
FAST = ' by the switch'


class Method:
    """A model and the pipeline of its config.

    Args:
        model: config of the model.
        pipeline: transforms from `img_path` to packed views.
    """

    def __init__(self, model: dict, pipeline: list) -> None:
        self.networks, self.pipeline = MODELS.build(model), Compose(pipeline)

    def loss(self, batch: dict[str, list[Tensor]]) -> Tensor:
        gray = {'gray': batch['gray']} if hasattr(self.networks, 'selector') else {}
        losses = self.networks(list(batch['inputs']), None, mode='loss', **gray)
        return torch.stack(list(losses.values())).sum()

    def after_step(self) -> None:
        if hasattr(self.networks, 'after_step'):  # mmpretrain moves its target inside loss()
            self.networks.after_step(0.0)

    def batch(self, files: list[str]) -> dict[str, list[Tensor]]:
        """What a training step gets of these files."""
        packed = default_collate([self.pipeline(dict(img_path=file)) for file in files])
        return self.networks.data_preprocessor(packed, training=True)

    def views(self, file: str) -> list[Tensor]:
        return self.batch([file])['inputs']


def host(config: Config, depth: int, size: int) -> Method:
    """mmpretrain's method of one of its configs."""
    model = config.model
    model.data_preprocessor = config.data_preprocessor
    model.backbone.update(depth=depth, norm_cfg=dict(type='BN'))
    model.neck.in_channels = WIDTHS[depth]
    if 'predictor' in model.head:
        for perceptron in (model.neck, model.head.predictor):
            perceptron.norm_cfg = dict(type='BN1d')
    pipeline = config.train_dataloader.dataset.pipeline
    for step in pipeline:
        for transform in chain(*step.get('transforms', [])):
            if transform.type == 'RandomResizedCrop':
                transform.scale = size
    return Method(model, pipeline)


def ours(config: Config, depth: int, size: int) -> Method:
    """Our method of a config."""
    model, views = config.model, config.train_dataloader.dataset.views
    model.backbone.depth = depth
    if model.type == 'oadp_mm.RegionCL':
        model.region_weight = 0  # which leaves DenseCL
    views.crop['size' if 'size' in views.crop else 'scale'] = size
    return Method(model, [LoadImage(), MultiView(**views), PackInputs()])


def switch() -> FastStepHook:
    """What makes steps cheaper, as far as this processor can."""
    return FastStepHook(bfloat16=has_bfloat16('cpu'))


def build(method: str, depth: int, size: int) -> Method:
    """One of `CONFIGS`, on a ResNet of `depth` and views of `size` pixels; perhaps `FAST`."""
    cv2.setNumThreads(1)
    MMLogger.get_instance('mmengine', log_level=logging.ERROR)
    init_default_scope('mmpretrain')
    MessageHub.get_current_instance().update_info('max_iters', 1000)  # CosineEMA reads it
    make = host if method.startswith('mmpretrain') else ours
    built = make(Config.fromfile(CONFIGS[method.removesuffix(FAST)]), depth, size)
    if method.endswith(FAST):  # as before the first step of a run
        optimizer = SimpleNamespace(state={})
        switch().before_train(SimpleNamespace(
            model=built.networks, optim_wrapper=SimpleNamespace(optimizer=optimizer)))
    return built

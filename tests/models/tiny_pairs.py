"""Small models of RegionCL and SCD in all their forms, and view pairs for them, in float64."""
from __future__ import annotations

import numpy as np
import torch
from mmengine.model import BaseModule
from torch import Tensor, nn

from oadp_mm.models import SCD, RegionCL
from oadp_mm.models.view_pairs import BOTH_WAYS
from oadp_mm.registry import MODELS
from tests.models.tiny import SIDE, separate
from tests.oracles import images

PREPROCESSOR = {'type': 'oadp_mm.ViewsDataPreprocessor'}
#: On views of side 128 the ViT has a map of side 8, the others of side 4: a cell is 32 pixels.
QUICK = {'type': 'oadp_mm.OneConvolution'}
RESNET = {'type': 'mmpretrain.ResNet', 'depth': 18, 'stem_channels': 16, 'base_channels': 16}
VIT = {'type': 'mmpretrain.MoCoV3ViT', 'img_size': SIDE, 'patch_size': 16, 'stop_grad_conv1': True,
       'arch': {'embed_dims': 32, 'num_layers': 2, 'num_heads': 4, 'feedforward_channels': 64}}
TOKENS = {**VIT, 'out_type': 'raw'}
QUEUE, HIDDEN, OUT = 12, 24, 16
WIDTHS = {'hidden_channels': HIDDEN, 'out_channels': OUT}
NO_NORM = {**WIDTHS, 'norm': False}
NO_BIAS = {**WIDTHS, 'bias': False, 'last_bias': False}
MOCO = {'type': 'oadp_mm.ContrastiveHead', 'projector': NO_NORM, 'queue_length': QUEUE}
DENSE = {**MOCO, 'type': 'oadp_mm.DenseContrastiveHead', 'loss_weight': 0.5}
BYOL = {'type': 'oadp_mm.PredictiveHead', **WIDTHS}
SEMANTIC = {'type': 'oadp_mm.SemanticHead', 'projector': NO_NORM, 'margin': 1.0}


def in_batch(temperature: float, layers: int, last_norm: bool) -> dict:
    """MoCo v3's head: the paper's ResNet has 2 layers and no norm at the end, its ViT 3 and one."""
    return {'type': 'oadp_mm.InBatchContrastiveHead', 'temperature': temperature,
            'loss_weight': 2 * temperature,
            'projector': {**NO_BIAS, 'layers': layers, 'last_norm': True},
            'predictor': {**NO_BIAS, 'last_norm': last_norm}}


#: RegionCL's forms by their base methods.
FORMS: dict[str, dict] = {
    'moco': {'head': MOCO},
    'densecl': {'head': {**MOCO, 'loss_weight': 0.5}, 'dense_head': DENSE},
    'simsiam': {
        'head': {**BYOL, 'loss_weight': 0.25, 'predictor': {'hidden_channels': 8, 'bias': False},
                 'projector': {'layers': 3, 'bias': False, 'last_bias': False, 'last_norm': True}},
        'negative': False, 'pairs': BOTH_WAYS, 'ema_decay': None},
    'mocov3': {'head': in_batch(1.0, 2, False), 'pairs': BOTH_WAYS, 'ema_decay': 0.99},
    'mocov3-vit': {'head': in_batch(0.2, 3, True), 'pairs': BOTH_WAYS, 'backbone': TOKENS},
    'moby': {'head': {**MOCO, 'projector': WIDTHS, 'predictor': WIDTHS, 'queues': 2},
             'pairs': BOTH_WAYS, 'ema_decay': 0.99},
}


@MODELS.register_module()
class OneConvolution(BaseModule):
    """A quick backbone whose positions see their neighbours, with a norm over all images."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.AvgPool2d(32), nn.Conv2d(3, 128, 3, padding=1), nn.BatchNorm2d(128))

    def forward(self, view: Tensor) -> tuple[Tensor]:
        return (self.layers(view),)


def regioncl(form: str = 'moco', **changes) -> RegionCL:
    """A form in training mode, with weights that all matter and a target that lags behind."""
    return _ready(RegionCL, {'region': (1, 3), **FORMS[form], **changes})


def scd(head: dict = MOCO, semantic: dict | None = None, **changes) -> SCD:
    """SCD, likewise; `semantic` are changes of its head."""
    return _ready(SCD, {
        'head': head, 'semantic_head': {**SEMANTIC, **(semantic or {})}, **changes})


def _ready(algorithm, settings: dict):
    torch.manual_seed(0)
    model = algorithm(**{'backbone': QUICK, 'data_preprocessor': PREPROCESSOR, **settings})
    model.init_weights()
    return separate(model).train().double()


def photographs(count: int = 4) -> list[np.ndarray]:
    """Two views, RGB uint8 (count, h, w, 3), of parts of photographs."""
    return [np.stack([images.photo(images.PHOTOS[i % 4], SIDE, (top, bottom - 0.1 * (i // 4)))
                      for i in range(count)]) for top, bottom in ((0.0, 0.6), (0.2, 1.0))]


def pairs(count: int = 4) -> list[Tensor]:
    """The same, normalised (count, 3, h, w)."""
    return [(torch.from_numpy(view).permute(0, 3, 1, 2).double() - 118) / 58
            for view in photographs(count)]

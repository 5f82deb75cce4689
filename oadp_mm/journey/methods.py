"""The methods that `pretrain` knows, and on which shipped config a pretraining stands."""
from __future__ import annotations

from pathlib import Path

from oadp_mm.files.configs import config_path
from oadp_mm.journey.schedule import is_short

#: Method -> folder of its small config, a ResNet-18 on images of 96 px.
METHODS = {
    'oadp': 'oadp', 'byol': 'baselines', 'moco': 'baselines', 'densecl': 'baselines',
    'simsiam': 'baselines', 'regioncl-m': 'regioncl', 'regioncl-d': 'regioncl',
    'regioncl-s': 'regioncl', 'regioncl-m3': 'regioncl', 'scd-moco': 'scd', 'scd-byol': 'scd',
    'scd-byol-2x': 'scd', 'soco': 'soco', 'orl-stage1': 'orl', 'orl': 'orl', 'scd-orl': 'scd'}
#: Those that learn from object proposals.
WITH_PROPOSALS = {'soco'}
#: Those that learn from correspondences of regions, which `oadp-mm orl` makes.
WITH_CORRESPONDENCES = {'orl', 'scd-orl'}
SMALL = '{folder}/{method}_resnet18_1xb64-coslr-20e_grocery-96x96.py'
#: Method -> the rest of the name of its paper's config; mmpretrain's own methods ship none.
PAPERS = {
    'oadp': '_1xb32-accum8-coslr-200e_folder', 'regioncl-m': '_8xb128-coslr-200e_in1k',
    'regioncl-d': '_8xb128-coslr-200e_in1k', 'regioncl-s': '_8xb64-coslr-100e_in1k',
    'regioncl-m3': '_32xb128-coslr-1000e_in1k', 'scd-moco': '_2xb128-coslr-200e_in1k',
    'scd-byol': '_2xb256-coslr-200e_in1k', 'scd-byol-2x': '_2xb256-coslr-200e_in1k',
    'soco': '-fpn_16xb128-coslr-100e_in1k',
    **dict.fromkeys(('orl-stage1', 'orl', 'scd-orl'), '_8xb64-coslr-800e_coco')}
#: Backbone -> its depth.
BACKBONES = {f'resnet{depth}': depth for depth in (18, 34, 50, 101, 152)}


def base_config(method: str, backbone: str, steps: int) -> Path:
    """The config that a pretraining of so many optimizer steps stands on.

    The paper's, for what is like the paper's: a ResNet-50 or deeper, and no short training. Else
    the small one, whose heads, queue and EMA are made for a small network and few steps.

    Raises:
        ValueError: the method or the backbone is unknown.
    """
    for what, name, known in (('method', method, METHODS), ('backbone', backbone, BACKBONES)):
        if name not in known:
            raise ValueError(f'--{what} {name} is unknown: choose from {", ".join(known)}')
    if method in PAPERS and BACKBONES[backbone] >= 50 and not is_short(steps):
        return config_path(f'{METHODS[method]}/{method}_resnet50{PAPERS[method]}.py')
    return config_path(SMALL.format(folder=METHODS[method], method=method))

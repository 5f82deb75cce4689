"""Which methods can be compared, and on which terms."""
from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from oadp_mm.files.configs import config_path
from oadp_mm.probes.backbones import tensor_shapes

#: Method -> folder of its config. All are of one size: a ResNet-18 on images of 96 px.
METHODS = {
    'oadp': 'oadp', 'byol': 'baselines', 'moco': 'baselines', 'densecl': 'baselines',
    'simsiam': 'baselines', 'regioncl-m': 'regioncl', 'regioncl-d': 'regioncl',
    'regioncl-s': 'regioncl', 'regioncl-m3': 'regioncl', 'scd-moco': 'scd', 'scd-byol': 'scd',
    'scd-byol-2x': 'scd'}
CONFIG = '{folder}/{method}_resnet18_1xb64-coslr-20e_grocery-96x96.py'
FLOOR = 'random'


def parse_methods(text: str) -> dict[str, Path]:
    """The configs of `oadp,byol,mine=path/to/config.py`, by method.

    Raises:
        ValueError: a method is unknown, named twice or has a name that cannot be a folder's.
        FileNotFoundError: a config does not exist.
    """
    methods: dict[str, Path] = {}
    for word in filter(None, (word.strip() for word in text.split(','))):
        name, given, path = (piece.strip() for piece in word.partition('='))
        if not given and name not in METHODS:
            raise ValueError(f'method {name!r} is unknown: choose from {", ".join(METHODS)}, or '
                             'give NAME=path/to/config.py')
        if name == FLOOR or not re.fullmatch(r'\w[\w.+-]*', name):
            raise ValueError(f'{name!r} cannot name a method: use letters, digits, - and _, and '
                             f'not {FLOOR}, which is the untrained backbone')
        if name in methods:
            raise ValueError(f'method {name} is named twice: name each once')
        if given and not Path(path).is_file():
            raise FileNotFoundError(f'the config {path} of method {name} does not exist')
        methods[name] = Path(path).resolve() if given else config_path(
            CONFIG.format(folder=METHODS[name], method=name))
    if not methods:
        raise ValueError(f'--methods names none: choose from {", ".join(METHODS)}')
    return methods


def check_same_terms(configs: Mapping[str, dict], epochs: int, batch: int) -> None:
    """Refuse methods that would not be pretrained alike.

    Raises:
        ValueError: a config keeps its own number of epochs, accumulates gradients over steps, has
            a backbone with other tensors than the first one's, or a host's queue (mmpretrain's
            MoCo and DenseCL) that the batch does not divide.
    """
    for name, config in configs.items():
        found = config.get('train_cfg', {}).get('max_epochs')
        if found != epochs:
            raise ValueError(f'the config of {name} trains for {found} epochs where {epochs} were '
                             "asked for: have it set max_epochs=int(os.environ['OADP_EPOCHS'])")
        if config.get('optim_wrapper', {}).get('accumulative_counts', 1) != 1:
            raise ValueError(f'the config of {name} accumulates gradients, so it would make fewer '
                             'steps than the others: remove accumulative_counts')
        if (length := config['model'].get('queue_len', batch)) % batch:
            raise ValueError(f'the queue of {name} holds {length} keys, which --batch {batch} does '
                             'not divide, as mmpretrain demands: choose another batch')
    _check_same_backbone({name: config['model']['backbone'] for name, config in configs.items()})


def _check_same_backbone(backbones: Mapping[str, dict]) -> None:
    first, *others = backbones
    wanted = tensor_shapes(backbones[first])
    for name in others:
        if tensor_shapes(backbones[name]) != wanted:
            raise ValueError(f'the backbone of {name} is another network than that of {first}: '
                             'compare methods on one backbone')

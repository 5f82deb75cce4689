"""Backbones to be probed, from whatever a user has of them."""
from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from mmengine.config import Config
from mmengine.model import BaseModule
from torch import Tensor, nn

from oadp_mm.datasets.decoding import SixteenBit
from oadp_mm.files import recipe
from oadp_mm.files.backbone_file import backbone_tensors, history, told
from oadp_mm.files.checkpoint import Checkpoint, CheckpointError, read_checkpoint
from oadp_mm.files.configs import find_config
from oadp_mm.files.resnet_name import resnet_name
from oadp_mm.files.run_folder import newest_checkpoint
from oadp_mm.files.whole_module import load_whole, part_of
from oadp_mm.probes.backbones import build_backbone, random_backbone
from oadp_mm.probes.recorded import built_from, recorded_backbone

RANDOM = 'random'
_IMAGENET = {'mean': recipe.MEAN, 'std': recipe.STD, 'channels': 'RGB'}


@dataclass(frozen=True)
class Network:
    """A backbone and how it is to be fed.

    Args:
        name: what the user typed.
        backbone: with its tensors.
        architecture: the config it was built from.
        preprocessor: mean, std and channels, see `recipe.preprocessor`.
        origin: the file, its method, epoch and iteration, as far as they are known.
        sixteen_bit: see `decode_image`.
        view_size: side of the views it was trained on, None if it is unknown.
        notes: what was assumed, a sentence each.
    """

    name: str
    backbone: nn.Module
    architecture: Mapping[str, Any]
    preprocessor: Mapping[str, Any]
    origin: Mapping[str, str]
    sixteen_bit: SixteenBit = 'range'
    view_size: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def untrained(self) -> bool:
        """Whether it is one of `random`."""
        return 'seed' in self.origin


def read_networks(words: Sequence[str], config: str | None = None) -> list[Network]:
    """The backbones of files, run folders and the word `random`, in their order.

    Args:
        words: files, run folders, `random`, or `random:SEED`.
        config: a config whose `model.backbone` (or the config itself, if it has a `type`) builds
            what does not tell its architecture.

    Raises:
        CheckpointError: a file has no backbone, or none that can be built and filled.
        ValueError: `random` has no architecture, or a seed that is no number.
        FileNotFoundError: there is no such config.
    """
    given = _of_config(config) if config is not None else None
    files = {word: read_network(word, given) for word in words if not _seed(word)}
    first = next(iter(files.values()), None)
    if first is None and given is None:
        raise ValueError('random needs an architecture: give another FILE, whose it takes, or '
                         '--config')
    like, fed = (first.architecture, first.preprocessor) if first else cast('tuple', given)
    return [files[word] if word in files else _untrained(word, like, fed) for word in words]


def read_network(word: str, given: tuple[dict, dict] | None = None) -> Network:
    """The backbone of a file, or of a run's newest readable checkpoint.

    The architecture is the one that the file tells, else the given one, else that of the ResNet
    that its tensors' names and shapes tell.

    Args:
        word: the path.
        given: an architecture and a preprocessor for a file that tells none.

    Raises:
        CheckpointError: see `read_networks`.
    """
    path, notes = Path(word).expanduser(), []
    if path.is_dir():
        path, passed_over = newest_checkpoint(path)
        notes += [f'{word}: passed over: {reason}' for reason in passed_over]
    checkpoint = read_checkpoint(path)
    past = history(checkpoint.meta)
    prefix = _prefix(checkpoint)
    tensors = backbone_tensors(checkpoint, prefix)
    fed = told(past, 'preprocessor')
    architecture = told(past, 'architecture')
    if architecture:
        backbone = recorded_backbone(path, past, tensors)
    else:
        architecture, fed = given or (_of_names(path, tensors), fed)
        backbone = built_from(path, lambda: build_backbone(architecture))
        left = _fill(backbone, Checkpoint(path, tensors))
        if left:
            notes.append(f'{word}: left out what is no backbone: {", ".join(sorted(left))}')
        if given is None:
            notes.append(f'{word} does not tell its architecture: taken for a '
                         f'{resnet_name(tensors)} with the usual strides; --config sets another')
    if not fed:
        fed = _IMAGENET
        notes.append(f"{word} does not tell how its images were normalised: by ImageNet's mean and "
                     'deviation, in RGB')
    origin = {'file': path.name, **{key: past[key] for key in ('method', 'epoch', 'iter')
                                    if key in past}}
    return Network(word, backbone, architecture, fed, origin,
                   cast('SixteenBit', past.get('sixteen_bit', 'range')),
                   int(past['view_size']) if past.get('view_size', '').isdecimal() else None,
                   tuple(notes))


def is_random(word: str) -> bool:
    """Whether it is `random` or `random:SEED`, and no file of this name."""
    return word.partition(':')[0] == RANDOM and not Path(word).exists()


def _untrained(word: str, architecture: Mapping[str, Any], fed: Mapping[str, Any]) -> Network:
    seed = cast(str, _seed(word))
    logging.disable(logging.INFO)  # mmengine reports each tensor
    try:
        backbone = random_backbone(architecture, int(seed))
    finally:
        logging.disable(logging.NOTSET)
    return Network(word, backbone, architecture, fed, {'seed': seed})


def _seed(word: str) -> str | None:
    if not is_random(word):
        return None
    seed = word.partition(':')[2]
    if not re.fullmatch(r'\d{0,9}', seed):
        raise ValueError(f'{word} has no seed: give random, or random:1 and so on')
    return seed or '0'


def _prefix(checkpoint: Checkpoint) -> str:
    """Where the keys of the backbone start: `backbone.` if there is one, else the only network."""
    starts = checkpoint.networks()
    for usual in ('backbone.', ''):
        if usual in starts:
            return usual
    if len(starts) == 1:
        return starts[0]
    if not starts:
        raise CheckpointError(f'{checkpoint.path} holds no backbone but {checkpoint.prefixes()}: '
                              'give a checkpoint of a pretraining, or a backbone')
    raise CheckpointError(f'{checkpoint.path} holds {len(starts)} networks '
                          f'({", ".join(starts)}): write one with oadp-mm export --prefix')


def _of_config(name: str) -> tuple[dict, dict]:
    config = Config.fromfile(find_config(name)).to_dict()
    model = config.get('model', config)
    backbone = model.get('backbone', model)
    if not isinstance(backbone, dict) or 'type' not in backbone:
        raise ValueError(f'{name} has no model.backbone: give a config that has one')
    return (recipe.architecture({'backbone': backbone}) or {},
            recipe.preprocessor(model) or dict(_IMAGENET))


def _of_names(path: Path, tensors: Mapping[str, Tensor]) -> dict[str, Any]:
    name = resnet_name(tensors) or ''
    known = re.fullmatch(r'ResNet-(\d+)(?: of width ([\d.]+))?( with a deep stem)?', name)
    stem = tensors.get('conv1.weight', tensors.get('stem.6.weight'))
    if not known or stem is None:
        raise CheckpointError(f'{path} does not tell how its backbone is built, and its tensors '
                              'are no plain ResNet: give --config with its model.backbone')
    return recipe.architecture({'backbone': {
        'type': 'ResNetV1c' if known[3] else 'ResNet', 'depth': int(known[1]),
        'base_channels': round(64 * float(known[2] or 1)), 'stem_channels': len(stem)}}) or {}


def _fill(backbone: BaseModule, checkpoint: Checkpoint) -> set[str]:
    """Load a backbone, and name the parts of the file that it does not have, such as `fc`."""
    inner = getattr(backbone, 'timm_model', None)  # timm's own keys lack the wrapper's name
    wrapped = any(key.startswith('timm_model.') for key in checkpoint.tensors)
    module = inner if inner is not None and not wrapped else backbone
    parts = list(dict.fromkeys(map(part_of, module.state_dict())))
    loaded = load_whole(module, checkpoint, prefix='', only=parts,
                        advice='give --config with the model.backbone of this file')
    return set(map(part_of, loaded.left))

"""What a fine-tuning starts from: a pretrained backbone, or random weights of its kind."""
from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from oadp_mm.files import recipe
from oadp_mm.files.backbone_file import FORMAT, describe, fingerprint, write_backbone
from oadp_mm.files.checkpoint import Checkpoint, read_checkpoint
from oadp_mm.files.run_folder import newest_checkpoint
from oadp_mm.probes.backbones import random_backbone
from oadp_mm.probes.networks import RANDOM, read_network

#: Architectures of `random` alone.
BACKBONES = {f'resnet{depth}': depth for depth in (18, 34, 50, 101)}
#: In a start, it stands for the seed of the run.
SEED = '{seed}'


@dataclass(frozen=True)
class Start:
    """A start of every fine-tuning.

    Args:
        typed: by the user.
        name: of its folders.
        architecture: of its backbone, as mmpretrain's config has it.
        preprocessor: mean, std and channels of its images, see `recipe.preprocessor`; empty if
            they are unknown, and then the model's own.
        file: with all its tensors, None of random weights until they are `drawn`.
        key: stands for the tensors.
        notes: what was assumed, a sentence each.
        each: the start of each seed, where `typed` has `SEED` in it; the rest is of the first.
    """

    typed: str
    name: str
    architecture: Mapping[str, Any]
    preprocessor: Mapping[str, Any] = field(default_factory=dict)
    file: Path | None = None
    key: str = ''
    notes: tuple[str, ...] = ()
    each: tuple[Start, ...] = ()


def read_starts(words: Sequence[str], folder: Path, backbone: str = '',
                seeds: int = 1) -> list[Start]:
    """The starts that a user typed, their backbones written once into a folder.

    Args:
        words: run folders, exported files, other checkpoints or state dicts, and `random`; one
            with `{seed}` in it is a start of its own for each seed.
        folder: for `NAME.pth`.
        backbone: one of `BACKBONES`, of `random` where nothing else is given.
        seeds: how many, 0, 1, ...

    Raises:
        CheckpointError: a file has no backbone, or none that can be built and filled.
        ValueError: something is given twice, takes other images than of three channels or is of
            another architecture for each seed, or `random` has no architecture.
    """
    if twice := [word for word in words if words.count(word) > 1]:
        raise ValueError(f'--from {twice[0]} is given twice: give each start once')
    names = dict(zip(words, _names(words), strict=True))
    files = {word: _read_each(word, names[word], folder, seeds) if SEED in word else
             _read(word, names[word], folder) for word in words if word != RANDOM}
    first = next(iter(files.values()), None)
    if first is None and backbone not in BACKBONES:
        raise ValueError('random weights need an architecture: give another --from, whose they '
                         f'take, or --backbone, one of {", ".join(BACKBONES)}')
    untrained = (Start(RANDOM, RANDOM, first.architecture, first.preprocessor) if first else
                 Start(RANDOM, RANDOM, resnet(BACKBONES[backbone])))
    return [files.get(word, untrained) for word in words]


def drawn(start: Start, seed: int, folder: Path) -> Start:
    """The start of the runs with this seed; random weights are drawn and written down.

    A run that loads its backbone draws nothing for it, so that heads, order and changes of the
    images are drawn alike from every start, and a difference is one of backbones alone.

    Args:
        start: as it was typed.
        seed: of random weights.
        folder: for `NAME-seedK.pth`.
    """
    if start.each:
        return replace(start.each[seed], typed=start.typed, name=start.name)
    if start.file:
        return start
    logging.disable(logging.INFO)  # mmengine reports each tensor
    try:
        tensors = random_backbone(start.architecture, seed).state_dict()
    finally:
        logging.disable(logging.NOTSET)
    out, digest = folder / f'{start.name}-seed{seed}.pth', fingerprint(tensors)
    meta = {'format': FORMAT, 'source': f'{start.typed}, seed {seed}', 'num_tensors':
            str(len(tensors)), 'tensors_sha256': digest}
    write_backbone(tensors, meta, out, 'openmmlab')
    return replace(start, file=out, key=digest)


def resnet(depth: int) -> dict[str, Any]:
    """The architecture of a plain ResNet, its residual branches starting at zero."""
    return recipe.architecture({'backbone': {
        'type': 'ResNet', 'depth': depth, 'zero_init_residual': True}}) or {}


def _read_each(word: str, name: str, folder: Path, seeds: int) -> Start:
    each = tuple(_read(word.replace(SEED, str(seed)), f'{name}-seed{seed}', folder)
                 for seed in range(seeds))
    for start in each[1:]:
        if start.architecture != each[0].architecture:
            raise ValueError(f'{word} is to be one network for each seed, but {start.typed} is of '
                             f'another architecture than {each[0].typed}: give runs of one kind')
    return replace(each[0], typed=word, name=name, each=each)


def _read(word: str, name: str, folder: Path) -> Start:
    network = read_network(word)
    if (channels := network.architecture.get('in_channels', 3)) != 3:
        raise ValueError(f'{word} takes images of {channels} channels, but detectors and '
                         'segmenters load 3: give a backbone that was trained on those')
    path = Path(word).expanduser()
    path = newest_checkpoint(path).path if path.is_dir() else path
    source = read_checkpoint(path)
    tensors = network.backbone.state_dict()
    meta = describe(Checkpoint(path, source.tensors, source.meta), tensors)
    digest = fingerprint(tensors)
    out = folder / f'{name}.pth'
    write_backbone(tensors, meta, out, 'openmmlab')
    told = network.preprocessor if 'preprocessor' in meta else {}
    return Start(word, name, network.architecture, told, out,
                 f'{digest} {json.dumps(network.architecture, sort_keys=True, default=str)}',
                 network.notes)


def _names(words: Sequence[str]) -> list[str]:
    """Short names of folders, each its own: the last part of a path, more of it where needed."""
    names: list[str] = []
    for word in words:
        path = re.sub(r'\.(pth|pt|safetensors)$', '', str(Path(word).expanduser().absolute()))
        path = re.sub(r'(seed)?[-_]?\{seed\}', '', path)
        parts = [re.sub(r'[^\w-]+', '-', part).strip('-') or 'start' for part in Path(path).parts]
        if word == RANDOM:
            names.append(RANDOM)
            continue
        longer = ('-'.join(parts[-count:]) for count in range(1, len(parts) + 1))
        numbered = (f'{parts[-1]}-{number}' for number in range(2, len(words) + 2))
        names.append(next(name for name in (*longer, *numbered) if name not in (*names, RANDOM)))
    return names

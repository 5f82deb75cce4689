"""A module filled from a checkpoint completely, or not at all and with the list of what is wrong.

torch's `load_state_dict` stops at the first kind of misfit, and mmengine's keeps random values for
each key that it does not find.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from torch import Tensor, nn

from oadp_mm.files.backbone_file import backbone_prefix, backbone_tensors
from oadp_mm.files.checkpoint import Checkpoint, CheckpointError
from oadp_mm.files.resnet_name import resnet_name


@dataclass(frozen=True)
class Loaded:
    """What a module was filled with.

    Args:
        prefix: where the keys start in the file.
        tensors: by their keys in the module.
        left: keys below the prefix that are not among them.
    """

    prefix: str
    tensors: dict[str, Tensor]
    left: frozenset[str]


def load_whole(module: nn.Module, checkpoint: Checkpoint, *, prefix: str | None = None,
               only: Sequence[str] | None = None, advice: str) -> Loaded:
    """Load every tensor of a module.

    Args:
        module: to be filled; it stays as it is when an error is raised.
        checkpoint: has all of its tensors and, below the prefix, no others.
        prefix: where the keys start; None: see `backbone_prefix`.
        only: the first names of the keys to load, such as 'layer4'; None: all below the prefix.
        advice: what the caller can do about tensors that do not fit, the end of the sentence.

    Raises:
        CheckpointError: a tensor is missing, unexpected or of another shape; see also
            `backbone_tensors`.
    """
    wanted = module.state_dict()
    prefix = backbone_prefix(checkpoint, wanted) if prefix is None else prefix
    below = backbone_tensors(checkpoint, prefix)
    tensors = below if only is None else _parts(below, only, checkpoint)
    problems = _mismatch(tensors, wanted)
    if problems:
        here, there = resnet_name(below), resnet_name(wanted)
        if here and there and here != there:
            problems = f'the file is a {here}, the model a {there}'
        raise CheckpointError(
            f'{checkpoint.path} does not fit {type(module).__name__}: {problems}; {advice}')
    module.load_state_dict(tensors, strict=True)
    return Loaded(prefix, tensors, frozenset(below) - frozenset(tensors))


def part_of(key: str) -> str:
    """The first name of a key: 'layer4' of 'layer4.0.conv1.weight'."""
    return key.partition('.')[0]


def listing(keys: Sequence[str], limit: int = 10) -> str:
    """'a, b, c and 5 more'."""
    rest = len(keys) - limit
    return ', '.join(keys[:limit]) + (f' and {rest} more' if rest > 0 else '')


def _parts(tensors: Mapping[str, Tensor], only: Sequence[str],
           checkpoint: Checkpoint) -> dict[str, Tensor]:
    found = list(dict.fromkeys(map(part_of, tensors)))
    absent = [part for part in only if part not in found]
    if absent:
        raise CheckpointError(f'{checkpoint.path} has no tensor below {listing(absent)}: set '
                              f'only= to some of {listing(found)}')
    return {key: tensor for key, tensor in tensors.items() if part_of(key) in only}


def _mismatch(tensors: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> str:
    missing = [key for key in wanted if key not in tensors]
    unexpected = [key for key in tensors if key not in wanted]
    misshapen = [f'{key} (file {tuple(tensors[key].shape)}, model {tuple(wanted[key].shape)})'
                 for key in wanted if key in tensors and tensors[key].shape != wanted[key].shape]
    found = (('missing', missing), ('unexpected', unexpected), ('misshapen', misshapen))
    return '; '.join(f'{len(keys)} {word}: {listing(keys)}' for word, keys in found if keys)

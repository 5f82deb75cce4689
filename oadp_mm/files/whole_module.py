"""A module filled from a checkpoint completely, or not at all and with the list of what is wrong.

torch's `load_state_dict` stops at the first kind of misfit, and mmengine's keeps random values for
each key that it does not find.
"""
from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from torch import Tensor, nn

from oadp_mm.files.backbone_file import backbone_prefix, backbone_tensors
from oadp_mm.files.checkpoint import Checkpoint, CheckpointError
from oadp_mm.files.resnet_name import resnet_name
from oadp_mm.files.tensor_kinds import check_taken


@dataclass(frozen=True)
class Loaded:
    """What a module was filled with.

    Args:
        prefix: where the keys start in the file.
        tensors: by their keys in the module.
        names: from a key below the prefix to the key in the module.
        left: keys below the prefix that are not among these.
    """

    prefix: str
    tensors: dict[str, Tensor]
    names: Mapping[str, str]
    left: frozenset[str]


def load_whole(module: nn.Module, checkpoint: Checkpoint, *, prefix: str | None = None,
               only: Sequence[str] | Mapping[str, str] | None = None,
               fresh: Collection[str] = (), advice: str) -> Loaded:
    """Load every tensor of a module.

    Args:
        module: to be filled; it stays as it is when an error is raised.
        checkpoint: has all of its tensors and, below the prefix, no others.
        prefix: where the keys start; None: see `backbone_prefix`.
        only: how the keys to load start, by whole names, such as 'layer4' or 'fpn_convs.1'; a
            mapping says how they start in the module; None: all below the prefix.
        fresh: how the keys start that the module does not take from the file.
        advice: what the caller can do about tensors that do not fit, the end of the sentence.

    Raises:
        CheckpointError: a tensor is missing, unexpected, of another shape or of a kind that the
            module cannot take, or the module has nothing that starts as `fresh` says; see also
            `backbone_tensors`.
    """
    built = module.state_dict()
    wanted = {key: tensor for key, tensor in built.items()
              if not any(_starts(key, start) for start in fresh)}
    if unknown := _absent(built, fresh):
        raise CheckpointError(f'{type(module).__name__} has no tensor below {listing(unknown)}: '
                              f'set fresh= to some of {_alike(built, unknown)}')
    prefix = backbone_prefix(checkpoint, wanted) if prefix is None else prefix
    below = backbone_tensors(checkpoint, prefix)
    names = {key: key for key in below} if only is None else _names(below, only, checkpoint)
    tensors = {name: below[key] for key, name in names.items()}
    problems = _mismatch(tensors, wanted)
    if problems:
        here, there = resnet_name(below), resnet_name(wanted)
        if here and there and here != there:
            problems = f'the file is a {here}, the model a {there}'
        raise CheckpointError(
            f'{checkpoint.path} does not fit {type(module).__name__}: {problems}; {advice}')
    check_taken(checkpoint.path, tensors, wanted)
    module.load_state_dict(tensors, strict=not fresh)
    return Loaded(prefix, tensors, names, frozenset(below) - frozenset(names))


def part_of(key: str) -> str:
    """The first name of a key: 'layer4' of 'layer4.0.conv1.weight'."""
    return key.partition('.')[0]


def listing(keys: Sequence[str], limit: int = 10) -> str:
    """'a, b, c and 5 more'."""
    rest = len(keys) - limit
    return ', '.join(keys[:limit]) + (f' and {rest} more' if rest > 0 else '')


def _names(tensors: Mapping[str, Tensor], only: Sequence[str] | Mapping[str, str],
           checkpoint: Checkpoint) -> dict[str, str]:
    """From the keys in the file that start as `only` says to those in the module."""
    if absent := _absent(tensors, only):
        raise CheckpointError(f'{checkpoint.path} has no tensor below {listing(absent)}: set only= '
                              f'to some of {_alike(tensors, absent)}')
    starts = only if isinstance(only, Mapping) else {start: start for start in only}
    return {key: starts[start] + key[len(start):]
            for start in starts for key in tensors if _starts(key, start)}


def _starts(key: str, start: str) -> bool:
    return f'{key}.'.startswith(f'{start}.')


def _absent(keys: Iterable[str], starts: Iterable[str]) -> list[str]:
    return [start for start in starts if not any(_starts(key, start) for key in keys)]


def _alike(keys: Iterable[str], starts: Sequence[str]) -> str:
    """How keys start, by as many names as these."""
    depth = max(start.count('.') for start in starts) + 1
    return listing(list(dict.fromkeys('.'.join(key.split('.')[:depth]) for key in keys)))


def _mismatch(tensors: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> str:
    missing = [key for key in wanted if key not in tensors]
    unexpected = [key for key in tensors if key not in wanted]
    misshapen = [f'{key} (file {tuple(tensors[key].shape)}, model {tuple(wanted[key].shape)})'
                 for key in wanted if key in tensors and tensors[key].shape != wanted[key].shape]
    found = (('missing', missing), ('unexpected', unexpected), ('misshapen', misshapen))
    return '; '.join(f'{len(keys)} {word}: {listing(keys)}' for word, keys in found if keys)

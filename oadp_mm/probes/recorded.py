"""Networks built from what a file says of them, without running anything that it may name.

mmengine's `build` would import and call any function whose dotted name it is given.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from mmengine import registry as host
from mmengine.model import BaseModule
from mmpretrain import registry as theirs
from mmpretrain.models import TIMMBackbone
from mmpretrain.models.backbones.base_backbone import BaseBackbone
from torch import Tensor

from oadp_mm import registry as ours
from oadp_mm.files.backbone_file import told
from oadp_mm.files.checkpoint import Checkpoint, CheckpointError
from oadp_mm.files.whole_module import load_whole
from oadp_mm.probes.backbones import build_backbone

Built = TypeVar('Built')


def recorded_backbone(path: Path, history: Mapping[str, str],
                      tensors: Mapping[str, Tensor]) -> BaseModule:
    """The backbone that a file's metadata describe, with all its tensors.

    Args:
        path: of the file, for messages.
        history: see `backbone_file.history`.
        tensors: by their keys in the backbone.

    Raises:
        CheckpointError: the metadata describe none, it cannot be built, or the tensors are not its.
    """
    config = told(history, 'architecture')
    if not config:
        raise CheckpointError(f'{path} does not tell how its backbone is built: give the '
                              'epoch_N.pth as the training wrote it')
    refuse_unregistered(config, BaseBackbone, path)
    backbone = built_from(path, lambda: build_backbone(config))
    load_whole(backbone, Checkpoint(path, dict(tensors)), prefix='',
               advice='give the epoch_N.pth as the training wrote it')
    return backbone


def refuse_unregistered(config: Mapping[str, Any], kind: type, path: str | Path) -> None:
    """Raise CheckpointError unless a config from a file names harmless classes only.

    Args:
        config: its own type must be a registered `kind`, all others in it layers.
        kind: base class.
        path: of the file, for messages.
    """
    inside = [name for key, value in config.items() if key != 'init_cfg'  # it is not run
              for name in _types(value)]
    bad = [(name, 'layer') for name in inside if not _is_layer(name)]
    if not _is_registered(config.get('type'), kind):
        bad.append((config.get('type'), kind.__name__))
    if bad:
        raise CheckpointError(
            f'the config in {path} names {bad[0][0]}, which is no registered {bad[0][1]} and '
            'therefore not built from a file: give that of a training with networks of mmpretrain '
            'or oadp_mm')


def built_from(path: str | Path, build: Callable[[], Built]) -> Built:
    """What `build` returns; its error in one sentence that names the file."""
    try:
        return build()
    except (TypeError, ValueError, LookupError, AssertionError, AttributeError, RuntimeError,
            ImportError) as error:
        raise CheckpointError(
            f'the networks of {path} cannot be built from the config in it '
            f'({" ".join(str(error).split())}): use the versions of the packages that it was '
            'trained with') from error


def _types(config: Any) -> Iterator[Any]:
    """Every `type` in a config, at any depth."""
    if isinstance(config, dict) and 'type' in config:
        yield config['type']
    if isinstance(config, (dict, list)):
        for value in config.values() if isinstance(config, dict) else config:
            yield from _types(value)


def _is_registered(name: Any, kind: type) -> bool:
    scope, _, short = str(name).rpartition('.')
    found = [registry.module_dict.get(short) for registry in (theirs.MODELS, ours.MODELS)
             if scope in ('', registry.scope)]
    # timm's wrapper fetches files of any name.
    return any(isinstance(one, type) and issubclass(one, kind) and one is not TIMMBackbone
               for one in found)


def _is_layer(name: Any) -> bool:
    """Whether it is one of torch's and mmcv's layers, or of mmpretrain's norms."""
    scope, _, short = str(name).rpartition('.')
    return scope in ('', 'mmengine', 'mmpretrain') and (
        short in host.MODELS.module_dict or short in ('LN2d', 'GRN'))

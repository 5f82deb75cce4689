"""The projector of a pretraining's image embedding, read back from its checkpoint."""
from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mmengine.model import BaseModule
from mmpretrain.registry import MODELS as THEIRS
from torch import Tensor, nn

from oadp_mm.files.checkpoint import CheckpointError, read_checkpoint
from oadp_mm.files.config_text import read_assignment
from oadp_mm.files.run_folder import newest_checkpoint
from oadp_mm.files.whole_module import load_whole
from oadp_mm.models.heads.projection import RowHead
from oadp_mm.probes.recorded import built_from, refuse_unregistered
from oadp_mm.registry import MODELS

#: Method -> where its config has the head of whole views, and its checkpoint the projector.
_HEADS = {'oadp_mm.ORL': 'heads.global', 'oadp_mm.SCD': 'head', 'oadp_mm.RegionCL': 'head'}
#: mmpretrain's methods whose neck is a projector.
_NECKS = ('BYOL', 'MoCo', 'SimSiam', 'SimCLR')
_ADVICE = 'add --embedding backbone, or give a training of ORL\'s first stage'


def read_projector(word: str, channels: int) -> nn.Module:
    """The online projector, in evaluation mode, from rows of the backbone to rows.

    Args:
        word: a training's checkpoint, or its folder.
        channels: of the backbone's rows.

    Raises:
        CheckpointError: the file cannot be read, tells no method of those that project whole
            views, or its tensors are not those of its config.
    """
    path = Path(word).expanduser()
    if path.is_dir():
        path, _ = newest_checkpoint(path)
    checkpoint = read_checkpoint(path)
    text = checkpoint.meta.get('cfg')
    model = read_assignment(text, 'model') if isinstance(text, str) else None
    method = str(model.get('type')) if isinstance(model, dict) else None
    short = (method or '').rpartition('.')[2]
    if isinstance(model, dict) and method in _HEADS:
        projector: nn.Module = _of_head(path, model.get('head') or {}, channels)
        prefix = f'{_HEADS[method]}.projector.'
    elif isinstance(model, dict) and short in _NECKS:
        projector, prefix = _Neck(path, model.get('neck') or {}), 'neck.'
    else:
        known = ', '.join([*_HEADS, *_NECKS])
        raise CheckpointError(f'{path} has no projector that is known '
                              f'({f"it is of {method}" if method else "it tells no method"}, known '
                              f'are those of {known}): {_ADVICE}')
    load_whole(projector.neck if isinstance(projector, _Neck) else projector, checkpoint,
               prefix=prefix, advice=_ADVICE)
    return projector.eval()


def _of_head(path: Path, config: Mapping[str, Any], channels: int) -> nn.Module:
    refuse_unregistered(config, RowHead, path)
    head = built_from(path, lambda: MODELS.build({**config, 'in_channels': channels}))
    return head.projector


class _Neck(nn.Module):
    """mmpretrain's, which pools maps."""

    def __init__(self, path: Path, config: Mapping[str, Any]) -> None:
        super().__init__()
        refuse_unregistered(config, BaseModule, path)
        self.neck = built_from(path, lambda: THEIRS.build(
            {key: value for key, value in config.items() if key != 'init_cfg'}))

    def forward(self, rows: Tensor) -> Tensor:
        return self.neck((rows[..., None, None],))[0]

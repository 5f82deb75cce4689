"""The weights that a pretraining starts from: found, and tried on its backbone before it begins."""
from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from oadp_mm.files.backbone_file import backbone_prefix
from oadp_mm.files.checkpoint import CheckpointError, read_checkpoint
from oadp_mm.files.run_folder import newest_checkpoint
from oadp_mm.files.whole_module import load_whole
from oadp_mm.probes.backbones import build_backbone


def initialiser(path: str, backbone: Mapping[str, Any]) -> dict[str, Any]:
    """The `init_cfg` of a backbone that starts from a file, which was found to fill all of it.

    Args:
        path: of the file, or of a work dir, whose newest readable checkpoint it is now.
        backbone: config of the backbone.

    Raises:
        CheckpointError: it cannot be read, or its backbone is another network.
    """
    path = str(newest_checkpoint(Path(path)).path) if Path(path).is_dir() else path
    checkpoint = read_checkpoint(path)
    built, starts = build_backbone(backbone), checkpoint.networks()
    if {'', 'backbone.'} & set(starts):
        prefix = backbone_prefix(checkpoint, built.state_dict())
    elif len(starts) == 1:
        [prefix] = starts
    else:
        raise CheckpointError(
            f'{path} holds no backbone that could be told from {checkpoint.prefixes()}: write it '
            f'alone by oadp-mm export {path} backbone.pth --prefix PREFIX, and give that to --init')
    load_whole(built, checkpoint, prefix=prefix, advice=(
        'give --backbone and --width of the file, or, if it holds other layers beside the '
        f'backbone, write that alone by oadp-mm export {path} backbone.pth --prefix '
        f'{prefix!r} --drop fc.'))
    return dict(type='oadp_mm.CheckedPretrained', checkpoint=path, prefix=prefix)

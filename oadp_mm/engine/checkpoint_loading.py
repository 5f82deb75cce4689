"""Every file that a run loads through mmengine is read without executing anything in it.

`--resume`, `load_from`, tools/test.py and `init_cfg=dict(type='Pretrained')` all go through
mmengine's `CheckpointLoader`, whose loaders of files and of web addresses are replaced for the
process when this module is imported, which building any hook of the package does. Names such as
`torchvision://resnet50` are still fetched from their publishers by mmengine.
"""
from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import torch
from mmengine.dist import barrier, get_rank
from mmengine.runner import CheckpointLoader

from oadp_mm.files.training_checkpoint import read_training_checkpoint


@CheckpointLoader.register_scheme(prefixes='', force=True)
def load_local_file(filename: str, map_location: Any = None) -> dict[str, Any]:
    """See `read_training_checkpoint`."""
    return read_training_checkpoint(filename, map_location)


@CheckpointLoader.register_scheme(prefixes=('http://', 'https://'), force=True)
def load_from_web(address: str, map_location: Any = None, **unused: Any) -> dict[str, Any]:
    """Download a file to torch's folder of checkpoints, once, and read it as any other."""
    digest = hashlib.sha256(address.encode()).hexdigest()[:8]
    path = Path(torch.hub.get_dir(), 'checkpoints', f'{digest}-{address.rpartition("/")[2]}')
    if get_rank() == 0 and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.hub.download_url_to_file(address, str(path))
    barrier()
    return read_training_checkpoint(path, map_location)

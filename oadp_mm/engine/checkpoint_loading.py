"""Every file that a run loads through mmengine is read without executing anything in it.

`--resume`, `load_from`, tools/test.py and `init_cfg=dict(type='Pretrained')` all go through
mmengine's `CheckpointLoader`, whose loader of local files is replaced for the process when this
module is imported, which building any hook of the package does.
"""
from __future__ import annotations

from typing import Any

from mmengine.runner import CheckpointLoader

from oadp_mm.files.training_checkpoint import read_training_checkpoint


@CheckpointLoader.register_scheme(prefixes='', force=True)
def load_local_file(filename: str, map_location: Any = None) -> dict[str, Any]:
    """See `read_training_checkpoint`."""
    return read_training_checkpoint(filename, map_location)

"""Reading a training's checkpoint whole, its optimizer and log too, without running what it holds.

mmengine falls back to Python's own unpickler where torch's safe one refuses, and its list of safe
names has `getattr`, from which any function can be reached. Here nothing falls back.
"""
from __future__ import annotations

from pathlib import Path
from typing import Any

from mmengine.logging import HistoryBuffer

from oadp_mm.files.checkpoint import existing_file
from oadp_mm.files.safe_pickle import Log, load_torch


def read_training_checkpoint(path: str | Path, map_location: Any = 'cpu') -> dict[str, Any]:
    """What a runner saved: `state_dict`, `optimizer`, `param_schedulers`, `message_hub`, `meta`.

    Of the metadata, a config text under the key `config` is left out, which mmengine would execute
    and its own runner never writes.

    Args:
        path: a file of torch.save.
        map_location: of torch.load.

    Raises:
        CheckpointError: as `read_checkpoint`.
    """
    content = load_torch(existing_file(path), map_location)
    meta, log = content.get('meta'), content.get('message_hub')
    if isinstance(meta, dict):
        meta.pop('config', None)
    if isinstance(log, dict) and isinstance(log.get('log_scalars'), dict):
        log['log_scalars'].update({name: _history(noted.state)
                                   for name, noted in log['log_scalars'].items()
                                   if isinstance(noted, Log)})
    return content


def _history(state: dict) -> HistoryBuffer:
    return HistoryBuffer(state['_log_history'], state['_count_history'], state['max_length'])

"""Reading a training's checkpoint whole, its optimizer and log too, without running what it holds.

mmengine falls back to Python's own unpickler where torch's safe one refuses, and its list of safe
names has `getattr`, from which any function can be reached. Here nothing falls back.
"""
from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from mmengine.logging import HistoryBuffer

from oadp_mm.files.checkpoint import existing_file, read_checkpoint
from oadp_mm.files.safe_pickle import ARRAYS, SCALARS, Log, StandIn, damaged, load_torch


def read_training_checkpoint(path: str | Path, map_location: Any = 'cpu') -> dict[str, Any]:
    """What a runner saved: `state_dict`, `optimizer`, `param_schedulers`, `message_hub`, `meta`.

    Of the metadata, a config text under the key `config` is left out, which mmengine would execute
    and its own runner never writes.

    Args:
        path: a file of torch.save, or of safetensors, which has weights alone.
        map_location: of torch.load.

    Raises:
        CheckpointError: as `read_checkpoint`.
    """
    path = existing_file(path)
    if path.suffix == '.safetensors':
        checkpoint = read_checkpoint(path)
        return {'state_dict': checkpoint.tensors, 'meta': checkpoint.meta}
    content = load_torch(path, map_location)
    try:
        content = _restored(content)
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise damaged(path) from error
    if isinstance(content.get('meta'), dict):
        content['meta'].pop('config', None)
    return content


def _restored(node: Any) -> Any:
    """Logs and numpy's values in place of what stands for them; the rest as it is."""
    if isinstance(node, Log):
        state = _restored(node.state)
        return HistoryBuffer(state['_log_history'], state['_count_history'], state['max_length'])
    if isinstance(node, SCALARS):
        dtype, content = node.args
        return np.frombuffer(content, _dtype(dtype), 1)[0]
    if isinstance(node, ARRAYS):
        return _array(*node.state)
    if isinstance(node, dict):  # in place: a state dict carries more than its items
        node.update({key: _restored(value) for key, value in node.items()})
    if type(node) in (list, tuple):
        return type(node)(map(_restored, node))
    return node


def _array(version: int, shape: tuple[int, ...], dtype: StandIn, by_columns: bool,
           content: bytes | list) -> np.ndarray:
    values: np.ndarray
    if isinstance(content, list):  # of objects, each of which was read as safely
        values = np.empty(len(content), object)
        values[:] = [_restored(value) for value in content]
    elif content:
        values = np.frombuffer(bytearray(content), _dtype(dtype))
    else:
        values = np.empty(0, _dtype(dtype))
    return values.reshape(shape, order='F' if by_columns else 'C')


def _dtype(noted: StandIn) -> np.dtype:
    """Of numbers or text; the bytes of any other kind are not for numpy to believe."""
    code, order = noted.args[0], noted.state[1] if noted.state else '|'
    found = np.dtype(code)
    if not isinstance(code, str) or found.kind not in 'biufcSU':
        raise ValueError(f'an array of {code!r}')
    return found.newbyteorder(order if order in '<>' else '=')

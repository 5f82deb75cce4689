"""Reading checkpoints without running anything that they may hold.

A `.pth` file is a pickle, and a pickle can name any function to be called. Files are therefore read
with torch's `weights_only` unpickler alone. A training checkpoint of mmengine also holds its log
(HistoryBuffer and numpy objects); these few names are read as inert stand-ins, so that nothing
outside torch is called even for them.
"""
from __future__ import annotations

import json
import pickle
import re
import struct
import zipfile
import zlib
from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

# Everything that mmengine's runner stores beside tensors and plain containers (`slice` only by the
# word of its own list). numpy's module is `numpy.core` before version 2 and `numpy._core` since.
_LOG_NAMES = (
    'mmengine.logging.history_buffer.HistoryBuffer', 'builtins.getattr', 'builtins.slice',
    'numpy.ndarray', 'numpy.dtype', 'numpy.core.multiarray._reconstruct',
    'numpy.core.multiarray.scalar', 'numpy._core.multiarray._reconstruct',
    'numpy._core.multiarray.scalar')

# What a truncated, damaged or foreign file makes torch raise besides UnpicklingError.
_DAMAGED = (RuntimeError, EOFError, OSError, LookupError, TypeError, ValueError, AttributeError,
            AssertionError, OverflowError, struct.error, zipfile.BadZipFile, zlib.error)


class CheckpointError(ValueError):
    """A checkpoint that cannot be used; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class Checkpoint:
    """The tensors of a checkpoint by key, and what the file says about itself."""

    path: Path
    tensors: dict[str, Tensor]
    meta: dict[str, Any] = field(default_factory=dict)

    def prefixes(self) -> str:
        """The modules inside with their number of tensors: 'backbone. 318, heads. 24'."""
        # The text up to the word `backbone` if there is one: `backbone.` and `target.backbone.` are
        # different networks under any algorithm's naming.
        heads = (re.match(r'(?:.*?\bbackbone\.)|[^.]+\.?', key) for key in self.tensors)
        counts = Counter(head.group() if head else '(no name)' for head in heads)
        return ', '.join(f'{head} {count}' for head, count in counts.most_common(12))

    def under(self, prefix: str) -> dict[str, Tensor]:
        """Tensors whose key starts with `prefix`, with the prefix cut off.

        Raises:
            CheckpointError: no key starts with it.
        """
        prefix = f'{prefix}.' if prefix and not prefix.endswith('.') else prefix
        found = {k[len(prefix):]: v for k, v in self.tensors.items() if k.startswith(prefix)}
        if not found:
            raise CheckpointError(f'{self.path} has no tensor under {prefix!r}: found '
                                  f'{self.prefixes()}; choose one of these as the prefix')
        return found


def read_checkpoint(path: str | Path) -> Checkpoint:
    """Read a file of torch.save (mmengine's checkpoints, flat state dicts) or safetensors, on CPU.

    Raises:
        CheckpointError: the file is missing or a folder, is no checkpoint, is damaged, holds
            objects other than tensors and plain containers (never executed), or has no tensors.
    """
    if re.match(r'[\w-]+://', str(path)):
        raise CheckpointError(f'{path} is an address, but only files are read: download it first')
    path = Path(path).expanduser()
    if path.is_dir():
        raise CheckpointError(f'{path} is a folder, not a checkpoint: give a file inside it')
    if not path.is_file():
        raise CheckpointError(f'checkpoint {path} does not exist: check the path')
    content, meta = (_read_safetensors if path.suffix == '.safetensors' else _read_torch)(path)
    tensors = {k: v for k, v in content.items() if isinstance(k, str) and isinstance(v, Tensor)}
    if not tensors:
        keys = ', '.join(str(key) for key in list(content)[:8]) or 'none'
        raise CheckpointError(f"{path} holds no tensors in 'state_dict' or at its top level (its "
                              f'keys: {keys}): give a checkpoint or a state dict')
    return Checkpoint(path, tensors, meta)


def sidecar_of(path: Path) -> Path:
    """Where the metadata of a flat state dict lies, which has no room for them: `x.pth.json`."""
    return path.with_name(f'{path.name}.json')


def _read_safetensors(path: Path) -> tuple[dict, dict]:
    try:
        with safe_open(path, 'pt') as file:
            # A safetensors handle is no dict: it has keys() but cannot be iterated.
            return {key: file.get_tensor(key) for key in file.keys()}, file.metadata() or {}  # noqa: SIM118
    except SafetensorError as error:
        raise _damaged(path) from error


def _read_torch(path: Path) -> tuple[dict, dict]:
    with path.open('rb') as file:
        head = file.read(2)
    # A zip archive, or the pickle protocol of torch.save; torch's safe unpickler reads no other.
    if head not in (b'PK', b'\x80\x02'):
        raise CheckpointError(f'{path} is not a checkpoint, since torch.save does not write such a '
                              'file, and nothing in it was executed: give a file of torch.save or '
                              'safetensors')
    try:
        if head == b'PK':
            _refuse_flipped_bits(path)
        with _log_as_inert():
            content = torch.load(path, map_location='cpu', weights_only=True)
    except pickle.UnpicklingError as error:
        name = re.search(r'GLOBAL ([\w.]+)', str(error))
        if name is None:
            raise _damaged(path) from error
        raise CheckpointError(
            f'{path} is a pickle with objects other than tensors and plain containers '
            f'({name.group(1)}), so it was not executed: ask its author for the state_dict alone, '
            'saved by torch.save or safetensors') from error
    except _DAMAGED as error:
        raise _damaged(path) from error
    if not isinstance(content, dict):
        raise CheckpointError(f'{path} holds a {type(content).__name__} instead of a dict: give a '
                              'checkpoint or a state dict')
    state = content.get('state_dict')
    if not isinstance(state, dict):
        return content, _read_sidecar(path)
    meta = content.get('meta')
    return state, meta if isinstance(meta, dict) else {}


def _refuse_flipped_bits(path: Path) -> None:
    """torch.load compares no checksum of an archive's members, and a flipped bit is a weight."""
    with zipfile.ZipFile(path) as archive:
        if (member := archive.testzip()) is not None:
            raise zipfile.BadZipFile(f'{member} differs from its checksum')


def _read_sidecar(path: Path) -> dict:
    sidecar = sidecar_of(path)
    if not sidecar.is_file():
        return {}
    try:
        meta = json.loads(sidecar.read_text(encoding='utf-8'))
    except ValueError as error:
        raise CheckpointError(f'{sidecar} is not valid JSON: export {path.name} again or delete '
                              'it') from error
    return meta if isinstance(meta, dict) else {}


def _damaged(path: Path) -> CheckpointError:
    return CheckpointError(f'{path} is not a readable checkpoint (truncated, damaged or of another '
                           'kind): copy or export it again')


class _Inert:
    """Stands for an object that is not wanted: takes any arguments and state, does nothing."""

    def __new__(cls, *args: object) -> _Inert:
        return super().__new__(cls)

    def __init__(self, *args: object) -> None:
        pass

    def __setstate__(self, state: object) -> None:
        pass


def _stand_in(full_name: str) -> type[_Inert]:
    module, _, name = full_name.rpartition('.')
    return type(name, (_Inert,), {'__module__': module})


_STAND_INS = [_stand_in(name) for name in _LOG_NAMES]


def _log_as_inert():
    # torch < 2.5 cannot scope its allowlist: there, training checkpoints are refused, while
    # exported files, which hold nothing but tensors and text, can still be read.
    scoped = getattr(torch.serialization, 'safe_globals', None)
    return scoped(_STAND_INS) if scoped else nullcontext()

"""Reading a file of torch.save without running anything that it may hold.

Such a file is a pickle, and a pickle can name any function to be called. It is therefore read with
torch's `weights_only` unpickler alone. A training's checkpoint also holds its log and what a
metric returned: these few names make stand-ins, which note what was given to them and call nothing.
The one exception is the file that its owner names (see `trusted`).
"""
from __future__ import annotations

import pickle
import re
import struct
import zipfile
import zlib
from logging import WARNING
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from mmengine.logging import print_log

from oadp_mm.files.trusted import VARIABLE, how_to_trust, is_trusted

# What a truncated, damaged or foreign file makes torch raise besides UnpicklingError.
_DAMAGED = (RuntimeError, EOFError, OSError, LookupError, TypeError, ValueError, AttributeError,
            AssertionError, OverflowError, MemoryError, struct.error, zipfile.BadZipFile,
            zlib.error)

#: What torch < 2.5 may name: its own safe unpickler takes no names of ours there.
_TENSORS = re.compile(
    r'_codecs\.encode|collections\.OrderedDict'
    r'|torch\._utils\._rebuild_(tensor(_v2)?|parameter)|torch\.Size'
    r'|torch\.(storage\.)?\w+Storage|torch\.(float|double|half|bfloat|u?int|long|short|bool)\w*')


class CheckpointError(ValueError):
    """A checkpoint that cannot be used; the message is one sentence that says what to do."""


class StandIn:
    """Notes what an object would have been made of: `args`, and its `state`."""

    args: tuple = ()
    state: Any = None

    def __new__(cls, *args: object) -> StandIn:
        made = super().__new__(cls)
        made.args = args
        return made

    def __init__(self, *args: object) -> None:
        pass

    def __setstate__(self, state: object) -> None:
        self.state = state


def _named(made: Any, full_name: str) -> Any:
    made.__module__, _, made.__qualname__ = full_name.rpartition('.')
    made.__name__ = made.__qualname__
    return made


def _stand_in(full_name: str) -> type[StandIn]:
    return _named(type('', (StandIn,), {}), full_name)


#: How mmengine's runner writes a log entry; `getattr` names the statistics that it offers.
Log = _stand_in('mmengine.logging.history_buffer.HistoryBuffer')
#: An array or a number of numpy's, whose own functions would trust the file: `args` of a number and
#: `state` of an array hold a `DType`, and the bytes.
DType = _stand_in('numpy.dtype')
# numpy's module is `numpy.core` before version 2 and `numpy._core` since.
Scalar, _Scalar = (_stand_in(f'numpy.{core}.multiarray.scalar') for core in ('core', '_core'))
Array, _Array = (_stand_in(f'numpy.{core}.multiarray._reconstruct') for core in ('core', '_core'))
SCALARS, ARRAYS = (Scalar, _Scalar), (Array, _Array)

#: All that is found by name beside tensors: what mmengine's runner stores (its own list of safe
#: names has `slice`, too), and what people keep beside their weights.
_NAMES: list[Any] = [
    Log, DType, *SCALARS, *ARRAYS, frozenset,
    _named(lambda *args: b'', 'builtins.bytes'),  # empty ones; others are written otherwise
    *map(_stand_in, ('builtins.getattr', 'builtins.slice', 'numpy.ndarray', 'argparse.Namespace',
                     'pathlib.PosixPath', 'pathlib.WindowsPath', 'pathlib._local.PosixPath',
                     'pathlib._local.WindowsPath', 'datetime.datetime'))]


def load_torch(path: Path, map_location: Any = 'cpu') -> dict:
    """The dict that torch.save wrote.

    Args:
        path: of an existing file.
        map_location: of torch.load.

    Raises:
        CheckpointError: the file is of another kind, damaged (an archive's checksums count), or
            holds objects other than tensors, plain containers and a runner's log.
    """
    trusted = is_trusted(path)
    with path.open('rb') as file:
        head = file.read(2)
    # A zip archive, or the pickle protocol of torch.save; torch's safe unpickler reads no other.
    if head not in (b'PK', b'\x80\x02') and not trusted:
        raise CheckpointError(f'{path} is not a checkpoint, since torch.save does not write such a '
                              'file, and nothing in it was executed: give a file of torch.save or '
                              f'safetensors, or, {how_to_trust(path)}')
    try:
        if trusted:
            print_log(f'{path} may run code, since {VARIABLE} names it', 'current', WARNING)
            content = torch.load(path, map_location, weights_only=False)
        else:
            if head == b'PK':
                _check_archive(path)
            content = _unpickle(path, map_location)
    except pickle.UnpicklingError as error:
        name = re.search(r'GLOBAL ([\w.]+)', str(error))
        if name is None and head != b'PK':
            raise damaged(path) from error
        # An archive is undamaged: what torch.save writes with a pickle_protocol of one's own.
        found = name.group(1) if name else 'in another protocol'
        raise CheckpointError(
            f'{path} is a pickle with objects other than tensors and plain containers ({found}), '
            'so it was not executed: ask its author for the state_dict alone, saved by torch.save '
            f'or safetensors, or, {how_to_trust(path)}') from error
    except _DAMAGED as error:
        raise damaged(path) from error
    if not isinstance(content, dict):
        raise CheckpointError(f'{path} holds a {type(content).__name__} instead of a dict: give a '
                              'checkpoint or a state dict')
    return content


def _unpickle(path: Path, map_location: Any) -> Any:
    scoped = getattr(torch.serialization, 'safe_globals', None)
    if scoped is None:
        return torch.load(path, map_location, weights_only=False, pickle_module=SimpleNamespace(
            __name__='pickle', Unpickler=_NamedOnly, load=lambda file, **options: _NamedOnly(
                file, **options).load()))
    with scoped(_NAMES):
        return torch.load(path, map_location, weights_only=True)


class _NamedOnly(pickle.Unpickler):
    """For torch < 2.5: an unpickler that finds tensors and the names of a log, and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        # The protocol is Python 2's, and so is this name.
        full_name = f'{module}.{name}'.replace('__builtin__.', 'builtins.')
        for made in _NAMES:
            if f'{made.__module__}.{made.__qualname__}' == full_name:
                return made
        if _TENSORS.fullmatch(full_name):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f'GLOBAL {full_name} is none of tensors or log')


def _check_archive(path: Path) -> None:
    """Refuse what torch.load does not look at: checksums, and what torch.save never writes.

    A flipped bit is a weight. (torch's old format, which is no archive, has no checksum.) A packed
    member can be a thousand times as large as its file, and TorchScript is run by whoever loads it.
    """
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if any(member.filename.endswith('/constants.pkl') for member in members):
            raise pickle.UnpicklingError('GLOBAL torch.jit.load of a TorchScript archive')
        if any(member.compress_type != zipfile.ZIP_STORED for member in members):
            raise zipfile.BadZipFile('torch.save packs nothing')
        if (member := archive.testzip()) is not None:
            raise zipfile.BadZipFile(f'{member} differs from its checksum')


def damaged(path: Path) -> CheckpointError:
    return CheckpointError(f'{path} is not a readable checkpoint (truncated, damaged or of another '
                           'kind): copy or export it again')

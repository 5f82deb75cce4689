"""Files that run code when they are read by Python's own pickle: each makes a folder as a proof."""
from __future__ import annotations

import functools
import io
import operator
import os
import pickle
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmengine.logging import HistoryBuffer


class Call:
    """Is unpickled by calling a function, which may be another of its kind."""

    def __init__(self, function: Callable, *args: object) -> None:
        self.parts = function, args

    def __call__(self) -> None:
        """Pickle asks whether it could be called."""

    def __reduce__(self) -> tuple:
        return self.parts


class Network(torch.nn.Module):
    """A whole network in a file; its code is that of whoever reads it."""

    def __init__(self, proof: Path) -> None:
        super().__init__()
        self.proof = proof

    def __setstate__(self, state: dict) -> None:
        os.mkdir(state['proof'])


def _chained(proof: Path) -> Call:
    """`exec`, reached by `getattr` from a name that mmengine takes for safe."""
    names = Call(getattr, Call(getattr, HistoryBuffer, '__init__'), '__globals__')
    builtins = Call(Call(getattr, names, 'get'), '__builtins__')
    execute = Call(Call(getattr, builtins, 'get'), 'exec')
    return Call(execute, f'import os; os.mkdir({str(proof)!r})')


#: What a checkpoint can hold, by the path of the proof.
PAYLOADS: dict[str, Callable[[Path], Any]] = {
    'os.mkdir': lambda proof: Call(os.mkdir, str(proof)),
    'os.system': lambda proof: Call(os.system, f'mkdir {proof}'),
    'exec': lambda proof: Call(exec, f'import os; os.mkdir({str(proof)!r})'),
    'eval': lambda proof: Call(eval, f"__import__('os').mkdir({str(proof)!r})"),
    'getattr': _chained,
    'partial': lambda proof: Call(functools.partial(os.mkdir, str(proof))),
    'operator': lambda proof: Call(operator.methodcaller('mkdir'), proof),
    'open': lambda proof: Call(io.open, str(proof), 'w'),
    'a class': lambda proof: Call(Path.mkdir, proof),
    'numpy': lambda proof: Call(np.save, str(proof), np.ones(1)),
    'torch': lambda proof: Call(torch.save, {}, str(proof)),
    'a load in a load': lambda proof: Call(pickle.loads, pickle.dumps(Call(os.mkdir, str(proof)))),
    'an array of objects': lambda proof: np.array([Call(os.mkdir, str(proof)), 1], object),
    'a network': Network,
    'a key': lambda proof: {(Call(os.mkdir, str(proof)),): 1},
}


def checkpoint(place: str, payload: object) -> dict[str, Any]:
    """A training's, with something in one of its parts."""
    parts: dict[str, Any] = {
        'state_dict': {'weight': torch.ones(1)}, 'optimizer': {'state': {}, 'param_groups': []},
        'message_hub': {'log_scalars': {}, 'runtime_info': {}}, 'meta': {'epoch': 1, 'iter': 1}}
    parts[place]['more'] = payload
    return parts


def _in(place: str, payload: str = 'os.mkdir', **options: Any) -> Callable[[Path, Path], None]:
    return lambda path, proof: torch.save(checkpoint(place, PAYLOADS[payload](proof)), path,
                                          **options)


def _plain(protocol: int) -> Callable[[Path, Path], None]:
    return lambda path, proof: path.write_bytes(
        pickle.dumps({'state_dict': PAYLOADS['os.mkdir'](proof)}, protocol))


def _tar(first: str) -> Callable[[Path, Path], None]:
    """torch's oldest form; a first member may give it the first bytes of another."""
    def write(path: Path, proof: Path) -> None:
        tensor = pickle.dumps(PAYLOADS['os.mkdir'](proof), 2)
        members = {first: b'', 'storages': pickle.dumps(1, 2) + tensor, 'tensors': tensor,
                   'pickle': tensor}
        with tarfile.open(path, 'w', format=tarfile.GNU_FORMAT, encoding='latin1') as file:
            for name, content in members.items():
                member = tarfile.TarInfo(name)
                member.size = len(content)
                file.addfile(member, io.BytesIO(content))

    return write


class _ById(pickle.Pickler):
    """A tensor's storage is found by an id, which is a pickle, too."""

    def __init__(self, file: io.BytesIO, proof: Path) -> None:
        super().__init__(file, 2)
        self.storage = 'storage', Call(os.mkdir, str(proof)), '0', 'cpu', 1

    def persistent_id(self, value: object) -> tuple | None:
        return self.storage if value == 'here' else None


def _by_id(path: Path, proof: Path) -> None:
    written = io.BytesIO()
    # The head of torch's form before its archives: a number, a version, a machine; then the object.
    for number in (0x1950a86a20f9469cfc6c, 1001, {'little_endian': True}):
        pickle.dump(number, written, 2)
    _ById(written, proof).dump({'state_dict': {'weight': 'here'}})
    path.write_bytes(written.getvalue())


#: How to write a file, to a path, that makes a folder when it is read.
FILES: dict[str, Callable[[Path, Path], None]] = {
    **{f'{name} zipped {zipped}': _in('meta', name, _use_new_zipfile_serialization=zipped)
       for name in PAYLOADS for zipped in (True, False)},
    **{f'in the {place}': _in(place) for place in ('state_dict', 'optimizer', 'message_hub')},
    **{f'zip protocol {number}': _in('meta', pickle_protocol=number) for number in range(1, 6)},
    **{f'old protocol {number}': _in(
        'meta', pickle_protocol=number, _use_new_zipfile_serialization=False)
       for number in range(1, 6)},
    **{f'pickle protocol {number}': _plain(number) for number in range(6)},
    'tar': _tar('sys_info'),
    'tar by another name': _tar('\x80\x02'),
    'a storage': _by_id,
}

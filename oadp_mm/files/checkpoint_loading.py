"""Every file that a run loads through mmengine is read without executing anything in it.

`--resume`, `load_from`, tools/test.py and `init_cfg=dict(type='Pretrained')` all go through
mmengine's `CheckpointLoader`. Whatever its schemes are, they are replaced for the process when this
module is imported, which finding any type of the package by its name does.
"""
from __future__ import annotations

import hashlib
import os
from difflib import get_close_matches
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from mmengine import fileio
from mmengine.dist import all_gather_object
from mmengine.runner import CheckpointLoader
from mmengine.runner.checkpoint import (
    _get_mmengine_home,
    get_deprecated_model_names,
    get_external_models,
    get_mmcls_models,
    get_torchvision_models,
)

from oadp_mm.files.checkpoint import CheckpointError
from oadp_mm.files.training_checkpoint import read_training_checkpoint

#: What mmengine knows by name: the addresses of the files.
_NAMED = {'torchvision': get_torchvision_models, 'modelzoo': get_torchvision_models,
          'openmmlab': get_external_models, 'open-mmlab': get_external_models,
          'mmcls': get_mmcls_models}


def load_from_disk(filename: str, map_location: Any = None) -> dict[str, Any]:
    """See `read_training_checkpoint`."""
    return read_training_checkpoint(filename, map_location)


def load_from_web(address: str, map_location: Any = None, **unused: Any) -> dict[str, Any]:
    """Download a file to torch's folder of checkpoints, once a node, and read it as any other.

    Raises:
        CheckpointError: a process of the run could not, so that none goes on; see also
            `read_training_checkpoint`.
    """
    digest = hashlib.sha256(address.encode()).hexdigest()[:8]
    path = Path(torch.hub.get_dir(), 'checkpoints', f'{digest}-{address.rpartition("/")[2]}')
    refusal = None
    if int(os.environ.get('LOCAL_RANK') or 0) == 0 and not path.exists():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            torch.hub.download_url_to_file(address, str(path))
        except (OSError, ValueError) as error:
            refusal = (f'{address} cannot be downloaded to {path} ({error}): check the address, or '
                       'fetch the file elsewhere and give its path')
    if told := [each for each in all_gather_object(refusal) if each]:
        raise CheckpointError(told[0])
    return read_training_checkpoint(path, map_location)


def load_from_names(name: str, map_location: Any = None) -> dict[str, Any]:
    """A file of mmengine's lists, such as `torchvision://resnet50`, as any other.

    Raises:
        CheckpointError: it is in none.
    """
    scheme, _, model = name.partition('://')
    known = _NAMED[scheme]()
    if 'mmlab' in scheme:
        model = get_deprecated_model_names().get(model, model)
    if model not in known:
        alike = ', '.join(get_close_matches(model, known)) or 'one of another list'
        raise CheckpointError(f'mmengine knows no {name}: give {alike}, or the path of a file')
    address = known[model]
    if '://' not in address:  # of the user's own list
        address = str(Path(_get_mmengine_home(), address))
    content = CheckpointLoader.load_checkpoint(address, map_location)
    if scheme != 'mmcls':
        return content
    state = content.get('state_dict', content)
    return {'state_dict': {key.removeprefix('backbone.'): value for key, value in state.items()
                           if key.startswith('backbone.')}}


def load_from_store(address: str, map_location: Any = None) -> dict[str, Any]:
    """A file of a cluster's storage, which mmengine's backends fetch, as any other."""
    with TemporaryDirectory() as folder:
        path = Path(folder, address.rpartition('/')[2])
        path.write_bytes(fileio.get(address, {'backend': 'petrel'}))
        return read_training_checkpoint(path, map_location)


def refuse(address: str, map_location: Any = None) -> dict[str, Any]:
    """For a scheme whose files nobody reads safely.

    Raises:
        CheckpointError: always.
    """
    raise CheckpointError(f'{address} would be read by a loader that may execute what is in the '
                          'file: download it, and give its path')


_LOADERS = {'': load_from_disk, 'http://': load_from_web, 'https://': load_from_web,
            r'(\S+\:)?s3://': load_from_store, r'(\S+\:)?petrel://': load_from_store,
            'pavi://': refuse,
            **dict.fromkeys((f'{scheme}://' for scheme in _NAMED), load_from_names)}

for _scheme, _loader in _LOADERS.items():
    CheckpointLoader.register_scheme(_scheme, _loader, force=True)

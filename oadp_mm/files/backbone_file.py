"""The file that carries a pretrained backbone from one host to the next.

Three formats hold the same tensors under the same keys (`conv1.weight`, `layer1.0...`):

- `openmmlab` (.pth): `dict(state_dict=..., meta=...)`, read by every OpenMMLab package;
- `torchvision` (.pth): a flat state dict; it has no room for metadata, so these lie beside it in
  `<file>.json`;
- `safetensors`: metadata in the header.

Metadata are text: format, source (file name), source_sha256, method, architecture and preprocessor
(JSON, see `recipe`), view_size, sixteen_bit, epoch, iter, statistics (of which images a batch
norm's are), package_version, num_tensors and tensors_sha256. What is unknown is left out.

A method that trains more of a detector than its backbone hands over a file in parts: metadata
`parts`, and each part's keys below its name (`backbone.conv1.weight`, `neck.lateral_convs.0...`).
Whoever reads a backbone finds it in such a file, too.
"""
from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save as to_safetensors
from torch import Tensor

from oadp_mm.files import recipe
from oadp_mm.files.checkpoint import Checkpoint, CheckpointError, sidecar_of
from oadp_mm.files.config_text import read_assignment
from oadp_mm.files.shown import shown
from oadp_mm.files.tensor_kinds import check_finite, check_plain
from oadp_mm.files.whole_file import write_bytes, write_text
from oadp_mm.version import __version__

FORMAT = 'oadp_mm.backbone/1'
FORMATS = ('openmmlab', 'torchvision', 'safetensors')


def fingerprint(tensors: Mapping[str, Tensor]) -> str:
    """sha256 over keys, dtypes, shapes and bytes; the order of the keys does not matter."""
    digest = hashlib.sha256()
    for key in sorted(tensors):
        tensor = tensors[key].detach().cpu().contiguous()
        digest.update(f'{key}|{tensor.dtype}|{tuple(tensor.shape)}|'.encode())
        digest.update(tensor.reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def backbone_prefix(checkpoint: Checkpoint, wanted: Iterable[str] = ()) -> str:
    """Prefix of the online backbone's keys: '' in a file of it alone, else 'backbone.'.

    Copies such as `target.backbone.` are never chosen. `wanted` are the keys of the module to be
    loaded: a file that holds them bare (someone else's state dict) has the prefix ''.

    Raises:
        CheckpointError: the file holds both kinds of keys, so that the choice is the caller's.
    """
    if checkpoint.meta.get('format') == FORMAT:
        return 'backbone.' if 'parts' in checkpoint.meta else ''
    bare = not checkpoint.tensors.keys().isdisjoint(wanted)
    inside = any(key.startswith('backbone.') for key in checkpoint.tensors)
    if bare and inside:
        raise CheckpointError(f'{checkpoint.path} holds a backbone both bare and under '
                              f"'backbone.' ({checkpoint.prefixes()}): set prefix='' or "
                              "prefix='backbone.'")
    return '' if bare else 'backbone.'


def backbone_tensors(checkpoint: Checkpoint, prefix: str) -> dict[str, Tensor]:
    """The tensors under `prefix`, found to be weights and, if the file has a checksum, unchanged.

    Raises:
        CheckpointError: nothing lies under the prefix, or one of these checks fails; see also
            `check_plain` and `check_finite`.
    """
    tensors, meta = checkpoint.under(prefix), checkpoint.meta
    ours = meta.get('format') == FORMAT
    check_plain(checkpoint.path, checkpoint.tensors if ours else tensors)
    check_finite(checkpoint.path, tensors)
    if ours and meta.get('tensors_sha256') != fingerprint(checkpoint.tensors):
        raise CheckpointError(f'the tensors of {checkpoint.path} differ from the checksum in its '
                              'metadata: the file was changed or damaged, export it again')
    return tensors


def part_tensors(checkpoint: Checkpoint, parts: Iterable[str]) -> dict[str, Tensor]:
    """The tensors of some modules of a training, such as 'neck', each key below its part's name.

    Raises:
        CheckpointError: a part is not there; see also `backbone_tensors`.
    """
    absent = [part for part in parts
              if not part or not any(key.startswith(f'{part}.') for key in checkpoint.tensors)]
    if absent:
        raise CheckpointError(f'{checkpoint.path} has no part {", ".join(map(repr, absent))}, but '
                              f'{checkpoint.prefixes()}: give the names of some of these, or the '
                              'checkpoint of a training that has it')
    return {f'{part}.{key}': tensor for part in parts
            for key, tensor in backbone_tensors(checkpoint, f'{part}.').items()}


def history(meta: Mapping[str, object]) -> dict[str, str]:
    """Method, how it fed its backbone, epoch and iter, as far as a file's metadata tell them."""
    if meta.get('format') == FORMAT:
        return {key: value for key, value in meta.items() if isinstance(value, str)}
    found = {key: str(meta[key]) for key in ('epoch', 'iter') if type(meta.get(key)) is int}
    cfg = meta.get('cfg')
    text = cfg if isinstance(cfg, str) else ''
    model = read_assignment(text, 'model')
    if isinstance(model, dict) and isinstance(model.get('type'), str):
        found['method'] = model['type']
    for key, tell in (('architecture', recipe.architecture), ('preprocessor', recipe.preprocessor)):
        if isinstance(model, dict) and (value := tell(model)) is not None:
            found[key] = json.dumps(value, sort_keys=True)
    loader = read_assignment(text, 'train_dataloader')
    images = {'view_size': recipe.view_size(loader), 'sixteen_bit': recipe.sixteen_bit(loader)}
    found.update({key: str(value) for key, value in images.items() if value is not None})
    return found


def told(past: Mapping[str, str], key: str) -> dict[str, Any]:
    """What `history` holds as JSON, such as 'architecture'; empty if it is unknown."""
    try:
        value = json.loads(past.get(key, '{}'))
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def describe(checkpoint: Checkpoint, tensors: Mapping[str, Tensor],
             parts: Iterable[str] = ()) -> dict[str, str]:
    """Metadata for `tensors` taken from `checkpoint`; an exported file's own history is kept.

    Args:
        checkpoint: where they come from.
        tensors: of a backbone, or of `part_tensors`.
        parts: which; none for a backbone alone.
    """
    meta = {'format': FORMAT, **history(checkpoint.meta), 'parts': ','.join(parts)}
    if not meta['parts']:
        del meta['parts']
    if checkpoint.meta.get('format') != FORMAT:
        meta.update(source=shown(checkpoint.path.name), source_sha256=sha256_of(checkpoint.path))
    if any(key.endswith('running_var') for key in tensors):
        meta.setdefault('statistics', 'training views')
    meta.update(package_version=__version__, num_tensors=str(len(tensors)),
                tensors_sha256=fingerprint(tensors))
    return meta


def write_backbone(tensors: Mapping[str, Tensor], meta: Mapping[str, str], out: Path,
                   file_format: str) -> None:
    """Write one of `FORMATS`; an older file at `out` stays whole until the new one is complete.

    Raises:
        CheckpointError: `out` cannot be a file, its suffix does not suit the format, or
            torchvision's ResNet does not have these keys.
    """
    if file_format not in FORMATS:
        raise CheckpointError(f'format {file_format!r} is unknown: choose from {FORMATS}')
    if out.is_dir():
        raise CheckpointError(f'{out} is a folder: give the name of the file to write')
    if (out.suffix == '.safetensors') != (file_format == 'safetensors'):
        raise CheckpointError(f'{out.name} does not suit the format {file_format}: use '
                              '.safetensors for safetensors and .pth for the others')
    # Own, contiguous storage: a view would drag its whole base tensor into the file.
    tensors = {key: tensor.detach().cpu().clone(memory_format=torch.contiguous_format)
               for key, tensor in tensors.items()}
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise CheckpointError(f'{out.parent} is a file, so that {out.name} cannot be written into '
                              'it: give another folder') from error
    if file_format == 'safetensors':
        write_bytes(out, to_safetensors(tensors, dict(meta)))
    elif file_format == 'openmmlab':
        write_bytes(out, _saved({'state_dict': tensors, 'meta': dict(meta)}))
    else:
        foreign = [k for k in tensors if not re.match(r'(conv1|bn1|layer[1-4]\.\d+|fc)\.', k)]
        if foreign:
            raise CheckpointError(f"torchvision's ResNet has no {', '.join(foreign[:5])}: choose "
                                  'the format openmmlab or safetensors')
        # A kill between the two leaves a checksum that does not match, which the reader reports.
        write_bytes(out, _saved(tensors))
        write_text(sidecar_of(out), json.dumps(meta, indent=2) + '\n')


def _saved(content: Mapping) -> bytes:
    """In memory, since torch.save has words of its own for a full disk."""
    buffer = io.BytesIO()
    torch.save(content, buffer)
    return buffer.getvalue()


def sha256_of(path: Path) -> str:
    """Of a file's bytes, in hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open('rb') as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()

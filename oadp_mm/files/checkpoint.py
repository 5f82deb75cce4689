"""What a checkpoint holds: its tensors by key, and what it says about itself."""
from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from torch import Tensor

from oadp_mm.files.safe_pickle import CheckpointError as CheckpointError
from oadp_mm.files.safe_pickle import damaged, load_torch

# A key of a ResNet, a ViT, a Swin or a ConvNeXt, behind the prefix of the network.
_START = re.compile(r'((?:[^.]+\.)*?)(?:conv1|stem|layer\d|patch_embed|cls_token|stages)(?:\.|$)')


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
            starts = ' or '.join(f'{start!r}' for start in self.networks()) or 'one of these'
            part, advice = prefix.rstrip('.'), ''
            if self.networks() == [''] and not part.endswith('backbone'):
                advice = (f' for a backbone, and take the {part} from a file of oadp-mm export RUN '
                          f'FILE --parts backbone,{part}')
            raise CheckpointError(f'{self.path} has no tensor under {prefix!r}: found '
                                  f'{self.prefixes()}; choose {starts} as the prefix{advice}')
        return found

    def networks(self) -> list[str]:
        """Prefixes below which a backbone starts, told by its first parts; '' is a bare one."""
        starts = (_START.match(key) for key in self.tensors)
        return list(dict.fromkeys(start[1] for start in starts if start))


def read_checkpoint(path: str | Path) -> Checkpoint:
    """Read a file of torch.save (mmengine's checkpoints, flat state dicts) or safetensors, on CPU.

    Raises:
        CheckpointError: the file is missing or a folder, is no checkpoint, is damaged, holds
            objects other than tensors and plain containers (never executed), or has no tensors.
    """
    path = existing_file(path)
    content, meta = (_read_safetensors if path.suffix == '.safetensors' else _read_torch)(path)
    tensors = {k: v for k, v in content.items() if isinstance(k, str) and isinstance(v, Tensor)}
    if not tensors:
        keys = ', '.join(str(key) for key in list(content)[:8]) or 'none'
        raise CheckpointError(f"{path} holds no tensors in 'state_dict' or at its top level (its "
                              f'keys: {keys}): give a checkpoint or a state dict')
    return Checkpoint(path, tensors, meta)


def existing_file(path: str | Path) -> Path:
    """The path of a checkpoint that is there.

    Raises:
        CheckpointError: it is an address, a folder, or missing.
    """
    if re.match(r'[\w-]+://', str(path)):
        raise CheckpointError(f'{path} is an address, but only files are read: download it first')
    path = Path(path).expanduser()
    if path.is_dir():
        raise CheckpointError(f'{path} is a folder, not a checkpoint: give a file inside it')
    if not path.is_file():
        raise CheckpointError(f'checkpoint {path} does not exist: check the path')
    return path


def sidecar_of(path: Path) -> Path:
    """Where the metadata of a flat state dict lies, which has no room for them: `x.pth.json`."""
    return path.with_name(f'{path.name}.json')


def _read_safetensors(path: Path) -> tuple[dict, dict]:
    try:
        with safe_open(path, 'pt') as file:
            # A safetensors handle is no dict: it has keys() but cannot be iterated.
            return {key: file.get_tensor(key) for key in file.keys()}, file.metadata() or {}  # noqa: SIM118
    except SafetensorError as error:
        raise damaged(path) from error


def _read_torch(path: Path) -> tuple[dict, dict]:
    content = load_torch(path)
    state = content.get('state_dict')
    if not isinstance(state, dict):
        return content, _read_sidecar(path)
    meta = content.get('meta')
    return state, meta if isinstance(meta, dict) else {}


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

"""What was asked of `oadp-mm pretrain`: as one types it, and how it differs from an earlier one."""
from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

#: The word for the images that ship with the package.
NUCLEI = 'nuclei'


@dataclass(frozen=True)
class Asked:
    """All that makes one pretraining another; where it writes and how it is fed does not.

    Args:
        folder: of the images, absolute, or `nuclei`.
        method: of `methods.METHODS`.
        backbone: of `methods.BACKBONES`.
        width: channels of the first stage.
        last_stride: of the last stage, 1 or 2.
        epochs: of the training.
        size: of a side of the views, in pixels.
        batch: images of one process in an iteration.
        gpus: processes.
        augment: 'paper' or 'mild'; '' leaves it to the rule.
        seed: of everything random.
        lr: the learning rate; None leaves it to the rule.
        stem_lr: share of it that the first convolution gets; None leaves it to the rule.
        init: file or work dir of the weights that it starts from, absolute, as typed: which file
            of a work dir that was, the config knows; '' for random ones.
        amp: in mixed precision.
        proposals: file of object proposals, absolute; '' for one of its own, made before.
        correspondences: file of correspondences of regions, absolute; '' for none.
        keep_steps: optimizer steps after which weights are kept beside the newest.
        options: settings of the config to override, 'KEY=VALUE' each.
        probe_every: epochs between two probes; 0 for none.
        probe_data: what they are measured on.
        probe_families: of figures.
    """

    folder: str
    method: str = 'oadp'
    backbone: str = 'resnet50'
    width: int = 64
    last_stride: int = 2
    epochs: int = 200
    size: int = 224
    batch: int = 32
    gpus: int = 1
    augment: str = ''
    seed: int = 0
    lr: float | None = None
    stem_lr: float | None = None
    init: str = ''
    amp: bool = False
    proposals: str = ''
    correspondences: str = ''
    keep_steps: tuple[int, ...] = ()
    options: tuple[str, ...] = ()
    probe_every: int = 0
    probe_data: tuple[str, ...] = ()
    probe_families: str = 'region,dense'

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Asked:
        """What `as_dict` gave, after a config's text carried it."""
        known = {field.name for field in fields(cls)}
        values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value
                                  for name, value in told.items() if name in known}
        return cls(**values)

    def as_dict(self) -> dict[str, Any]:
        """As a config's text can carry it."""
        return {name: list(value) if isinstance(value, tuple) else value
                for name, value in asdict(self).items()}

    def command(self, work_dir: Path) -> str:
        """The line to type for it; what is left to defaults is left out."""
        words = [word for name in self._set() for word in self._words(name)]
        return shlex.join(['oadp-mm', 'pretrain', self.folder, *words, '--work-dir', str(work_dir)])

    def differences(self, other: Asked) -> list[tuple[str, str]]:
        """The options in which two differ, as one types them for this and for the other."""
        return [(self._typed(field.name), other._typed(field.name)) for field in fields(self)
                if getattr(self, field.name) != getattr(other, field.name)]

    def _set(self) -> list[str]:
        always = ('method', 'backbone', 'epochs', 'size', 'batch')
        return [field.name for field in fields(self) if field.name != 'folder'
                and (field.name in always or getattr(self, field.name) != field.default)]

    def _typed(self, name: str) -> str:
        value = getattr(self, name)
        if name == 'folder':
            return shlex.quote(value)
        if value in ('', (), None, False):
            return f'no {_flag(name)}'
        return shlex.join(self._words(name))

    def _words(self, name: str) -> list[str]:
        value = getattr(self, name)
        if isinstance(value, bool):
            return [_flag(name)] * value
        return [_flag(name), *map(str, value if isinstance(value, tuple) else [value])]


def _flag(name: str) -> str:
    return '--cfg-options' if name == 'options' else f'--{name.replace("_", "-")}'

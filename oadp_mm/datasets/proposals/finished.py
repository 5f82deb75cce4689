"""Whether a file is the one that is asked for: made of these images, in this way."""
from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np

from oadp_mm.datasets.proposals.image_list import ImageList
from oadp_mm.files.archive import Form, check_replaceable
from oadp_mm.files.shown import shown

#: What `meta` tells beside the images and the way.
_TOLD = ('format', 'digest', 'folder', 'bits', 'made_of')


class Task(Protocol):
    """What is asked for."""

    @property
    def images(self) -> ImageList:
        """Of which images."""

    def meta(self) -> dict[str, Any]:
        """All that the file depends on, and the folder's name, as JSON's types."""


class Made(Protocol):
    """What a file tells."""

    @property
    def names(self) -> np.ndarray:
        """Of the images."""

    @property
    def meta(self) -> Mapping[str, Any]:
        """As the task's, when it was made."""


M = TypeVar('M', bound=Made)


def finished(out: Path, task: Task, read: Callable[[Path], M], form: Form,
             overwrite: bool = False) -> M | None:
    """What an earlier call wrote, as `read` returns it; None if it is to be made.

    Args:
        out: the file.
        task: what is asked for.
        read: reads it.
        form: of it.
        overwrite: make it whatever is there, if that is of this form.

    Raises:
        ValueError: it was made of other images or in another way, or is none of this form, or its
            name is none.
    """
    if out.suffix != '.npz':
        raise ValueError(f'--out names the .npz to write, got {shown(out)}: type --out '
                         f'{shown(out.with_suffix(".npz"))}')
    if overwrite:
        check_replaceable(out, form)
    if overwrite or not out.exists():
        return None
    made = read(out)
    reasons = [*other_images(made, task.images), *_other_ways(made.meta, task.meta())]
    if reasons:
        raise ValueError(f'{shown(out)} was made {"; ".join(reasons)}: give another --out, or '
                         '--overwrite')
    return made


def other_images(made: Made, images: ImageList) -> Iterator[str]:
    """Of which images a file was made, where they are not these."""
    if made.meta.get('digest') != images.digest():
        if made.names.tolist() == list(images.names):
            yield 'before some of the images changed'
        else:
            yield (f'of {len(made.names)} images of {made.meta.get("folder")}, not of these '
                   f'{len(images.names)} of {shown(images.folder.resolve().name)}')


def _other_ways(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    before, after = _flat(then), _flat(now)
    names = [*after, *(name for name in before if name not in after)]
    if before.get('method') != after.get('method'):  # which has parameters of its own
        names = ['method']
    for name in names:
        if before.get(name) != after.get(name):
            yield f'with {name} {before.get(name)}, not {after.get(name)}'


def _flat(meta: Mapping[str, Any]) -> dict[str, Any]:
    """With parameters beside all else."""
    flat: dict[str, Any] = {}
    for name, value in meta.items():
        if name not in _TOLD:
            flat.update(value if isinstance(value, dict) else {name: value})
    return flat

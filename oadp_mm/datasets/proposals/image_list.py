"""The images that proposals are made of: their names, and a digest that knows them again."""
from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from oadp_mm.datasets.image_files import EXTENSIONS, file_length, left_out_text, sort_out
from oadp_mm.files.shown import shown


@dataclass(frozen=True)
class ImageList:
    """Images of a folder.

    Args:
        folder: where they lie.
        names: paths below it, with forward slashes, sorted.
        note: which files of the folder are no images, '' if all are.
    """

    folder: Path
    names: tuple[str, ...]
    note: str = ''

    def digest(self) -> str:
        """sha256 over names and sizes in bytes, which a copy of the folder keeps; 24 digits."""
        digest = hashlib.sha256()
        for name, size in zip(self.names, self.lengths, strict=True):
            digest.update(f'{name}\0{size}\n'.encode('utf-8', 'surrogateescape'))
        return digest.hexdigest()[:24]

    @cached_property
    def lengths(self) -> Sequence[int]:
        """Bytes of each file, -1 of one that is not there and will be an unreadable image."""
        return [file_length(self.folder / name) for name in self.names]


def list_images(folder: Path) -> ImageList:
    """All images below a folder, as `ImageFolder` uses them.

    Raises:
        FileNotFoundError: there is no such folder, or no image below it.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f'there is no folder {shown(folder)}: give one with images')
    paths, left_out = sort_out(folder)
    others = left_out_text(left_out)
    if not paths:
        raise FileNotFoundError(
            f'folder {shown(folder)} holds no image{f" but {others}" * bool(others)}: give one '
            f'with files that end in {", ".join(EXTENSIONS)}')
    names = sorted(Path(path).relative_to(folder).as_posix() for path in paths)
    return ImageList(folder, tuple(names), f'left out: {others}' if others else '')

"""Images without labels: any folder, or a data set's own list of files."""
from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmengine.dataset import BaseDataset

from oadp_mm.datasets.decoding import UnreadableImage
from oadp_mm.datasets.image_files import EXTENSIONS, images_below
from oadp_mm.registry import DATASETS

#: A message names this many files at most.
_NAMED = 5


@DATASETS.register_module()
class ImageFolder(BaseDataset):
    """Unlabelled images of one or more folders.

    An image that cannot be read is replaced by another random one and not decoded again: `bad`,
    uint8 (n,) in memory shared with the data workers, holds 1 for it. `UnreadableImagesHook` names
    such images in the log and exchanges `bad` between the processes of a distributed run.

    Args:
        data_root: folder, or several whose images are chained in the given order.
        list_file: text file with one image a line, relative to `data_root` like the images;
            it is looked up in each folder, unless absolute. Empty: all images below the folder.
        prefix: put before each line of the list (VOC: 'JPEGImages/').
        suffix: put after each line of the list (VOC: '.jpg').
        recursive: descend into sub-folders, through symbolic links too.
        extensions: of the files that count as images, in any case.
        max_bad_share: share of unreadable images, 0..1, above which the training stops; a single
            one never stops it, unless the share is 0.
        **kwargs: of mmengine's BaseDataset: `pipeline`, `indices`, `test_mode` ...

    Raises:
        FileNotFoundError: a folder or list is missing, or there is no image.
        ValueError: an argument is out of range.
        UnreadableImage: too many images cannot be read; in `test_mode`, the first one.
    """

    def __init__(
        self,
        data_root: str | os.PathLike | Sequence[str | os.PathLike],
        list_file: str = '',
        prefix: str = '',
        suffix: str = '',
        recursive: bool = True,
        extensions: Sequence[str] = EXTENSIONS,
        max_bad_share: float = 0.05,
        **kwargs: Any,
    ) -> None:
        if not 0 <= max_bad_share <= 1:
            raise ValueError(f'max_bad_share must lie in 0..1, got {max_bad_share}')
        roots = [data_root] if isinstance(data_root, str | os.PathLike) else list(data_root)
        if not roots:
            raise ValueError('data_root must name at least one folder, got none')
        self.roots = [Path(root) for root in roots]
        self.list_file = list_file
        self.affixes = (prefix, suffix)
        self.recursive = recursive
        self.extensions = tuple(extensions)
        self.max_bad_share = max_bad_share
        self.bad = torch.zeros(0, dtype=torch.uint8)
        super().__init__(**kwargs)

    def __setstate__(self, state: dict) -> None:
        # A deep copy (mmengine's runner makes one of its config) would leave the shared memory.
        self.__dict__.update(state)
        self.bad.share_memory_()

    def full_init(self) -> None:
        """List the images and reserve the shared memory that marks the unreadable ones."""
        if self._fully_initialized:
            return
        super().full_init()
        self.bad = torch.zeros(len(self), dtype=torch.uint8).share_memory_()

    def load_data_list(self) -> list[dict]:
        paths = [path for root in self.roots for path in self._paths(root)]
        return [{'img_path': path} for path in paths]

    def prepare_data(self, idx: int) -> Any:
        """The pipeline's result for one image, or None if it is to be replaced by another."""
        if self.bad[idx]:
            return None
        try:
            return super().prepare_data(idx)
        except UnreadableImage:
            if self.test_mode:
                raise
            self.bad[idx] = 1
            self.check_readable()
            return None

    @property
    def unreadable(self) -> list[str]:
        """Paths of the images that could not be read so far."""
        return [self.get_data_info(int(i))['img_path'] for i in self.bad.nonzero()]

    def check_readable(self) -> None:
        """Raise UnreadableImage if more images than `max_bad_share` allows cannot be read."""
        bad, total = int(self.bad.sum()), len(self)
        allowed = max(1, int(self.max_bad_share * total)) if self.max_bad_share else 0
        if bad > allowed or bad == total:
            names = ', '.join(self.unreadable[:_NAMED]) + (', ...' if bad > _NAMED else '')
            raise UnreadableImage(
                f'{bad} of {total} images cannot be read, more than max_bad_share='
                f'{self.max_bad_share} allows: {names}; repair or remove them, or raise the share')

    def _rand_another(self) -> int:
        return int(np.random.choice(np.flatnonzero(self.bad.numpy() == 0)))  # noqa: NPY002

    def _paths(self, root: Path) -> list[str]:
        if not root.is_dir():
            raise FileNotFoundError(f'image folder {root} does not exist; set data_root to a '
                                    'folder of images')
        if self.list_file:
            return self._listed(root)
        paths = images_below(root, self.extensions, self.recursive)
        if not paths:
            raise FileNotFoundError(f'image folder {root} holds no image; expected files that end '
                                    f'in {", ".join(self.extensions)}')
        return paths

    def _listed(self, root: Path) -> list[str]:
        list_file = root / self.list_file  # an absolute list stays as it is
        if not list_file.is_file():
            raise FileNotFoundError(f'list of images {list_file} does not exist; list_file is '
                                    'relative to data_root')
        prefix, suffix = self.affixes
        lines = [line.strip() for line in list_file.read_text(encoding='utf-8').splitlines()]
        paths = [str(root / f'{prefix}{line}{suffix}') for line in lines if line]
        if not paths:
            raise FileNotFoundError(f'list of images {list_file} is empty')
        if not any(map(os.path.exists, paths[:_NAMED])):
            raise FileNotFoundError(f'{paths[0]}, named by {list_file}, does not exist; check '
                                    'data_root, prefix and suffix')
        return paths

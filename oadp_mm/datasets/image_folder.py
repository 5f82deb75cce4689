"""Images without labels: any folder, or a data set's own list of files."""
from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmengine.dataset import BaseDataset
from torch.utils.data import get_worker_info

from oadp_mm.datasets.absent_storage import patiently
from oadp_mm.datasets.decoding import UnreadableImage
from oadp_mm.datasets.image_files import EXTENSIONS, convertible, left_out_text, sort_out
from oadp_mm.files.shown import shown
from oadp_mm.registry import DATASETS

#: A message names this many files at most.
_NAMED = 5
#: Unreadable images that stop no training, whatever their share, while most others are good.
_HANDFUL = 5
#: The share of unreadable images that a training passes over, unless told otherwise.
BAD_SHARE = 0.05


def tolerated(images: int, share: float = BAD_SHARE) -> int:
    """Unreadable images of so many that stop no training."""
    return max(min(_HANDFUL, images // 2), int(share * images))


@DATASETS.register_module()
class ImageFolder(BaseDataset):
    """Unlabelled images of one or more folders.

    An image that cannot be read is replaced by another random one and not decoded again: `bad`,
    uint8 (n,) in memory shared with the data workers, holds 1 for it. `UnreadableImagesHook` names
    such images in the log, exchanges `bad` between the processes of a distributed run and stops it
    when there are too many; without workers the data set does so itself. A storage that is away is
    waited for, a minute at most.

    Args:
        data_root: folder, or several whose images are chained in the given order.
        list_file: text file with one image a line, relative to `data_root` like the images;
            it is looked up in each folder, unless absolute. Empty: all images below the folder.
        prefix: put before each line of the list (VOC: 'JPEGImages/').
        suffix: put after each line of the list (VOC: '.jpg').
        recursive: descend into sub-folders, through symbolic links too.
        extensions: of the files that count as images, in any case.
        max_bad_share: share of unreadable images, 0..1, above which the training stops. Five never
            stop it while as many images are good, unless the share is 0.
        **kwargs: of mmengine's BaseDataset: `pipeline`, `indices`, `test_mode` ...

    Raises:
        FileNotFoundError: a folder or list is missing, or there is no image.
        ValueError: an argument is out of range.
        UnreadableImage: too many images cannot be read; in `test_mode`, the first one.
        OSError: the storage of the images did not come back.
    """

    def __init__(
        self,
        data_root: str | os.PathLike | Sequence[str | os.PathLike],
        list_file: str = '',
        prefix: str = '',
        suffix: str = '',
        recursive: bool = True,
        extensions: Sequence[str] = EXTENSIONS,
        max_bad_share: float = BAD_SHARE,
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
        self.left_out: Counter[str] = Counter()
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
            return patiently(lambda: super(ImageFolder, self).prepare_data(idx), self.roots)
        except UnreadableImage:
            if self.test_mode:
                raise
            self.bad[idx] = 1
            # A worker's error would reach the user inside torch's trace: the hook raises it.
            if get_worker_info() is None or self.bad.all():
                self.check_readable()
            return None

    @property
    def unreadable(self) -> list[str]:
        """Paths of the images that could not be read so far."""
        return [self._path(i) for i in self._bad_numbers()]

    def reasons(self, but: Collection[str] = (), most: int = _NAMED) -> str:
        """The unreadable images by their reasons, found by reading them once more, as one clause.

        Args:
            but: paths that are left out.
            most: images that are named, after which `...` stands for the rest.
        """
        numbers = [i for i in self._bad_numbers() if self._path(i) not in but]
        alike: dict[str, list[str]] = {}
        for number in numbers[:most]:
            path = shown(self._path(number))
            alike.setdefault(self._reason(number).removeprefix(path), []).append(path)
        return '; '.join([*(', '.join(paths) + reason for reason, paths in alike.items()),
                          *['...'] * (len(numbers) > most)])

    def check_readable(self) -> None:
        """Raise UnreadableImage if more images than `max_bad_share` allows cannot be read."""
        bad, total = int(self.bad.sum()), len(self)
        allowed = tolerated(total, self.max_bad_share)
        if bad == total or bad > allowed * (self.max_bad_share > 0):
            enough = min(1, 2 * bad / total)
            raise UnreadableImage(
                f'{bad} of {total} images cannot be read, more than max_bad_share='
                f'{self.max_bad_share} allows: {self.reasons()}: repair or remove them'
                + (', or raise the share by --cfg-options '
                   f'train_dataloader.dataset.dataset.max_bad_share={enough:.1g}'
                   if bad < total else ''))

    def sorted_out(self) -> str:
        """How many images are used, and which files below the folders are not, as a sentence."""
        left = left_out_text(self.left_out)
        return f'{len(self)} images used' + (f', left out: {left}' if left else '')

    def _bad_numbers(self) -> list[int]:
        return self.bad.nonzero()[:, 0].tolist()

    def _path(self, number: int) -> str:
        return self.get_data_info(number)['img_path']

    def _reason(self, number: int) -> str:
        try:
            super().prepare_data(number)
        except UnreadableImage as error:
            return str(error)
        return f'{shown(self._path(number))} could not be read before'

    def _rand_another(self) -> int:
        good = np.flatnonzero(self.bad.numpy() == 0)
        if not len(good):
            self.check_readable()
        return int(np.random.choice(good))  # noqa: NPY002

    def _paths(self, root: Path) -> list[str]:
        if not root.is_dir():
            raise FileNotFoundError(f'image folder {shown(root)} does not exist: set '
                                    'OADP_DATA or OADP_IMAGES, whichever the config reads, or add '
                                    '--cfg-options '
                                    'train_dataloader.dataset.dataset.data_root=PATH')
        if self.list_file:
            return self._listed(root)
        paths, left_out = sort_out(root, self.extensions, self.recursive)
        self.left_out += left_out
        if not paths:
            others = left_out_text(left_out)
            raise FileNotFoundError(
                f'image folder {shown(root)} holds '
                f'{f"no image but {others}" if others else "no file"}: '
                f'{"convert them to JPEG or PNG, " if convertible(left_out) else ""}'
                f'expected files that end in {", ".join(self.extensions)}')
        return paths

    def _listed(self, root: Path) -> list[str]:
        list_file = root / self.list_file  # an absolute list stays as it is
        if not list_file.is_file():
            raise FileNotFoundError(f'list of images {shown(list_file)} does not exist; '
                                    'list_file is relative to data_root')
        prefix, suffix = self.affixes
        text = os.fsdecode(list_file.read_bytes())  # its names are those of files
        lines = [line.strip() for line in text.splitlines()]
        paths = [str(root / f'{prefix}{line}{suffix}') for line in lines if line]
        if not paths:
            raise FileNotFoundError(f'list of images {shown(list_file)} is empty')
        if not any(map(os.path.exists, paths[:_NAMED])):
            raise FileNotFoundError(f'{shown(paths[0])}, named by {shown(list_file)}, does not '
                                    'exist; check data_root, prefix and suffix')
        return paths

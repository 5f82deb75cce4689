"""Features of a frozen backbone on a labelled data set, extracted once and kept in files.

```
FOLDER/{train,test}/images.npy    mean of the map, or of a few windows of it, of each image
FOLDER/{train,test}/regions.npy   of each chosen box, image by image
FOLDER/{train,test}/grids.npy     number of an image, rows and columns of its map
FOLDER/{train,test}/cells.f32     cells of those maps in raster order, image by image
FOLDER/pairs-{0,1}.npy            maps of the first and of the second views of test images
FOLDER/windows-{0,1}.npy          where these views lie
```

All in float32: half precision would drown the differences of features that have nearly collapsed.
Memory is that of 64 images and their maps; cells are read as they are needed, mapped from the file,
which has the cells of 1024 train and 256 test images at most (such as 0.4 GB for 14x14 cells of 512
channels).
"""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from oadp_mm.datasets.decoding import SixteenBit
from oadp_mm.datasets.image_files import read_image
from oadp_mm.ops.window_means import window_means
from oadp_mm.ops.windows import Window
from oadp_mm.probes.data import Boxes, Data, Part, evenly
from oadp_mm.probes.regions import region_features
from oadp_mm.probes.view_pairs import as_numbers, as_windows, window_pair
from oadp_mm.probes.whole_maps import View, scaled, seen

#: Images of which all cells are kept.
MAPS = {'train': 1024, 'test': 256}
#: Test images of which two views are compared.
PAIRS = 64
_AT_ONCE = 64


@dataclass(frozen=True)
class Eye:
    """How a network sees images.

    Args:
        maps: normalised images to a map (b, c, h, w).
        normalise: uint8 (b, 3, h, w) in BGR to what the network reads.
        size: shorter side of an image in pixels, or the side of a square one.
        stride: of the map.
        sixteen_bit: see `decode_image`.
        view: see `seen`.
        windows: a side, of the means that make the vector of an image, see `window_means`.
    """

    maps: Callable[[Tensor], Tensor]
    normalise: Callable[[Tensor], Tensor]
    size: int
    stride: int
    sixteen_bit: SixteenBit = 'range'
    view: View = 'whole'
    windows: int = 1


@dataclass(frozen=True)
class Features:
    """Of one part, as `extract` wrote them.

    Args:
        images: float32 (images, c * windows ** 2).
        regions: float32 (boxes, c).
        grids: int64 (maps, 3): number of the image, rows, columns.
        cells: float32 (cells of all maps, c), mapped from a file.
    """

    images: np.ndarray
    regions: np.ndarray
    grids: np.ndarray
    cells: np.ndarray

    @property
    def starts(self) -> np.ndarray:
        """Where the cells of each map start, and where the last ends."""
        return np.concatenate([[0], np.cumsum(self.grids[:, 1] * self.grids[:, 2])])


def extract(eye: Eye, data: Data, regions: dict[str, Sequence[Boxes]], folder: Path,
            listen: Callable[[int], None] = lambda done: None) -> None:
    """Write the features of a data set into a folder.

    Args:
        eye: of the network, in evaluation mode.
        data: its images.
        regions: the boxes of each image of `train` and of `test`; empty where there are none.
        folder: an empty one.
        listen: called with the number of images done more, now and then.

    Raises:
        UnreadableImage: an image cannot be read.
        ValueError: the network returns numbers that are not finite.
    """
    for name, part in (('train', data.train), ('test', data.test)):
        (folder / name).mkdir()
        _extract_part(eye, part, regions[name], MAPS[name], folder / name, listen)
    _extract_pairs(eye, data.test, folder, listen)


def read_features(folder: Path) -> Features:
    """What `extract` wrote of a part."""
    images, regions, grids = (np.load(folder / f'{name}.npy') for name in
                              ('images', 'regions', 'grids'))
    cells = np.memmap(folder / 'cells.f32', np.float32, 'r').reshape(
        (grids[:, 1] * grids[:, 2]).sum(), -1)
    return Features(images, regions, grids, cells)


def read_pairs(folder: Path) -> tuple[Tensor, Tensor, list[Window], list[Window]]:
    """Maps of two views of each image of a sample, and their windows."""
    first, second = (torch.from_numpy(np.load(folder / f'pairs-{i}.npy')) for i in (0, 1))
    windows, others = (as_windows(np.load(folder / f'windows-{i}.npy')) for i in (0, 1))
    return first, second, windows, others


def _extract_part(eye: Eye, part: Part, regions: Sequence[Boxes], most: int, folder: Path,
                  listen: Callable[[int], None]) -> None:
    mapped = set(evenly(len(part.paths), most))
    images: list[Tensor] = []
    rows: list[Tensor] = []
    grids: list[tuple[int, int, int]] = []
    with (folder / 'cells.f32').open('wb') as file:
        for start in range(0, len(part.paths), _AT_ONCE):
            numbers = range(start, min(start + _AT_ONCE, len(part.paths)))
            pixels = [seen(part.paths[i], eye.size, eye.stride, eye.sixteen_bit, eye.view)
                      for i in numbers]
            for i, image, each in zip(numbers, pixels, _maps(eye, pixels), strict=True):
                images.append(window_means(each[None], eye.windows).flatten())
                channels = len(each)
                if regions and len(regions[i]):
                    size = image.shape[1], image.shape[2]
                    corners = scaled(regions[i].corners, regions[i].size, size)
                    rows.append(region_features(each[None], [corners], size))
                if i in mapped:
                    grids.append((i, each.shape[1], each.shape[2]))
                    file.write(each.flatten(1).T.contiguous().numpy().tobytes())
            listen(len(numbers))
    np.save(folder / 'images.npy', torch.stack(images).numpy())
    np.save(folder / 'regions.npy',
            torch.cat([images[0].new_zeros(0, channels), *rows]).numpy())
    np.save(folder / 'grids.npy', np.array(grids))


def _extract_pairs(eye: Eye, part: Part, folder: Path, listen: Callable[[int], None]) -> None:
    views: tuple[list[Tensor], list[Tensor]] = [], []
    windows: tuple[list[Window], list[Window]] = [], []
    numbers = evenly(len(part.paths), PAIRS)
    for i in numbers:
        image = read_image(part.paths[i], sixteen_bit=eye.sixteen_bit)
        drawn = window_pair(image.shape[:2], eye.size, (i,))
        for view, window, each in zip(views, windows, drawn, strict=True):
            view.append(torch.from_numpy(each.cut(image).transpose(2, 0, 1).copy()))
            window.append(each)
    for i, (view, window) in enumerate(zip(views, windows, strict=True)):
        np.save(folder / f'pairs-{i}.npy', torch.stack(list(_maps(eye, view))).numpy())
        np.save(folder / f'windows-{i}.npy', as_numbers(window))
        listen(len(numbers))


def _maps(eye: Eye, images: Sequence[Tensor]) -> Iterator[Tensor]:
    """The map (c, h, w) of each image; those of one size are seen together, 16 at a time."""
    alike: defaultdict[tuple, list[int]] = defaultdict(list)
    for i, image in enumerate(images):
        alike[tuple(image.shape)].append(i)
    found: dict[int, Tensor] = {}
    for numbers in alike.values():
        for some in (numbers[i:i + 16] for i in range(0, len(numbers), 16)):
            maps = eye.maps(eye.normalise(torch.stack([images[i] for i in some])))
            if not maps.isfinite().all():
                raise ValueError('the network returns numbers that are not finite: it is broken, '
                                 'give another checkpoint')
            found.update(zip(some, maps, strict=True))
    return (found[i] for i in range(len(images)))

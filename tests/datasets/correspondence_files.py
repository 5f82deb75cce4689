"""Files of correspondences for tests."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from oadp_mm.datasets.image_files import file_length
from oadp_mm.datasets.proposals.image_list import list_images
from oadp_mm.files.correspondence_file import write_correspondences
from oadp_mm.files.correspondences import Correspondences


def correspondence_file(path: Path, boxes: Mapping[str, Sequence],
                        sizes: Mapping[str, tuple[int, int]],
                        pairs: Mapping[str, Mapping[str, Sequence[tuple[int, int]]]],
                        folder: Path = Path('pictures')) -> Path:
    """Write a file with the boxes and the (height, width) of each image, and return its path.

    Args:
        path: of the file.
        boxes: of each image.
        sizes: of each image.
        pairs: image -> its neighbour -> pairs of their boxes; {} of an unreadable image.
        folder: of the images; those that are not there have unknown bytes.
    """
    names, most = list(boxes), max(map(len, pairs.values()))
    numbers = {name: i for i, name in enumerate(names)}
    flat = [[pair for each in pairs[name].values() for pair in each] for name in names]
    rows = [[numbers[other] for other in pairs[name]] or [-1] * most for name in names]
    write_correspondences(path, Correspondences(
        names=np.array(names), sizes=np.array([sizes[name] for name in names], np.int32),
        lengths=np.array([file_length(folder / name) for name in names]),
        offsets=np.cumsum([0, *map(len, boxes.values())]), meta={
            'folder': folder.name,
            **({'digest': list_images(folder).digest()} if folder.is_dir() else {})},
        boxes=np.array([box for each in boxes.values() for box in each], np.int32).reshape(-1, 4),
        neighbours=np.array(rows, np.int32), pair_offsets=np.cumsum([0, *map(len, flat)]),
        pairs=np.array([pair for each in flat for pair in each], np.int16).reshape(-1, 2),
        cosines=np.ones(sum(map(len, flat)), np.float16)))
    return path

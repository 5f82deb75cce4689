"""Files of proposals for tests."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from oadp_mm.datasets.image_files import file_length
from oadp_mm.files.proposal_file import write_proposals
from oadp_mm.files.proposals import Proposals


def proposal_file(path: Path, boxes: Mapping[str, Sequence], sizes: Mapping[str, tuple[int, int]],
                  folder: Path = Path('pictures')) -> Path:
    """Write a file with the boxes and the (height, width) of each image, and return its path.

    Those that are not in the folder have unknown bytes. Names stay in their order.
    """
    write_proposals(path, Proposals(
        names=np.array(list(boxes)), sizes=np.array([sizes[name] for name in boxes], np.int32),
        lengths=np.array([file_length(folder / name) for name in boxes]),
        offsets=np.cumsum([0, *map(len, boxes.values())]), meta={'folder': folder.name},
        boxes=np.array([box for each in boxes.values() for box in each], np.int32).reshape(-1, 4)))
    return path

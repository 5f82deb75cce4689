"""Files of proposals for tests."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from oadp_mm.files.proposal_file import Proposals, write_proposals


def proposal_file(path: Path, boxes: Mapping[str, Sequence], sizes: Mapping[str, tuple[int, int]],
                  ) -> Path:
    """Write a file with the boxes and the (height, width) of each image, and return its path."""
    names = sorted(boxes)
    write_proposals(path, Proposals(
        np.array(names), np.array([sizes[name] for name in names], np.int32),
        np.cumsum([0, *(len(boxes[name]) for name in names)]),
        np.array([box for name in names for box in boxes[name]], np.int32).reshape(-1, 4),
        {'folder': 'pictures'}))
    return path

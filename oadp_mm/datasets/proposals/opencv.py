"""Selective search by OpenCV's contributed modules, where they are installed.

They are no requirement: their wheel replaces the `cv2` that mmcv brings.
"""
from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import cv2
import numpy as np

from oadp_mm.datasets.proposals.engine import check_long_side, each_once, enlarged, reduced


@dataclass(frozen=True)
class OpenCVSearch:
    """`cv2.ximgproc`'s fast selective search: two colour spaces, three scales, two mixes.

    Its boxes are ranked by the C library's `rand`, which nobody seeds: they are put into an order
    of our own, a random one without regard to their places in the hierarchies.

    Args:
        long_side: pixels to which a larger image is reduced, None: none.

    Raises:
        ValueError: OpenCV has no such module, or an argument is out of range.
    """

    long_side: int | None = None

    VERSION = 1

    def __post_init__(self) -> None:
        check_long_side(self.long_side)
        if not hasattr(cv2, 'ximgproc'):
            raise ValueError(f'OpenCV {cv2.__version__} has no ximgproc: choose another --method, '
                             'or in an environment of its own pip install '
                             'opencv-contrib-python-headless instead of opencv-python-headless')

    def parameters(self) -> dict[str, Any]:
        return {**asdict(self), 'version': self.VERSION, 'opencv': cv2.__version__}

    def propose(self, image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        small = reduced(image, self.long_side)
        contributed = vars(cv2)['ximgproc']  # unknown to type checkers
        search = contributed.segmentation.createSelectiveSearchSegmentation()
        search.setBaseImage(small)
        search.switchToSelectiveSearchFast()
        boxes = np.array(search.process(), np.int64).reshape(-1, 4)
        boxes[:, 2:] += boxes[:, :2]
        boxes = each_once(boxes[np.lexsort(boxes.T)])
        return enlarged(generator.permutation(boxes), small.shape[:2], image.shape[:2])

"""From one image to its object proposals: selective search by several scales and similarities."""
from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol, get_args

import cv2
import numpy as np

from oadp_mm.ops.felzenszwalb import pixel_graph, segment
from oadp_mm.ops.grouping import colour_codes, hierarchy, regions, texture_codes

Space = Literal['hsv', 'rgb']


class Engine(Protocol):
    """Makes proposals; what they depend on is in its parameters."""

    def parameters(self) -> dict[str, Any]:
        """What the boxes depend on beside the image and the generator, as JSON's types."""

    def propose(self, image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        """Proposals, the first ones first.

        Args:
            image: uint8 (h, w, 3), BGR.
            generator: of the image's own.

        Returns:
            int32 (k, 4), each once: (x1, y1, x2, y2), half-open, in pixels of the image.
        """


@dataclass(frozen=True)
class SelectiveSearch:
    """Felzenszwalb's segments, grouped hierarchically.

    A box's rank is its place in its hierarchy, counted from the whole image, times a random number
    in 0..1 (Uijlings et al., section 4.3), so that the first boxes are of all sizes.

    Args:
        scales: of the segmentation, in 0..255 colours; the image is segmented by each.
        sigma: of the smoothing before, in pixels.
        min_size: of a segment, in pixels.
        mixes: of similarities, each with `True` by colour, texture, size and fill, with `False`
            without colour.
        long_side: pixels to which a larger image is reduced, None: none.
        space: of the colours that are segmented; the histograms are always of HSV.

    Raises:
        ValueError: an argument is out of range.
    """

    scales: tuple[float, ...] = (50, 100, 200)
    sigma: float = .8
    min_size: int = 50
    mixes: tuple[bool, ...] = (True, False)
    long_side: int | None = 320
    space: Space = 'hsv'

    #: Raised when the same parameters give other boxes.
    VERSION = 1

    def __post_init__(self) -> None:
        if not self.scales or not all(0 < scale < math.inf for scale in self.scales):
            raise ValueError(f'scales must be finite numbers above 0, got {list(self.scales)}')
        if not 0 <= self.sigma <= 100:
            raise ValueError(f'sigma must lie in 0..100 pixels, got {self.sigma}')
        if self.min_size < 1:
            raise ValueError(f'min_size must be 1 pixel or more, got {self.min_size}')
        if self.space not in get_args(Space):
            raise ValueError(f"space must be 'hsv' or 'rgb', got {self.space!r}")
        check_long_side(self.long_side)

    def parameters(self) -> dict[str, Any]:
        return {**asdict(self), 'version': self.VERSION}

    def propose(self, image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        small = reduced(image, self.long_side)
        hsv = cv2.cvtColor(small, cv2.COLOR_BGR2HSV_FULL)
        colours, textures = colour_codes(hsv), texture_codes(small)
        graph = pixel_graph(hsv if self.space == 'hsv' else small, self.sigma)
        found, ranks = [], []
        for scale in self.scales:
            segments = regions(segment(graph, scale, self.min_size), colours, textures)
            for by_colour in self.mixes:
                boxes = hierarchy(segments, by_colour)
                found.append(boxes)
                ranks.append(np.arange(len(boxes), 0, -1) * generator.random(len(boxes)))
        ranked = np.concatenate(found)[np.argsort(np.concatenate(ranks), kind='stable')]
        return enlarged(each_once(ranked), small.shape[:2], image.shape[:2])


def check_long_side(long_side: int | None) -> None:
    """Raise ValueError unless images may be reduced to that."""
    if long_side is not None and long_side < 16:
        raise ValueError(f'long_side must be 16 pixels or more, got {long_side}')


def reduced(image: np.ndarray, long_side: int | None) -> np.ndarray:
    """The image, no longer than so many pixels."""
    height, width = image.shape[:2]
    longest = max(height, width)
    if long_side is None or longest <= long_side:
        return image
    size = [max(1, (2 * side * long_side + longest) // (2 * longest)) for side in (width, height)]
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def each_once(boxes: np.ndarray) -> np.ndarray:
    """The boxes without those that were there before."""
    first = np.unique(boxes, axis=0, return_index=True)[1]
    return boxes[np.sort(first)]


def enlarged(boxes: np.ndarray, size: tuple[int, int], whole: tuple[int, int]) -> np.ndarray:
    """Boxes of a reduced image (height, width) in the whole one, to the nearest pixel, int32."""
    now, then = (np.array([width, height] * 2, np.int64) for height, width in (size, whole))
    return ((2 * boxes * then + now) // (2 * now)).astype(np.int32)

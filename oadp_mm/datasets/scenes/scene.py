"""An image and everything known about its objects."""
from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float32, Int64, UInt8, UInt16


@dataclass(frozen=True)
class Scene:
    """An image with its objects, all derived from one map of who owns which pixel.

    Masks therefore never overlap and boxes and semantic classes cannot disagree with them.

    Attributes:
        image: BGR.
        labels: class of each object, from 0.
        owners: 0 where no object is on top, else 1 + the object's position in `labels`;
            every object owns at least one pixel.
    """

    image: UInt8[np.ndarray, 'h w 3']
    labels: Int64[np.ndarray, ' n']
    owners: UInt8[np.ndarray, 'h w'] | UInt16[np.ndarray, 'h w']

    @cached_property
    def masks(self) -> Bool[np.ndarray, 'n h w']:
        """The *visible* pixels of each object."""
        numbers = np.arange(1, len(self.labels) + 1, dtype=self.owners.dtype)
        return np.equal(self.owners, numbers[:, None, None])

    @cached_property
    def boxes(self) -> Float32[np.ndarray, 'n 4']:
        """xyxy in pixel-edge coordinates, tight around the visible pixels."""
        columns, rows = np.any(self.masks, axis=1), np.any(self.masks, axis=2)
        low = [edge.argmax(axis=1) for edge in (columns, rows)]
        high = [edge.shape[1] - edge[:, ::-1].argmax(axis=1) for edge in (columns, rows)]
        return np.stack(low + high, axis=1).astype(np.float32)

    @cached_property
    def semantic(self) -> UInt8[np.ndarray, 'h w']:
        """0 = background and 1 + label elsewhere (mmseg's VOC convention)."""
        return np.concatenate([[0], self.labels + 1]).astype(np.uint8)[self.owners]

    @cached_property
    def border(self) -> Bool[np.ndarray, 'h w']:
        """Pixels of an object with one of another object or of none above, below or beside them."""
        around = np.pad(self.owners, 1, mode='edge')
        neighbours = around[:-2, 1:-1], around[2:, 1:-1], around[1:-1, :-2], around[1:-1, 2:]
        outline = np.any([self.owners != each for each in neighbours], axis=0)
        return np.logical_and(outline, self.owners > 0)

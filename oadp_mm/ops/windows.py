"""Where a view lies in its image: the rectangle that was cut out, its new size, and its flip.

Coordinates are pixel edges: pixel i spans [i, i + 1), and boxes (x1, y1, x2, y2) are half-open.
"""
from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, cast, get_args

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float64, Int64, Shaped

Interpolation = Literal['bilinear', 'bicubic']


@dataclass(frozen=True)
class Window:
    """A rectangle of an image that becomes a view.

    Args:
        top: first row, in pixels of the image.
        left: first column.
        height: rows of the image.
        width: columns of the image.
        size: (height, width) of the view, in its own pixels.
        flipped: whether left and right are exchanged, after everything else.
        of_neighbour: whether the image is not the one whose views these are, but its neighbour.
    """

    top: int
    left: int
    height: int
    width: int
    size: tuple[int, int]
    flipped: bool = False
    of_neighbour: bool = False

    @classmethod
    def of_box(cls, box: Shaped[np.ndarray, ' 4'], size: tuple[int, int]) -> Window:
        """That of the whole pixels next to a box (x1, y1, x2, y2), one at least a side."""
        start, end = box[:2].round(), box[2:].round()
        within = np.floor((box[:2] + box[2:]) / 2)  # of what has less than a pixel
        start, end = np.where(end > start, (start, end), (within, within + 1)).astype(int).tolist()
        return cls(start[1], start[0], end[1] - start[1], end[0] - start[0], size)

    @property
    def box(self) -> Int64[np.ndarray, ' 4']:
        """The rectangle as (x1, y1, x2, y2), in pixels of the image."""
        return np.array([self.left, self.top, self.left + self.width, self.top + self.height])

    def cut(self, image: Shaped[np.ndarray, 'h w *c'], interpolation: Interpolation = 'bilinear',
            ) -> Shaped[np.ndarray, 'h2 w2 *c']:
        """The view of an image that is at least as large as the rectangle needs.

        Antialiased: the kernel grows where the view is smaller than the rectangle. Levels of 8 bits
        are Pillow's to within one.

        Args:
            image: uint8, or floats.
            interpolation: the kernel, 'bilinear' or 'bicubic'.

        Raises:
            TypeError: the image is of another type.
        """
        if image.dtype != np.uint8 and image.dtype.kind != 'f':
            raise TypeError(f'views are cut from 8-bit images or floats, got {image.dtype}: read '
                            'the image by oadp_mm.LoadImage')
        inside = image[self.top:self.top + self.height, self.left:self.left + self.width].copy()
        pixels = torch.from_numpy(inside.reshape(1, self.height, self.width, -1))
        view = F.interpolate(pixels.permute(0, 3, 1, 2), self.size, mode=interpolation,
                             antialias=True).permute(0, 2, 3, 1)
        view = view.flip(2) if self.flipped else view.contiguous()
        return cast('np.ndarray', view.numpy().reshape(*self.size, *image.shape[2:]))

    @property
    def rectangle(self) -> tuple[int, int, int, int]:
        """What was cut out, whatever became of it: top, left, height, width."""
        return self.top, self.left, self.height, self.width

    def matrix(self) -> Float64[np.ndarray, '3 3']:
        """Takes (x, y, 1) of the image to (x, y, 1) of the view."""
        y_scale, x_scale = self.size[0] / self.height, self.size[1] / self.width
        straight = np.array([[x_scale, 0, -self.left * x_scale],
                             [0, y_scale, -self.top * y_scale],
                             [0, 0, 1]])
        mirror = np.array([[-1, 0, self.size[1]], [0, 1, 0], [0, 0, 1]], np.float64)
        return mirror @ straight if self.flipped else straight

    def carry(self, boxes: Shaped[np.ndarray, 'n 4'],
              ) -> tuple[Float64[np.ndarray, 'n 4'], Bool[np.ndarray, ' n']]:
        """Boxes of the image in the view.

        Args:
            boxes: (x1, y1, x2, y2) in the image.

        Returns:
            The boxes in the view, clipped to it, and whether each survives: it shares some area
            with the rectangle, which is decided in the image's pixels, exact for whole ones. What
            does not survive has no area.
        """
        corner = np.array([self.left, self.top])
        extent, size = np.array([self.width, self.height]), np.array(self.size[::-1])
        ends = boxes.reshape(-1, 2, 2).clip(corner, corner + extent)
        survives = np.all(ends[:, 1] > ends[:, 0], axis=1)
        ends = (ends - corner) * size / extent
        if self.flipped:
            ends[:, :, 0] = size[0] - ends[:, ::-1, 0]
        return ends.reshape(-1, 4), survives


def check_interpolation(name: str) -> None:
    """Raise ValueError unless `name` is a kernel that `Window.cut` has."""
    if name not in get_args(Interpolation):
        raise ValueError(f"interpolation must be 'bilinear' or 'bicubic', got {name!r}")


def draw_window(chances: Float64[np.ndarray, 'tries 4'], height: int, width: int, *,
                scale: tuple[float, float], ratio: tuple[float, float], size: tuple[int, int],
                ) -> Window:
    """A random rectangle as torchvision's RandomResizedCrop draws it.

    Args:
        chances: uniform numbers in [0, 1): area, aspect ratio, row and column of each try.
        height: of the image, in pixels.
        width: likewise.
        scale: (low, high) share of the image's area.
        ratio: (least, greatest) width over height, drawn uniformly in its logarithm.
        size: (height, width) of the view.
    """
    (low, high), (least, greatest) = scale, np.log(ratio)
    for area, aspect, y, x in chances:
        pixels = height * width * (low + (high - low) * area)
        root_aspect = math.exp((least + (greatest - least) * aspect) / 2)
        rows = round(math.sqrt(pixels) / root_aspect)
        columns = round(math.sqrt(pixels) * root_aspect)
        if 0 < rows <= height and 0 < columns <= width:
            return Window(int(y * (height - rows + 1)), int(x * (width - columns + 1)),
                          rows, columns, size)
    # Too long, or too small for the range: the greatest centred rectangle of a legal ratio.
    rows = min(height, max(1, round(width / ratio[0])))
    columns = min(width, max(1, round(height * ratio[1])))
    return Window((height - rows) // 2, (width - columns) // 2, rows, columns, size)

"""Compose one multi-object scene: tilted, coloured, overlapping digits on a crop of a photo."""
from __future__ import annotations

import cv2
import numpy as np

from oadp_mm.datasets.digits.sources import UPSAMPLING, SceneSources
from oadp_mm.datasets.scenes.scene import Scene

RECIPE = 1  # raise when the same seed gives other scenes: written scenes are then made anew

DIGIT_SIDE = 8 * UPSAMPLING  # height-map pixels that a digit's own 8x8 covers
OUTLINE = 0.5  # level of the height map (0..1) where ink ends; lower = bolder strokes
PLACES = 30  # poses tried before a digit is left out
CANDIDATES = 6  # colours to choose from
DARKEST, LIGHTEST = 25, 215  # luma of digits where the contrast allows: beyond, hues are gone
RELIEF = 0.5  # how much darker the thinnest ink is
LUMA_BGR = np.array([0.114, 0.587, 0.299], np.float32)  # ITU-R 601


def compose_scene(
    rng: np.random.Generator,
    sources: SceneSources,
    size: tuple[int, int] = (160, 160),
    *,
    objects: tuple[int, int] = (3, 8),
    scale: tuple[float, float] = (0.16, 0.7),
    min_visible: float = 0.6,
    min_contrast: float = 80.0,
) -> Scene:
    """Paint a scene; all randomness comes from `rng`.

    Nothing is ever drawn without being annotated: a pose that would leave the new digit or an
    earlier one with less than `min_visible` of its whole shape (cut by the image border or covered)
    is drawn again, and after 30 poses the digit is left out of image and annotation alike.

    Args:
        rng: source of all random choices.
        sources: digits and photos to choose from.
        size: (height, width) in pixels.
        objects: least and most digits aimed at.
        scale: range of a digit's height as a share of the shorter image side, log-uniform.
        min_visible: share of its whole shape that each digit keeps visible, in (0, 1].
        min_contrast: least difference (0..127 grey levels) between a digit's luma and the mean luma
            of what it is painted on.
    """
    image = _background(rng, sources.photos[rng.integers(len(sources.photos))], size)
    owners = np.zeros(size, np.uint8)
    labels: list[int] = []
    # Pixels of each digit: of its whole shape (parts outside the image included), and still on top.
    whole: np.ndarray = np.zeros(0, np.int64)
    seen: np.ndarray = np.zeros(0, np.int64)
    for _ in range(rng.integers(objects[0], objects[1] + 1)):
        pick = rng.integers(len(sources.labels))
        for _ in range(PLACES):
            side = min(size) * np.exp(rng.uniform(*np.log(scale)))
            ink, corner = _pose(rng, sources.heights[pick], size, side)
            pixels = np.count_nonzero(ink > OUTLINE)
            ink, window = _clip(ink, corner, size)
            shape = ink > OUTLINE
            covered = np.bincount(owners[window][shape], minlength=len(whole) + 1)[1:]
            wholes, left = np.append(whole, pixels), np.append(seen - covered, shape.sum())
            if left[-1] and (left >= min_visible * wholes).all():
                whole, seen = wholes, left
                labels.append(int(sources.labels[pick]))
                owners[window][shape] = len(labels)
                # Ink falls from 1 to 0 over about one digit pixel, hence this gain makes the edge
                # about one image pixel wide at any size. A matte over 0.5 is exactly `shape`.
                matte = np.clip((ink - OUTLINE) * max(side / 8, 2) + 0.5, 0, 1)
                _paint(rng, image[window], ink, matte, min_contrast)
                break
    return Scene(image, np.array(labels, np.int64), owners)


def _background(rng: np.random.Generator, photo: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    height, width = size
    fit = min(photo.shape[0] / height, photo.shape[1] / width)
    zoom = fit * rng.uniform(0.4, 1)
    h, w = int(height * zoom), int(width * zoom)
    y, x = (int(rng.integers(a - b + 1)) for a, b in zip(photo.shape[:2], (h, w), strict=True))
    crop = cv2.resize(photo[y:y + h, x:x + w], (width, height), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(crop[:, ::-1]) if rng.random() < 0.5 else crop


def _pose(
    rng: np.random.Generator, heights: np.ndarray, size: tuple[int, int], side: float
) -> tuple[np.ndarray, np.ndarray]:
    """A digit's ink, float32 (h, w) in 0..1, and the image position (x, y) of its first pixel."""
    tilt, shear = np.deg2rad(rng.uniform(-30, 30)), rng.uniform(-0.25, 0.25)
    stretch = rng.uniform(0.8, 1.25)
    centre = rng.uniform((0, 0), size[::-1])
    rotation = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
    matrix = rotation @ [[stretch, shear], [0, 1]] * (side / DIGIT_SIDE)
    reach = np.abs(matrix).sum(axis=1) * heights.shape[0] / 2  # half extent of the moved height map
    corner = np.floor(centre - reach).astype(int)
    extent = np.ceil(centre + reach).astype(int) - corner
    middle = (heights.shape[0] - 1) / 2
    offset = centre - 0.5 - corner - matrix @ (middle, middle)  # pixel centres lie at +0.5
    moved = cv2.warpAffine(heights, np.column_stack([matrix, offset]), extent.tolist())
    return moved / np.float32(255), corner


def _clip(
    ink: np.ndarray, corner: np.ndarray, size: tuple[int, int]
) -> tuple[np.ndarray, tuple[slice, slice]]:
    """The part of a posed digit inside the image and the image window it lies on."""
    x, y = corner
    height, width = ink.shape
    top, left = max(-y, 0), max(-x, 0)
    bottom, right = min(height, size[0] - y), min(width, size[1] - x)
    return ink[top:bottom, left:right], np.s_[y + top:y + bottom, x + left:x + right]


def _paint(
    rng: np.random.Generator, window: np.ndarray, ink: np.ndarray, matte: np.ndarray,
    min_contrast: float,
) -> None:
    """Blend a random colour into `window` (a view of the image) in place."""
    beneath = float((window[matte > 0.5] @ LUMA_BGR).mean())
    around = window.reshape(-1, 3)[:: max(1, matte.size // 256)]
    tried = []
    for _ in range(CANDIDATES):  # neighbours must not melt together: farther from what lies around
        colour = _contrasting_colour(rng, beneath, min_contrast)
        distances = np.abs(around - colour).sum(axis=1)
        distance = np.partition(distances, len(distances) // 4)[len(distances) // 4]
        tried.append((distance, colour))
        if distance > 2 * min_contrast:  # summed over three channels
            break
    colour = max(tried, key=lambda pair: pair[0])[1]
    shade = 1 - RELIEF * (1 - ink[..., None])  # thin ink is darker: strokes get a rim
    window[:] = np.rint(window + matte[..., None] * (colour * shade - window))


def _contrasting_colour(
    rng: np.random.Generator, beneath: float, min_contrast: float
) -> np.ndarray:
    """BGR in 0..255, random hue, at least `min_contrast` darker or lighter than luma `beneath`."""
    low, high = beneath - min_contrast, beneath + min_contrast
    darkest, lightest = min(DARKEST, max(low, 0)), max(LIGHTEST, min(high, 255))
    darker, lighter = max(low - darkest, 0), max(lightest - high, 0)
    luma = rng.uniform(-darker, lighter)
    luma += low if luma < 0 else high
    hue = rng.dirichlet((0.5, 0.5, 0.5)).astype(np.float32)
    pure = 255 * hue / hue.max()
    level = float(pure @ LUMA_BGR)
    # Toward black or white until the luma is met: both keep the hue and are linear in luma.
    if luma < level:
        return pure * (luma / level)
    return pure + (255 - pure) * ((luma - level) / (255 - level))

"""Pictures of a learned foreground: the image, its saliency over it and the cells of it."""
from __future__ import annotations

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

COLOURS = 'inferno'
OPACITY = 0.5
#: A map that varies less is the same everywhere: stretched, its colours would show rounding.
FLAT = 1e-3
#: Pixels of the longer side that are drawn; a panel shows fewer, and a photo may hold millions.
LONGEST = 640


def upsample(saliency: np.ndarray, height: int, width: int) -> np.ndarray:
    """A map of cells (rows, columns) as pixels (height, width), interpolated bilinearly."""
    cells = torch.from_numpy(saliency)[None, None]
    return F.interpolate(cells, (height, width), mode='bilinear')[0, 0].numpy()


def colour_scale(saliency: np.ndarray, stretch: bool) -> tuple[Normalize, str]:
    """Which values the colours span, and a phrase that says so.

    Args:
        saliency: float (rows, columns), 0..1.
        stretch: span the map's own range instead of 0..1, if it is not flat.
    """
    low, high = float(saliency.min()), float(saliency.max())
    if not stretch:
        return Normalize(0, 1), 'colours from 0 to 1'
    if high - low < FLAT:
        return Normalize(0, 1), 'flat, so colours are not stretched and go from 0 to 1'
    return Normalize(low, high), f'colours stretched, from {low:.3f} to {high:.3f}'


def draw_foreground(image: np.ndarray, saliency: np.ndarray, name: str,
                  stretch: bool = False) -> Figure:
    """An image, its saliency over it, and the saliency's cells, with one colour bar.

    Args:
        image: uint8 (h, w, 3) RGB.
        saliency: float32 (rows, columns), 0..1; its cells divide the whole image evenly.
        name: of the image, for the title, which also gives the least, mean and largest cell.
        stretch: see `colour_scale`.
    """
    image = _at_most(np.ascontiguousarray(image), LONGEST)
    height, width = image.shape[:2]
    norm, phrase = colour_scale(saliency, stretch)
    figure = Figure(figsize=(7.4, 3), layout='constrained')
    axes = figure.subplots(1, 3)
    # The cells take the image's proportions back, as the image was squeezed into the network's.
    place = {'extent': (0, width, height, 0)}
    colours = {'cmap': COLOURS, 'norm': norm, **place}
    axes[0].imshow(image, **place)
    # Gray, so that all colour is the map's.
    axes[1].imshow(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), 'gray', vmin=0, vmax=255, **place)
    axes[1].imshow(upsample(saliency, height, width), alpha=OPACITY, **colours)
    cells = axes[2].imshow(saliency, interpolation='nearest', **colours)
    for ax, title in zip(axes, ('image', 'saliency over it',
                                '{} x {} cells'.format(*saliency.shape)), strict=True):
        ax.set_title(title, fontsize=9)
        ax.set_axis_off()
    bar = figure.colorbar(cells, ax=axes, fraction=.025, pad=.01)
    bar.ax.tick_params(labelsize=7)
    bar.set_label('foreground', fontsize=8)
    figure.suptitle(f'{_shortened(name)}: min {saliency.min():.3f}, mean {saliency.mean():.3f}, '
                    f'max {saliency.max():.3f}\n{phrase}', fontsize=9, parse_math=False)
    return figure


def _at_most(image: np.ndarray, longest: int) -> np.ndarray:
    factor = longest / max(image.shape[:2])
    if factor >= 1:
        return image
    height, width = (max(1, round(factor * side)) for side in image.shape[:2])
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)


def _shortened(name: str, limit: int = 56) -> str:
    return name if len(name) <= limit else f'{name[:limit - 3]}...'

"""Heat maps of several networks over the same images."""
from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from oadp_mm.pictures.foreground import COLOURS, OPACITY, upsample
from oadp_mm.pictures.plain import plain
from oadp_mm.pictures.scenes import grid_of


def draw_heat_maps(images: Sequence[np.ndarray], networks: Mapping[str, Sequence[np.ndarray]],
                   boxes: Sequence[np.ndarray] | None = None,
                   captions: Mapping[str, Sequence[str]] | None = None,
                   probability: str = '') -> Figure:
    """Images in rows, networks in columns, one scale of colours.

    Args:
        images: uint8 (h, w, 3) RGB.
        networks: name -> a map (rows, columns) an image, whose cells divide it. Each is shown as
            shares of its largest value, what is below 0 as 0; one without any is all 0.
        boxes: (n, 4) of each image, (x1, y1, x2, y2) in its pixels, which are outlined everywhere.
        captions: name of a network, or `image` -> a few words in the corner of each of its panels.
        probability: of what maps are, from 0 to 1, that are shown as they are; '' of others.
    """
    captions = captions or {}
    figure, axes = grid_of(images, ['image', *networks])
    for number, (row, image) in enumerate(zip(axes, images, strict=True)):
        height, width = image.shape[:2]
        place = {'extent': (0, width, height, 0)}
        row[0].imshow(image, **place)
        for ax, maps in zip(row[1:], networks.values(), strict=True):
            heat = maps[number]
            share = heat if probability else (
                heat.clip(0) / max(float(heat.max()), np.finfo(np.float32).tiny))
            ax.imshow(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), 'gray', vmin=0, vmax=255, **place)
            ax.imshow(upsample(share.astype(np.float32), height, width), COLOURS, vmin=0, vmax=1,
                      alpha=OPACITY, **place)
        for ax, name in zip(row, ['image', *networks], strict=True):
            ax.set_axis_off()
            for x1, y1, x2, y2 in boxes[number] if boxes else ():
                ax.add_patch(Rectangle((x1, y1), x2 - x1, y2 - y1, fill=False, edgecolor='white',
                                       linewidth=.8 if ax is row[0] else .4))
            if name in captions:
                ax.text(.02, .03, captions[name][number], transform=ax.transAxes, fontsize=7,
                        color='white', bbox={'facecolor': 'black', 'edgecolor': 'none', 'pad': 1.5})
    if networks:
        # Its colours are whole: half transparent on white they would be paler than on any image.
        bar = figure.colorbar(ScalarMappable(Normalize(0, 1), COLOURS), ax=axes, fraction=.025,
                              pad=.01)
        bar.set_label(probability or "share of the map's largest value", fontsize=8)
        bar.ax.tick_params(labelsize=7)
    return plain(figure)

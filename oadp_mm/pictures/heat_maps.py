"""Heat maps of several networks over the same images."""
from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from matplotlib.figure import Figure

from oadp_mm.pictures.foreground import COLOURS, OPACITY, upsample
from oadp_mm.pictures.plain import plain
from oadp_mm.pictures.scenes import grid_of


def draw_heat_maps(images: Sequence[np.ndarray],
                   networks: Mapping[str, Sequence[np.ndarray]]) -> Figure:
    """Images in rows, networks in columns, one scale of colours.

    Args:
        images: uint8 (h, w, 3) RGB.
        networks: name -> a map (rows, columns) an image, whose cells divide it. Each is shown as
            shares of its largest value, what is below 0 as 0; one without any is all 0.
    """
    figure, axes = grid_of(images, ['image', *networks])
    shown = None
    for row, image, *maps in zip(axes, images, *networks.values(), strict=True):
        height, width = image.shape[:2]
        place = {'extent': (0, width, height, 0)}
        row[0].imshow(image, **place)
        for ax, heat in zip(row[1:], maps, strict=True):
            share = heat.clip(0) / max(float(heat.max()), np.finfo(np.float32).tiny)
            ax.imshow(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), 'gray', vmin=0, vmax=255, **place)
            shown = ax.imshow(upsample(share.astype(np.float32), height, width), COLOURS,
                              vmin=0, vmax=1, alpha=OPACITY, **place)
        for ax in row:
            ax.set_axis_off()
    if shown is not None:
        bar = figure.colorbar(shown, ax=axes, fraction=.025, pad=.01)
        bar.set_label("share of the map's largest value", fontsize=8)
        bar.ax.tick_params(labelsize=7)
    return plain(figure)

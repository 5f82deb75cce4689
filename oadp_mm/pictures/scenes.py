"""Pictures of annotated images: instances of COCO files and semantic masks, true or predicted."""
from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

COLOURS = colormaps['tab10']
COLOUR_NAMES = ('blue', 'orange', 'green', 'red', 'purple', 'brown', 'pink', 'gray', 'olive',
                'cyan')
IGNORE = 255


def decode(segmentation: Mapping | Sequence, height: int, width: int) -> np.ndarray:
    """A COCO segmentation (polygons or run lengths) as a boolean (height, width) mask."""
    from pycocotools import mask  # comes with the detector, which pretraining does not need

    if isinstance(segmentation, Mapping):
        counts = segmentation['counts']
        rle = mask.frPyObjects(segmentation, height, width) if isinstance(counts, list) else {
            **segmentation, 'counts': counts.encode() if isinstance(counts, str) else counts}
    else:
        rle = mask.merge(mask.frPyObjects(list(segmentation), height, width))
    return mask.decode(rle).astype(bool)


def show_instances(ax: Axes, image: np.ndarray, instances: Sequence[Mapping],
                   names: Mapping[int, str]) -> None:
    """Tint the masks of instances on an image, outline their boxes and name them.

    Args:
        ax: where to draw.
        image: uint8 (h, w, 3) RGB.
        instances: COCO annotations or results: `bbox` (xywh, pixels), `category_id`,
            `segmentation`, which results of boxes alone lack, and `score` for results.
        names: category id -> name; without any, instances have colours in turn, no text, and boxes
            only where they have no masks.
    """
    picture = image.astype(float)
    colours = [COLOURS((instance['category_id'] - 1 if names else turn) % 10)
               for turn, instance in enumerate(instances)]
    tinted = all('segmentation' in instance for instance in instances)
    for instance, colour in zip(instances, colours, strict=True):
        if tinted:
            mask = decode(instance['segmentation'], *image.shape[:2])
            picture[mask] = .5 * picture[mask] + .5 * 255 * np.array(colour[:3])
    ax.imshow(picture.astype(np.uint8))
    for instance, colour in zip(instances, colours, strict=True):
        x, y, width, height = instance['bbox']
        if names or not tinted:
            ax.add_patch(Rectangle((x - .5, y - .5), width, height, fill=False, edgecolor=colour,
                                   linewidth=1.2))
        if not names:
            continue
        text = names[instance['category_id']]
        if 'score' in instance:
            text += f' {100 * instance["score"]:.0f} %'
        ax.text(x, y, text, fontsize=6, color='white', va='top',
                bbox={'facecolor': colour, 'edgecolor': 'none', 'pad': .8})
    ax.set_axis_off()


def show_classes(ax: Axes, image: np.ndarray, classes: np.ndarray) -> None:
    """Tint an image by a semantic mask (uint8 (h, w); 0 is background, 255 ignored)."""
    shown = (classes != 0) & (classes != IGNORE)
    tint = 255 * COLOURS((classes.astype(int) - 1) % 10)[..., :3]
    picture = np.where(shown[..., None], .3 * image + .7 * tint, .6 * image)
    ax.imshow(picture.astype(np.uint8))
    ax.set_axis_off()


def grid_of(rows: int, titles: Sequence[str], size: float = 1.9) -> tuple[Figure, np.ndarray]:
    """A figure of `rows` rows with one titled column each, and its (rows, columns) axes."""
    figure = Figure(figsize=(size * len(titles), size * rows + .25), layout='constrained')
    axes = figure.subplots(rows, len(titles), squeeze=False)
    for ax, title in zip(axes[0], titles, strict=True):
        ax.set_title(title, fontsize=9)
    return figure, axes

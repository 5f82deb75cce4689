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
FONT = 6  # points


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
    """Tint the masks of instances on an image, outline their boxes, and name those that have room.

    A name stands in its box and on no other name; those of later instances go first.

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
                                   linewidth=.8))
    if names:
        _write_names(ax, image.shape[1], list(zip(instances, colours, strict=True))[::-1], names)
    ax.set_axis_off()


def _write_names(ax: Axes, side: int, instances: Sequence[tuple[Mapping, tuple]],
                 names: Mapping[int, str]) -> None:
    """In an image so many pixels wide, which fills its column."""
    spec, figure = ax.get_subplotspec(), ax.get_figure()
    assert spec is not None and isinstance(figure, Figure)
    point = side * spec.get_geometry()[1] / (72 * figure.get_size_inches()[0])  # in pixels
    taken: list[tuple[float, float, float, float]] = []
    for instance, colour in instances:
        (x, y, width, height), name = instance['bbox'], names[instance['category_id']]
        scored = f'{name} {100 * instance["score"]:.0f} %' if 'score' in instance else name
        for text in dict.fromkeys((scored, name)):
            w, h = point * FONT * (.65 * len(text) + .5), point * FONT * 1.5
            free = all(x + w <= a or a + c <= x or y + h <= b or b + d <= y
                       for a, b, c, d in taken)
            if w <= width and h <= height and free:
                ax.text(x, y, text, fontsize=FONT, color='white', va='top', clip_on=True,
                        bbox={'facecolor': colour, 'edgecolor': 'none', 'pad': .8})
                taken.append((x, y, w, h))
                break


def show_classes(ax: Axes, image: np.ndarray, classes: np.ndarray) -> None:
    """Tint an image by a semantic mask (uint8 (h, w); 0 is background, 255 ignored)."""
    shown = (classes != 0) & (classes != IGNORE)
    tint = 255 * COLOURS((classes.astype(int) - 1) % 10)[..., :3]
    picture = np.where(shown[..., None], .3 * image + .7 * tint, .6 * image)
    ax.imshow(picture.astype(np.uint8))
    ax.set_axis_off()


def grid_of(rows: Sequence[np.ndarray], titles: Sequence[str], size: float = 1.9,
            ) -> tuple[Figure, np.ndarray]:
    """A figure with a row as high as it needs for each image (h, w, ...) and titled columns.

    Returns:
        The figure, and its (rows, columns) axes.
    """
    heights = [min(2., image.shape[0] / image.shape[1]) for image in rows]
    figure = Figure(figsize=(size * len(titles), size * sum(heights) + .25), layout='constrained')
    axes = figure.subplots(len(rows), len(titles), squeeze=False,
                           gridspec_kw={'height_ratios': heights})
    for ax, title in zip(axes[0], titles, strict=True):
        ax.set_title(title, fontsize=9)
    return figure, axes

"""Pictures of the views of an image with its object proposals, as SoCo pairs them."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmengine.runner import set_random_seed

from oadp_mm.datasets.transforms import LoadProposals, MultiView
from oadp_mm.ops.levels import BOUNDS, pyramid_level
from oadp_mm.pictures.patch_pairs import EDGE


class BoxPictures:
    """The views that a training would see of each image, with their boxes.

    Args:
        config: of a pretraining with `train_dataloader.dataset.views.boxes`.
        proposals: file of `oadp-mm proposals`; None: the config's.
        images: that will be drawn.

    Raises:
        ValueError: there is no file of proposals, or it lacks images.
    """

    ending = 'boxes'

    def __init__(self, config: Config, proposals: Path | None, images: Sequence[Path]) -> None:
        data, model = config.train_dataloader.dataset, config.get('model', {})
        settings = {**(data.get('proposals') or {}), **({'files': proposals} if proposals else {})}
        if not settings:
            raise ValueError(f'{config.filename} names no file of proposals: give --proposals '
                             'FILE, which oadp-mm proposals makes')
        init_default_scope('mmpretrain')  # where names without a prefix are looked up
        self.views, self.load = MultiView(**data.views), LoadProposals(**settings)
        self.load.check(map(str, images))
        pyramid = model.get('neck') is not None
        self.bounds = (model.get('bounds') or BOUNDS) if pyramid else None
        self._none = 0

    def draw(self, path: Path, image: np.ndarray, seed: int) -> Figure:
        """The picture of an image, uint8 (h, w, 3) BGR, of this path."""
        set_random_seed(seed)
        results = self.load({'img_path': str(path), 'img': image, 'img_shape': image.shape[:2]})
        made = self.views(results)
        self._none += not made['box_weights'].any()
        return draw_boxes(made, self.views.names, self.bounds)

    def notes(self) -> list[str]:
        """What was seen, one sentence each."""
        return [f'{self._none} of the images show no proposal in any pair of views'] * bool(
            self._none)


def draw_boxes(made: Mapping, names: Sequence[str], bounds: Sequence[float] | None) -> Figure:
    """A row for each pair of views, all pixels of one size: the first, and the other.

    A proposal has one colour in all views. Where there is a pyramid, each box says from which level
    it is pooled, and is dashed if from none.

    Args:
        made: results of a `MultiView` with boxes.
        names: of its views.
        bounds: of the levels, see `pyramid_level`; None: there is no pyramid.
    """
    views = [view[..., ::-1] for view in made['img']]
    rows = len(views) - 1
    side = max(max(view.shape[:2]) for view in views)
    figure = Figure(figsize=(6.4, 3.4 * rows), layout='constrained')
    drawn = [number for number in np.unique(made['box_numbers']) if number >= 0]
    palette = colormaps['tab10' if len(drawn) <= 10 else 'tab20']
    colours = {number: palette(turn % palette.N) for turn, number in enumerate(drawn)}
    for pair, axes in enumerate(figure.subplots(rows, 2, squeeze=False)):
        for ax, which, boxes in zip(axes, (0, pair + 1), made['boxes'][pair], strict=True):
            view = views[which]
            ax.imshow(view)
            ax.set(xlim=(-.5, side - .5), ylim=(side - .5, -.5))
            ax.set_axis_off()
            flipped = ', flipped' if made['windows'][which].flipped else ''
            ax.set_title('{}: {} x {}{}'.format(names[which], *view.shape[:2], flipped),
                         fontsize=9, parse_math=False)
            for box, number in zip(boxes, made['box_numbers'][pair], strict=True):
                if number >= 0:
                    _draw_box(ax, box, colours[number], bounds)
    return figure


def _draw_box(ax: Axes, box: np.ndarray, colour: tuple, bounds: Sequence[float] | None) -> None:
    # imshow puts the centre of the first pixel at 0, its edge at -0.5.
    (x, y), (width, height) = box[:2] - .5, box[2:] - box[:2]
    level = 0 if bounds is None else int(pyramid_level(torch.from_numpy(box), bounds))
    ax.add_patch(Rectangle((x, y), width, height, fill=False, edgecolor=colour, linewidth=2,
                           linestyle='-' if level >= 0 else '--', path_effects=EDGE))
    if bounds is not None:
        ax.text(x, y, f'P{level + 2}' if level >= 0 else 'none', color='white', fontsize=7,
                verticalalignment='top', clip_on=True,
                bbox={'facecolor': colour, 'edgecolor': 'none', 'pad': 1})

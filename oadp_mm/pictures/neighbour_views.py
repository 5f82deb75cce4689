"""Pictures of the views that ORL compares, and where they lie in an image and in its neighbour."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmengine.runner import set_random_seed

from oadp_mm.datasets import ImageFolder, LoadImage, MultiView
from oadp_mm.datasets.filed_images import FiledImages
from oadp_mm.datasets.transforms import LoadCorrespondences
from oadp_mm.files.correspondence_file import read_correspondences
from oadp_mm.ops.windows import Window
from oadp_mm.pictures.patch_pairs import EDGE, PAIRS

_STYLES = '-', '--'


class NeighbourViews:
    """The views that a training would see of each image.

    Args:
        config: of a pretraining with `train_dataloader.dataset.correspondences`.
        file: of `oadp-mm correspondences`; None: the config's.
        images: that will be drawn, beside whose others of the file lie; at least one.
        load: what reads them.

    Raises:
        ValueError: there is no file of correspondences, or it is of other images.
    """

    ending = 'views'

    def __init__(self, config: Config, file: Path | None, images: Sequence[Path], load: LoadImage,
                 ) -> None:
        data = config.train_dataloader.dataset
        settings = {**(data.get('correspondences') or {}), **({'file': file} if file else {})}
        if not settings:
            raise ValueError(f'{config.filename} names no file of correspondences: give '
                             '--correspondences FILE, which oadp-mm correspondences makes')
        init_default_scope('mmpretrain')  # where names without a prefix are looked up
        self.views = MultiView(**data.views)
        self.load = LoadCorrespondences(
            **settings, dataset=_Beside(images, Path(settings['file']), load))
        self._alone = 0

    def draw(self, path: Path, image: np.ndarray, seed: int) -> Figure:
        """The picture of an image, uint8 (h, w, 3) BGR, of this path."""
        set_random_seed(seed)
        made = self.views(self.load(
            {'img_path': str(path), 'img': image, 'img_shape': image.shape[:2]}))
        self._alone += made['correspondence']['key'].image is image
        return draw_views(made, self.views.names)

    def notes(self) -> list[str]:
        """What was seen, one sentence each."""
        return [f'{self._alone} of the images have no readable neighbour and are their own'] * bool(
            self._alone)


class _Beside(ImageFolder):
    """The images of a file, which lie in the folder of the first of those that are drawn."""

    def __init__(self, images: Sequence[Path], file: Path, load: LoadImage) -> None:
        filed = FiledImages({str(file): read_correspondences(file)})
        (found, number), *_ = filed.check([str(image) for image in images])
        self.names = found.names.tolist()
        below = len(Path(self.names[number]).parts)
        super().__init__(images[0].absolute().parents[below - 1], pipeline=[load], max_bad_share=1)

    def load_data_list(self) -> list[dict]:
        return [{'img_path': str(self.roots[0] / name)} for name in self.names]


def draw_views(made: Mapping, names: Sequence[str]) -> Figure:
    """Above: the image and its neighbour, with the rectangles. Below: what was cut out of them.

    A pair of views has one colour. The second one is dashed.

    Args:
        made: results of a `MultiView` of `LoadCorrespondences`.
        names: of its views.
    """
    views, windows = made['img'], made['windows']
    sides = [made['correspondence'][side].image for side in ('query', 'key')]
    widths = [image.shape[1] / image.shape[0] for image in sides]
    heights = min(9 / sum(widths), 5), 2  # in inches, for the whole width if not too high
    figure = Figure(figsize=(10, sum(heights)), layout='constrained')
    above, below = figure.subfigures(2, 1, height_ratios=heights)
    scenes = above.subplots(1, 2, width_ratios=widths)
    for ax, image, title in zip(scenes, sides, ('image', 'neighbour'), strict=True):
        ax.imshow(image[..., ::-1])
        ax.set_title(title, fontsize=10)
        ax.set_axis_off()
    for number, (ax, view, window) in enumerate(zip(
            below.subplots(1, len(views), squeeze=False)[0], views, windows, strict=True)):
        colour, second = PAIRS(number // 2), bool(number % 2)
        ax.imshow(view[..., ::-1])
        ax.set(xticks=[], yticks=[])
        for spine in ax.spines.values():
            spine.set(color=colour, linewidth=3, linestyle=_STYLES[second])
        flipped = ', flipped' if window and window.flipped else ''
        ax.set_title(f'{names[number]}\n{view.shape[0]} x {view.shape[1]}{flipped}', fontsize=9,
                     parse_math=False)
        if window is not None:
            _outline(scenes[int(window.of_neighbour)], window, names[number], colour, second)
    return figure


def _outline(ax: Axes, window: Window, name: str, colour: tuple, second: bool) -> None:
    # imshow puts the centre of the first pixel at 0, its edge at -0.5.
    x, y, width, height = window.left - .5, window.top - .5, window.width, window.height
    # Of an image with a single box names stand one below the other.
    lines = sum(isinstance(other, Rectangle) and other.get_bbox().bounds == (x, y, width, height)
                for other in ax.patches)
    ax.add_patch(Rectangle((x, y), width, height, fill=False, edgecolor=colour, linewidth=2,
                           linestyle=_STYLES[second], path_effects=EDGE))
    # Rectangles of a pair lie close to each other: their names are in opposite corners.
    corner, across, down = (((x + width, y + height), 'right', 'bottom') if second else
                            ((x, y), 'left', 'top'))
    ax.annotate(name, corner, (0, lines * (9 if second else -9)), textcoords='offset points',
                color='white', fontsize=7, horizontalalignment=across, verticalalignment=down,
                bbox={'facecolor': colour, 'edgecolor': 'none', 'pad': 1})

"""Pictures of what OADP's patch selection does on two views."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from matplotlib import colormaps, patheffects
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import ConnectionPatch, Rectangle

from oadp_mm.ops.gray import luma
from oadp_mm.ops.overlap import places
from oadp_mm.ops.windows import Window
from oadp_mm.registry import MODELS

PAIRS = colormaps['tab10']
EDGE = [patheffects.withStroke(linewidth=3, foreground='black', alpha=.55)]
DARKEN = 0.35  # brightness of what lies outside the pool


@dataclass(frozen=True)
class Selection:
    """What a `PatchSelector` saw in two views and which pairs it made.

    Args:
        grid: cells per side of a view.
        spans: cells per side of a patch of the first and of the second view.
        scores: objectness of every patch of each view, raster order.
        pools: raster numbers of the k patches chosen in each view, best first.
        partners: for each patch of the first pool the raster number of its match.
    """

    grid: int
    spans: tuple[int, int]
    scores: tuple[np.ndarray, np.ndarray]
    pools: tuple[np.ndarray, np.ndarray]
    partners: np.ndarray

    def box(self, which: int, patch: int, side: int) -> tuple[float, float, float]:
        """Left, top and width in pixels of a patch of view `which` (0, 1) of `side` pixels."""
        span, cell = self.spans[which], side / self.grid
        row, column = divmod(int(patch), self.grid + 1 - span)
        return column * cell, row * cell, span * cell


def find_pairs(views: Sequence[np.ndarray], selector: Mapping,
               windows: Sequence[Window | None] = (),
               levels: Sequence[np.ndarray | None] = (None, None)) -> Selection:
    """What a selector chooses and matches on two views.

    Args:
        views: two uint8 (h, w, 3) RGB images of one size, before normalisation.
        selector: a config's `model.selector`.
        windows: where the views lie, by which `matching='overlap'` goes.
        levels: gray levels, uint8 (h, w), of a view that has others than its own.

    Raises:
        ValueError: the config matches by features, which are not at hand here, or by places that
            the views do not tell, or there are not two views.
    """
    ask = MODELS.build(dict(selector))
    if ask.matching == 'cosine':
        raise ValueError("pairs are drawn of views alone, but matching='cosine' needs the features "
                         'of a trained network: take another config')
    if len(views) != 2:
        raise ValueError(f'pairs are drawn of two views, got {len(views)}; take the config of an '
                         'OADP pretraining')
    gray = [luma(torch.from_numpy(np.ascontiguousarray(view)).permute(2, 0, 1)[None])
            if own is None else torch.from_numpy(np.ascontiguousarray(own))[None]
            for view, own in zip(views, levels, strict=True)]
    cases = list(zip(gray, ask.spans, strict=True))
    first_scores, second_scores = (ask.scores(*case)[0].numpy() for case in cases)
    first, second = (ask.pool(*case)[0].numpy() for case in cases)
    found = ask(gray, windows=places([list(windows)]) if ask.matching == 'overlap' else None)
    return Selection(found.grid, ask.spans, (first_scores, second_scores), (first, second),
                     found.large[0].numpy())


def draw_pairs(views: Sequence[np.ndarray], pairs: Selection, count: int = 8) -> Figure:
    """Above: each view with its pool outlined, colour = score. Below: the best `count` pairs.

    Args:
        views: the two uint8 (h, w, 3) RGB images the pairs were found on.
        pairs: see `find_pairs`.
        count: matched pairs to draw, those of the highest-scoring patches of the first pool.
    """
    count = min(count, len(pairs.partners))
    figure = Figure(figsize=(6.4, 7.4), layout='constrained')
    above, middle, below = figure.subfigures(3, 1, height_ratios=(3, 3, 1.4))
    for which, ax in enumerate(above.subplots(1, 2)):
        _draw_pool(ax, views[which], pairs, which)
        ax.set_title(f'view {which + 1}: {len(pairs.pools[which])} of {len(pairs.scores[which])} '
                     f'{("small", "large")[which]} patches', fontsize=10)
    axes = middle.subplots(1, 2)
    for ax, view, title in zip(axes, views, ('small patches of view 1 ...',
                                             '... and their matches in view 2'), strict=True):
        ax.imshow(view)
        ax.set_title(title, fontsize=10)
    crops = below.subplots(2, count, squeeze=False)
    for number in range(count):
        _draw_pair(axes, crops[:, number], views, pairs, number, PAIRS(number % 10))
    for ax in (*above.axes[:2], *axes):
        ax.set_axis_off()
    return figure


def _draw_pool(ax: Axes, view: np.ndarray, pairs: Selection, which: int) -> None:
    side, (scores, pool) = len(view), (pairs.scores[which], pairs.pools[which])
    # Colours span the pool, so that the ranks within it can be told apart.
    colour = ScalarMappable(Normalize(scores[pool].min(), scores[pool].max()), 'plasma')
    chosen = np.zeros(view.shape[:2], bool)
    for patch in pool:
        x, y, width = (round(v) for v in pairs.box(which, patch, side))
        chosen[y:y + width, x:x + width] = True
    ax.imshow(np.where(chosen[..., None], view, (view * DARKEN).astype(np.uint8)))
    for patch in pool[::-1]:  # the best on top
        box = pairs.box(which, patch, side)
        row, column = divmod(int(patch), pairs.grid + 1 - pairs.spans[which])
        # Overlapping patches share edges: each is inset by its place in a pattern of spans.
        place = (row % pairs.spans[which]) + pairs.spans[which] * (column % pairs.spans[which])
        _outline(ax, box, side * (.008 + .012 * place), tuple(colour.to_rgba(scores[patch])), 1.5)
    bar = ax.figure.colorbar(colour, ax=ax, fraction=.045, pad=.02)
    bar.ax.tick_params(labelsize=7)
    bar.set_label('objectness score', fontsize=8)


def _draw_pair(axes: Sequence[Axes], crops: Sequence[Axes], views: Sequence[np.ndarray],
               pairs: Selection, number: int, colour: tuple) -> None:
    """One pair: an outline in each view, a line between them, and both patches enlarged."""
    ends = []
    for which, patch in enumerate((pairs.pools[0][number], pairs.partners[number])):
        view = views[which]
        box = x, y, width = pairs.box(which, patch, len(view))
        _outline(axes[which], box, .008 * len(view) * (1 + which * (number % 4)), colour, 2)
        ends.append((x + width / 2, y + width / 2))
        left, top, size = (round(v) for v in box)
        crops[which].imshow(view[top:top + size, left:left + size])
        crops[which].set(xticks=[], yticks=[])
        for spine in crops[which].spines.values():
            spine.set(color=colour, linewidth=2.5)
    axes[0].figure.add_artist(ConnectionPatch(
        ends[0], ends[1], 'data', 'data', axesA=axes[0], axesB=axes[1], arrowstyle='-|>',
        color=colour, linewidth=1.3, path_effects=EDGE))


def _outline(ax: Axes, box: tuple[float, float, float], inset: float, colour: tuple,
             linewidth: float) -> None:
    x, y, width = box
    # imshow puts the centre of the first pixel at 0, its edge at -0.5.
    ax.add_patch(Rectangle((x + inset - .5, y + inset - .5), width - 2 * inset, width - 2 * inset,
                           fill=False, linewidth=linewidth, edgecolor=colour, path_effects=EDGE))

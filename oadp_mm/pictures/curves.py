"""Curves of figures over a training."""
from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib import colormaps
from matplotlib.figure import Figure

from oadp_mm.pictures.plain import plain

COLOURS = colormaps['tab10']


def draw_curves(curves: Mapping[str, Sequence[tuple[float, float]]], ylabel: str,
                xlabel: str = 'iteration') -> Figure:
    """Lines of (step, value) points, one a name.

    Raises:
        ValueError: if there is nothing to draw.
    """
    if not any(curves.values()):
        raise ValueError('no values to draw: the training logs hold none of the asked losses')
    figure = Figure(figsize=(4.6, 2.9), layout='constrained')
    ax = figure.subplots()
    for number, (name, points) in enumerate(curves.items()):
        steps, values = zip(*points, strict=True) if points else ((), ())
        ax.plot(steps, values, label=name, linewidth=1.6, color=COLOURS(number % 10))
    ax.set_xlabel(xlabel, fontsize=9)
    ax.set_ylabel(ylabel, fontsize=9)
    ax.tick_params(labelsize=8)
    ax.grid(alpha=.3, linewidth=.6)
    ax.spines[['top', 'right']].set_visible(False)
    ax.legend(fontsize=8, frameon=False)
    return plain(figure)

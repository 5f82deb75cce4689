"""Figures of single runs as dots, joined by seed."""
from __future__ import annotations

from collections.abc import Mapping

from matplotlib import colormaps
from matplotlib.figure import Figure

from oadp_mm.pictures.plain import plain

COLOURS = colormaps['tab10']


def draw_dots(panels: Mapping[str, Mapping[str, Mapping[str, float]]], ylabel: str,
              span: float = 10.) -> Figure:
    """A panel a measure, a column a group, in it a dot a seed and a bar at their mean.

    Args:
        panels: title -> group -> seed -> value. Dots of one seed are joined, for runs of one seed
            saw the same data in the same order and differ in their group alone.
        ylabel: what the values are.
        span: an axis shows so much at least, so that small differences look small.

    Raises:
        ValueError: there is nothing to draw.
    """
    if not any(values for groups in panels.values() for values in groups.values()):
        raise ValueError('no values to draw: none of the runs has figures')
    longest = max(len(name) for groups in panels.values() for name in groups)
    figure = Figure(figsize=(max(2.3 * len(panels), 3.2), 2.7 + .055 * longest),
                    layout='constrained')
    for ax, (title, groups) in zip(figure.subplots(1, len(panels), squeeze=False)[0],
                                   panels.items(), strict=True):
        seeds = list(dict.fromkeys(seed for values in groups.values() for seed in values))
        for number, seed in enumerate(seeds):
            places = [place for place, values in enumerate(groups.values()) if seed in values]
            heights = [values[seed] for values in groups.values() if seed in values]
            ax.plot(places, heights, 'o-', color=COLOURS(number % 10), linewidth=.8, markersize=4.5,
                    label=f'seed {seed}')
        for place, values in enumerate(groups.values()):
            if values:
                mean = sum(values.values()) / len(values)
                ax.hlines(mean, place - .22, place + .22, color='black', linewidth=1.6)
        low, high = ax.get_ylim()
        ax.set_ylim(min(low, (low + high - span) / 2), max(high, (low + high + span) / 2))
        ax.set_title(title, fontsize=9)
        ax.set_xticks(range(len(groups)), list(groups), fontsize=8, rotation=30, ha='right')
        ax.set_xlim(-.5, len(groups) - .5)
        ax.tick_params(axis='y', labelsize=8)
        ax.grid(axis='y', alpha=.3, linewidth=.6)
        ax.spines[['top', 'right']].set_visible(False)
    figure.axes[0].set_ylabel(ylabel, fontsize=9)
    figure.axes[0].legend(fontsize=7, frameon=False)
    return plain(figure)

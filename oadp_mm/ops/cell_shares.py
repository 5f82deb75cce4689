"""Soft labels of the cells of a feature map: how much of a cell each class covers."""
from __future__ import annotations

import torch
from jaxtyping import Float32, Integer
from torch import Tensor

IGNORED = 255


def cell_shares(labels: Integer[Tensor, 'h w'], grid: tuple[int, int], *,
                classes: int, ignored: int = IGNORED,
                ) -> tuple[Float32[Tensor, 'k rows columns'], Float32[Tensor, 'rows columns']]:
    """Share of each class in the labelled area of each cell, exact where cells cut pixels.

    The grid spans the whole label map, whatever the two sizes: pixels are cut at the edges of
    cells, and their parts counted by area (Balazevic et al. 2023, section 3.1, where a cell is a
    whole number of pixels).

    Args:
        labels: a class a pixel, 0 to `classes` - 1, or `ignored`.
        grid: rows and columns of the map of features.
        classes: how many there are.
        ignored: the label of pixels that count for nothing.

    Returns:
        The shares, which sum to 1 over classes, to 0 where a cell has no labelled pixel; and the
        share of each cell's area that is labelled, 0 to 1.

    Raises:
        ValueError: an empty map or grid, or a label that is none of the classes.
    """
    if labels.ndim != 2 or not labels.numel() or min(grid) < 1:
        raise ValueError(f'expected a label map (h, w) and a grid of at least one cell, got '
                         f'{tuple(labels.shape)} and {grid}')
    check_classes(labels, classes, ignored)
    labels = labels.long()
    known = labels != ignored
    pixels, cells, lengths = zip(*(_parts(side, count, labels.device) for side, count in
                                   zip(labels.shape, grid, strict=True)), strict=True)
    label = labels[pixels[0][:, None], pixels[1]]
    area = (lengths[0][:, None] * lengths[1]).double() * known[pixels[0][:, None], pixels[1]]
    slot = (cells[0][:, None] * grid[1] + cells[1]) * classes + label.where(label != ignored, 0)
    # Areas are whole numbers of the product of the sides' units: sums are exact.
    sums = torch.bincount(slot.flatten(), area.flatten(), grid[0] * grid[1] * classes)
    sums = sums.view(*grid, classes).permute(2, 0, 1)
    total = sums.sum(0)
    return (sums / total.clamp_min(1)).float(), (total / labels.numel()).float()


def check_classes(labels: Tensor, classes: int, ignored: int | None = None) -> None:
    """Refuse labels that are neither classes nor ignored.

    Raises:
        ValueError: with the first such label.
    """
    strange = (labels < 0) | (labels >= classes)
    if ignored is not None:
        strange &= labels != ignored
    if strange.any():
        but = '' if ignored is None else f', and {ignored} for pixels that do not count'
        raise ValueError(f'the label {int(labels[strange][0])} is none of {classes} classes: give '
                         f'numbers from 0 to {classes - 1}{but}')


def _parts(side: int, cells: int, device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    """Pixel, cell and length of each part into which the edges of both cut a side.

    A pixel is `cells` units long and a cell `side`, so that all edges are whole.
    """
    edges = torch.cat([torch.arange(side + 1, device=device) * cells,
                       torch.arange(cells + 1, device=device) * side]).unique()
    starts = edges[:-1]
    return starts // cells, starts // side, edges.diff()

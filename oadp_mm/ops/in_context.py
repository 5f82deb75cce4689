"""Segmentation without training: labels carried over from the nearest cells of labelled images.

Balazevic et al. 2023 ("Towards in-context scene understanding"), section 3: a bank of
features of cells with the share of each class in each, and cross-attention over the 30 nearest.
"""
from __future__ import annotations

import torch
import torch.nn.functional as F
from jaxtyping import Float, Float32, Int64
from torch import Generator, Tensor

from oadp_mm.ops.neighbours import nearest_rows
from oadp_mm.ops.rows import check_lengths

NEIGHBOURS = 30
TEMPERATURE = .02


def cells_per_image(bank: int, images: int) -> int:
    """How many cells each of `images` may give to a bank of at most `bank` cells.

    Raises:
        ValueError: fewer than one.
    """
    if not 1 <= images <= bank:
        raise ValueError(f'a bank of {bank} cells has no place for one of each of {images} images: '
                         'enlarge the bank, or give at least one image and not more than cells')
    return bank // images


def sample_cells(shares: Float[Tensor, 'k n'], count: int, generator: Generator | None = None,
                 ) -> Int64[Tensor, ' m']:
    """Cells of one image for a bounded bank, rare classes preferred.

    The paper's rule as open-hummingbird-eval, its open reproduction, has it: a class weighs as much
    as the number of cells that hold it, a cell the sum of its classes' weights times a uniform
    number; the cells of least weight are taken.

    Args:
        shares: of k classes in n cells, see `cell_shares`; cells without a share are never taken.
        count: how many are wanted; all that have labels, where there are no more.
        generator: of the numbers, on the CPU; torch's global one if None.

    Returns:
        Numbers of cells, rising, without repetition.

    Raises:
        ValueError: fewer than one cell is wanted.
    """
    if count < 1:
        raise ValueError(f'at least 1 cell an image is needed, got {count}')
    held = shares > 0
    weights = (held * held.sum(1, keepdim=True)).sum(0)
    chances = torch.rand(weights.shape, generator=generator).to(weights.device)
    labelled = int((weights > 0).sum())
    weights = (weights * chances).masked_fill(weights == 0, torch.inf)
    return weights.topk(min(count, labelled), largest=False).indices.sort().values


def retrieved_shares(cells: Float[Tensor, 'm c'], bank: Float[Tensor, 'n c'],
                     bank_shares: Float[Tensor, 'n k'], *, neighbours: int = NEIGHBOURS,
                     temperature: float = TEMPERATURE) -> Float32[Tensor, 'm k']:
    """Shares of the classes in cells: those of the nearest cells of the bank, averaged.

    Weights are the softmax of cosine / temperature over the nearest. Memory is that of
    `nearest_rows` and does not grow with neighbours times classes.

    Args:
        cells: features of the cells of test images, of any length.
        bank: features of labelled cells, of any length.
        bank_shares: of the classes in them, see `cell_shares`.
        neighbours: how many are averaged; the whole bank, where it has no more.
        temperature: the smaller, the more the nearest decides.

    Returns:
        Shares, which sum to 1 where those of the bank do.

    Raises:
        ValueError: as `nearest_rows`; or the bank's features and shares differ in number.
    """
    check_lengths(**{'cells in the bank': len(bank), 'shares of classes': len(bank_shares)})
    cosines, index = nearest_rows(cells, bank, neighbours)
    weights = (cosines / temperature).softmax(1)
    return F.embedding_bag(index, bank_shares.to(weights), per_sample_weights=weights, mode='sum')

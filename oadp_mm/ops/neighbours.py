"""Nearest rows by the cosine, and their vote (Wu et al. 2018, section 3.4)."""
from __future__ import annotations

from collections.abc import Sequence

import torch
from jaxtyping import Float, Float32, Int64
from torch import Tensor

from oadp_mm.ops.rows import check_lengths, check_pair, check_rows, check_varied, unit

NEIGHBOURS = (20, 100)
TEMPERATURE = .07

_BANK_AT_ONCE = 8192
_QUERIES_AT_ONCE = 512
_LOW = (1 << 32) - 1


@torch.no_grad()
def nearest_rows(queries: Float[Tensor, 'm c'], bank: Float[Tensor, 'n c'], neighbours: int,
                 ) -> tuple[Float32[Tensor, 'm k'], Int64[Tensor, 'm k']]:
    """The rows of a bank whose cosine to each query is greatest.

    The bank is read twice, checked and searched, 8192 rows at a time: beside arguments and results
    that takes 64 KiB a channel (0.13 GB at 2048 channels) and 0.15 GB. So ImageNet's 1.28 million
    rows are fine in half precision, in another device's memory or mapped from a file.

    Args:
        queries: computed where they lie.
        bank: of any floating type and device.
        neighbours: how many are wanted; all rows, where the bank has no more.

    Returns:
        Cosines in float32, greatest first, and the rows' numbers; k is the lesser of `neighbours`
        and n. Of equal cosines the earlier row comes first. A zero row has the cosine 0.

    Raises:
        ValueError: no queries or no bank, features that are not finite, other channels, a
            constant bank, or fewer than one neighbour.
    """
    names = 'the queries', 'the rows of the bank'
    for rows, name in zip((queries, bank), names, strict=True):
        check_rows(rows, name)
    check_pair(queries, bank, names)
    check_varied(bank, names[1])
    if neighbours < 1:
        raise ValueError(f'at least 1 neighbour is needed, got {neighbours}')
    neighbours = min(neighbours, len(bank))
    best: list[Tensor] = [queries.new_empty((len(part), 0), dtype=torch.int64)
                          for part in queries.split(_QUERIES_AT_ONCE)]
    for start in range(0, len(bank), _BANK_AT_ONCE):
        rows = unit(bank[start:start + _BANK_AT_ONCE].to(queries.device)).T
        for number, part in enumerate(queries.split(_QUERIES_AT_ONCE)):
            keys = torch.cat([best[number], _best(unit(part) @ rows, start, neighbours)], 1)
            best[number] = keys.topk(min(neighbours, keys.shape[1]), 1).values
    keys = torch.cat(best)
    return _mirrored((keys >> 32).int()).view(torch.float32), _LOW - (keys & _LOW)


def nearest_others(queries: Float[Tensor, 'm c'], bank: Float[Tensor, 'n c'],
                   own: Int64[Tensor, ' m'], neighbours: int,
                   ) -> tuple[Float32[Tensor, 'm k'], Int64[Tensor, 'm k']]:
    """As `nearest_rows`, of rows that are in the bank themselves and are no neighbours of theirs.

    Args:
        queries: some rows of the bank.
        bank: at least two rows.
        own: the number in the bank of each query.
        neighbours: how many are wanted; k is the lesser of it and n - 1.
    """
    cosines, index = nearest_rows(queries, bank, neighbours + 1)
    # The own row goes last and is dropped; where many copies of it left it no place, the last is.
    own = own.to(index.device)
    order = (index == own[:, None]).int().argsort(dim=1, stable=True)[:, :-1]
    return cosines.gather(1, order), index.gather(1, order)


def vote(cosines: Float[Tensor, 'm k'], labels: Int64[Tensor, 'm k'], *, classes: int,
         temperature: float = TEMPERATURE) -> Int64[Tensor, ' m']:
    """The class for which the neighbours' votes exp(cosine / temperature) sum to most.

    Args:
        cosines: of the neighbours.
        labels: their classes, 0 to `classes` - 1.
        classes: how many there are.
        temperature: the smaller, the more the nearest decide.

    Returns:
        A class a row; of equal sums the class of the smaller number.
    """
    winners = []
    for cosine, label in zip(cosines.split(_QUERIES_AT_ONCE), labels.split(_QUERIES_AT_ONCE),
                             strict=True):
        # Only ratios of votes matter: the nearest weighs 1, and nothing overflows.
        weight = ((cosine.double() - cosine.amax(1, keepdim=True)) / temperature).exp()
        votes = weight.new_zeros((len(label), classes)).scatter_add_(1, label, weight)
        winners.append(votes.argmax(1))
    return torch.cat(winners)


def knn_accuracies(queries: Float[Tensor, 'm c'], truth: Int64[Tensor, ' m'],
                   bank: Float[Tensor, 'n c'], labels: Int64[Tensor, ' n'], *,
                   neighbours: Sequence[int] = NEIGHBOURS, temperature: float = TEMPERATURE,
                   ) -> dict[int, float]:
    """Share of queries that a vote of their nearest rows names right (top 1), 0 to 1.

    Votes are those of Wu et al. 2018 and DINO, see `vote`; memory is that of `nearest_rows`.

    Args:
        queries: features of the test images.
        truth: their classes, from 0; one that the bank lacks is never named.
        bank: features of the train images.
        labels: their classes, from 0.
        neighbours: for each number one accuracy.
        temperature: see `vote`.

    Returns:
        The accuracy by the number of rows that voted: a bank of 64 rows asked for 20 and 100
        neighbours answers for 20 and 64.

    Raises:
        ValueError: as `nearest_rows`; labels that are not one a row, negative, or of one class.
    """
    check_lengths(queries=len(queries), classes=len(truth))
    check_lengths(rows=len(bank), labels=len(labels))
    check_labels(labels)
    if not neighbours or min(neighbours) < 1:
        raise ValueError('neighbours must be numbers of at least 1, such as (20, 100), got '
                         f'{tuple(neighbours)}')
    cosines, index = nearest_rows(queries, bank, max(neighbours))
    near = labels.to(index.device)[index]
    accuracies = {}
    for count in sorted({min(each, near.shape[1]) for each in neighbours}):
        named = vote(cosines[:, :count], near[:, :count], classes=int(labels.max()) + 1,
                     temperature=temperature)
        accuracies[count] = float((named == truth.to(named.device)).double().mean())
    return accuracies


def check_labels(labels: Int64[Tensor, ' n']) -> None:
    """Refuse labels that a classifier cannot learn from.

    Raises:
        ValueError: there are none, one is negative, or all are of one class.
    """
    if not len(labels) or labels.min() < 0:
        raise ValueError('labels must be class numbers from 0, got '
                         f'{f"{int(labels.min())}" if len(labels) else "none"}')
    if labels.min() == labels.max():
        raise ValueError(f'all {len(labels)} labels are of class {int(labels[0])}: at least two '
                         'classes are needed')


def _best(cosines: Float32[Tensor, 'm n'], start: int, count: int) -> Int64[Tensor, 'm k']:
    """Keys of the greatest cosines to rows from `start` on; all, where there are no more."""
    rows = torch.arange(start, start + cosines.shape[1], device=cosines.device)
    if cosines.shape[1] <= count:
        return _keys(cosines, rows)
    values, index = cosines.topk(count + 1, 1)
    keys = _keys(values[:, :count], rows[index[:, :count]])
    # Where the last of them equals the next, topk has chosen as it pleased; keys never are equal.
    torn = values[:, -2] == values[:, -1]
    if torn.any():
        keys[torn] = _keys(cosines[torn], rows).topk(count, 1).values
    return keys


def _keys(cosines: Float32[Tensor, 'm n'], rows: Tensor) -> Int64[Tensor, 'm n']:
    """Integers whose order is that of the cosines and, of equal ones, of the rows reversed."""
    bits = _mirrored((cosines + 0.).view(torch.int32))  # -0 becomes 0
    return bits.long().bitwise_left_shift_(32).bitwise_or_(_LOW - rows)


def _mirrored(bits: Tensor) -> Tensor:
    """Float32's bits to integers of the same order, and back."""
    return bits ^ ((bits >> 31) & 0x7fffffff)

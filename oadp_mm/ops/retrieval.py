"""Whether rows of one class find each other among all rows."""
from __future__ import annotations

import torch
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from oadp_mm.ops.rows import check_lengths, check_rows, check_varied, unit

_QUERIES_AT_ONCE = 64


@torch.no_grad()
def retrieval_precisions(features: Float[Tensor, 'n c'], labels: Int64[Tensor, ' n'],
                         ) -> tuple[Float64[Tensor, ' m'], Int64[Tensor, ' m']]:
    """Average precision of each row as a query against all others, which cosines rank.

    Others of its class are relevant: the precision, read at each of them, is averaged (retrieval's
    mAP is the mean over queries), where equal cosines count as one rank, their last. Time grows as
    n**2 log n, memory by 5 KB a row, for queries are sorted 64 at a time.

    Args:
        features: of regions or images.
        labels: their classes, any numbers.

    Returns:
        The precisions, 0 to 1, and which rows they are of: those whose class has another row.

    Raises:
        ValueError: fewer than two rows, constant or not finite ones, labels of another length or
            all of one class, or no class with two rows.
    """
    check_rows(features, 'the features', least=2)
    check_lengths(features=len(features), labels=len(labels))
    check_varied(features, 'the features')
    _, kind, count = labels.unique(return_inverse=True, return_counts=True)
    if len(count) == 1:
        raise ValueError(f'all {len(labels)} rows are of class {int(labels[0])}, so that any '
                         'ranking is right: at least two classes are needed')
    asking = (count[kind] > 1).nonzero()[:, 0]
    if not len(asking):
        raise ValueError(f'none of {len(labels)} rows has another of its class to be found: give '
                         'more images, or coarser classes')
    rows = unit(features)
    parts = [_precisions(rows, kind, part) for part in asking.split(_QUERIES_AT_ONCE)]
    return torch.cat(parts), asking


def _precisions(rows: Tensor, kind: Tensor, queries: Tensor) -> Tensor:
    cosines = rows[queries] @ rows.T
    # Itself comes last, and is not relevant.
    cosines.scatter_(1, queries[:, None], -torch.inf)
    cosines, order = cosines.sort(1, descending=True)
    relevant = (kind[order] == kind[queries, None]) & (cosines > -torch.inf)
    places = torch.arange(len(rows), device=rows.device).expand_as(order)
    ends = torch.ones_like(relevant)
    ends[:, :-1] = cosines[:, 1:] < cosines[:, :-1]
    last = places.masked_fill(~ends, len(rows)).flip(1).cummin(1).values.flip(1)
    precision = relevant.cumsum(1).gather(1, last).double() / (last + 1)
    return (precision * relevant).sum(1) / relevant.sum(1)

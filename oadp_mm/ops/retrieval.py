"""Whether rows of one class find each other among all rows."""
from __future__ import annotations

import numpy as np
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
    n**2 log n, memory by 3 KB a row, for queries are sorted 64 at a time.

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
    labels = labels.to(features.device)
    kinds, kind, count = labels.unique(return_inverse=True, return_counts=True)
    if len(kinds) == 1:
        raise ValueError(f'all {len(labels)} rows are of class {int(kinds[0])}, so that any '
                         'ranking is right: at least two classes are needed')
    if count.max() == 1:
        raise ValueError(f'none of {len(labels)} rows has another of its class to be found: give '
                         'more images, or coarser classes')
    rows = unit(features)
    precisions = torch.full((len(rows),), torch.nan, dtype=torch.float64, device=rows.device)
    for number in (count > 1).nonzero()[:, 0]:
        same = (kind == number).nonzero()[:, 0]
        for queries in same.split(_QUERIES_AT_ONCE):
            precisions[queries] = _precisions(rows, same, queries)
    asking = (count[kind] > 1).nonzero()[:, 0]
    return precisions[asking], asking


def _precisions(rows: Tensor, same: Tensor, queries: Tensor) -> Tensor:
    """Of queries of one class, whose rows are `same`."""
    cosines = rows[queries] @ rows.T
    # Below all others, and not counted.
    cosines.scatter_(1, queries[:, None], -torch.inf)
    relevant = _rising(cosines[:, same])[:, 1:].contiguous()
    before = [each.shape[1] - torch.searchsorted(each, relevant).double()
              for each in (relevant, _rising(cosines))]
    return (before[0] / before[1]).mean(1)


def _rising(values: Tensor) -> Tensor:
    if values.device.type != 'cpu':
        return values.sort(1).values
    return torch.from_numpy(np.sort(values.numpy(), 1))  # several times as fast as torch there

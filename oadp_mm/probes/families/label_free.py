"""How features spread, and whether they stay the same in another view: nothing of it needs labels.

Neither is good by itself: noise spreads, and constant features never change.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from oadp_mm.ops.correspondence import found_again
from oadp_mm.ops.label_free import alignment, spread
from oadp_mm.ops.windows import Window
from oadp_mm.probes.extract import Features
from oadp_mm.probes.families.figure import figure, sample
from oadp_mm.probes.view_pairs import paired_cells, paired_regions

#: Rows of each level.
ROWS = 4096
#: Boxes an image whose views are compared.
BOXES = 16
_SHOWN = {'effective_rank': 'rank', 'centred_rank': 'centred rank', 'mean_cosine': 'cosine'}

Pairs = tuple[Tensor, Tensor, list[Window], list[Window]]


def label_free_figures(train: Features, objects: np.ndarray, pairs: Pairs,
                       boxes: Sequence[np.ndarray] | None) -> list[dict[str, Any]]:
    """Spread and alignment at the level of images, regions and cells, and cells found again.

    Args:
        train: features of the train images.
        objects: which of its regions are annotated objects.
        pairs: maps of two views of some test images, and their windows.
        boxes: annotated ones of these images, (n, 4); None if there are none.

    Raises:
        ValueError: features that are not finite, or fewer than two of a level.
    """
    levels = {'image': train.images, 'region': train.regions[objects], 'cell': train.cells}
    first, second, windows, others = pairs
    aligned = {'image': (first.mean((2, 3)), second.mean((2, 3))), 'cell': paired_cells(*pairs)}
    if boxes is not None:
        aligned['region'] = paired_regions(*pairs, [
            each[sample(len(each), BOXES)] for each in boxes])
    found = found_again(first, second, windows, others)
    figures = [figure('found again', found.share, per_cent=True, table='views'),
               figure('guess', found.chance, per_cent=True, table='views')]
    for level, rows in levels.items():
        if len(rows) < 2:
            continue
        chosen = rows[sample(len(rows), ROWS)]
        figures += [figure(_SHOWN.get(name, name), value, table=level)
                    for name, value in spread(torch.from_numpy(chosen)).items()]
        if len(aligned.get(level, ((),))[0]):
            figures.append(figure('alignment', alignment(*aligned[level]), table=level))
        figures.append(figure('rows', len(chosen), table=level, detail=True))
    return figures

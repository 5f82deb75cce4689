"""Top-1 by ImageNet's reassessed labels: Beyer et al., "Are we done with ImageNet?", 2020."""
from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mmengine.evaluator import BaseMetric

from oadp_mm.files.shown import shown
from oadp_mm.registry import METRICS

IMAGES = 50_000
SOURCE = 'real.json of https://github.com/google-research/reassessed-imagenet'


@METRICS.register_module()
class ImageNetReal(BaseMetric):
    """Percentage of images whose predicted class is among those that people gave them anew.

    Images without such a class do not count. An image is known by the number in its name,
    `ILSVRC2012_val_00000001.JPEG`. Classes are counted in the order of their folders.

    Args:
        labels: the authors' `real.json`, a list of classes (0..999) for each of the 50,000 images.
        **options: of mmengine's BaseMetric.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it holds something else. Later: an image's name has no number, or no image that
            was tested has a class.
    """

    default_prefix = 'real'

    def __init__(self, labels: str, **options: Any) -> None:
        super().__init__(**options)
        self.labels = _read(labels)

    def process(self, data_batch: Any, data_samples: Sequence[dict]) -> None:
        # One result an image, counted or not: by their number mmengine drops what pads a batch.
        for sample in data_samples:
            labels = self.labels[_number(sample['img_path']) - 1]
            self.results.append((bool(labels), sample['pred_label'].item() in labels))

    def compute_metrics(self, results: list[tuple[bool, bool]]) -> dict[str, float]:
        right = [right for counts, right in results if counts]
        if not right:
            raise ValueError(f'none of the {len(results)} images has a reassessed label: test on '
                             "ImageNet's validation images")
        return {'top1': 100 * sum(right) / len(right)}


def _read(path: str) -> list[list[int]]:
    if not os.path.isfile(path):
        raise FileNotFoundError(f'{shown(path)} is not there: put {SOURCE} in this place')
    try:
        labels = json.loads(Path(path).read_bytes())
    except ValueError:  # no JSON, or no text at all
        labels = None
    lists = isinstance(labels, list) and all(isinstance(each, list) for each in labels)
    if not lists or len(labels) != IMAGES:
        found = f'one of {len(labels)}' if lists else 'something else'
        raise ValueError(f'{shown(path)} should be a list of {IMAGES} lists of classes and is '
                         f'{found}: put {SOURCE} in its place')
    return labels


def _number(path: str) -> int:
    """Of a validation image, 1..50,000."""
    found = re.match(r'ILSVRC2012_val_(\d{8})(?!\d)', os.path.basename(path))
    if not found or not 1 <= int(found[1]) <= IMAGES:
        raise ValueError(f'{shown(path)} has no number by which to find its reassessed labels: '
                         'keep the names ILSVRC2012_val_00000001.JPEG to _00050000.JPEG')
    return int(found[1])

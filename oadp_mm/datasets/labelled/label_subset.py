"""The labels of some of the train images, as files beside the data."""
from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from oadp_mm.datasets.labelled.coco_content import some_images
from oadp_mm.datasets.labelled.labelled import Labelled, Maps, Objects
from oadp_mm.datasets.labelled.subset import label_order
from oadp_mm.files.whole_file import write_text


def label_subset(data: Labelled, count: int | None, seed: int,
                 folder: Path) -> tuple[Objects | None, Maps | None]:
    """Objects and maps of the first images of a seed's order.

    Args:
        data: labelled.
        count: of images, None takes all as they are.
        seed: see `label_order`.
        folder: for `labels-COUNT_seedSEED.json` and `.txt`, which list the same images.

    Raises:
        ValueError: there are fewer images.
    """
    objects = data.objects['train'] if data.objects else None
    maps = data.maps['train'] if data.maps else None
    if count is None:
        return objects, maps
    if not 1 <= count <= data.train:
        raise ValueError(f'{data.name} has {data.train} labelled images to train on, so that '
                         f'{count} cannot be chosen: give --labels from 1 to {data.train}, or all')
    numbers = sorted(label_order(data.present, seed)[:count])
    name = f'labels-{count}_seed{seed}'
    folder.mkdir(parents=True, exist_ok=True)
    if objects:
        content = some_images(json.loads(objects.file.read_bytes()), numbers)
        file = folder / f'{name}.json'
        write_text(file, json.dumps(content))
        objects = replace(objects, file=file)
    if maps:
        names = maps.names
        file = folder / f'{name}.txt'
        write_text(file, ''.join(f'{names[i]}\n' for i in numbers))
        maps = replace(maps, file=file)
    return objects, maps

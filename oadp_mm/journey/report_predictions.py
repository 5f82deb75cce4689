"""What fine-tuned models see in test images, beside the truth."""
from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from oadp_mm.files.config_text import read_assignments
from oadp_mm.pictures.plain import plain
from oadp_mm.pictures.scenes import COLOUR_NAMES, grid_of, show_classes, show_instances
from oadp_mm.probes.data import evenly
from oadp_mm.reports.page import Picture, embed

EXAMPLES = 4  # test images


@dataclass(frozen=True)
class TestImage:
    """A test image with what is true of it.

    Args:
        name: of its file.
        path: of its file.
        number: its id in COCO's annotations.
        instances: COCO's annotations of it.
        mask: the file of its mask.
    """

    __test__ = False  # no test, whatever pytest thinks of the name

    name: str
    path: Path
    number: int = -1
    instances: Sequence[Mapping[str, Any]] = field(default=())
    mask: Path | None = None


def prediction_pictures(runs: Sequence[Mapping[str, Any]], starts: Mapping[str, str],
                        folder: Path) -> tuple[list[Picture], str]:
    """One picture of the first seed's runs with the last of the numbers of labels.

    Args:
        runs: of one model, see `finetune.json`.
        starts: names by what was typed.
        folder: that of `finetune.json`.

    Returns:
        The picture; none where predictions, images or truth are gone, and then why.
    """
    labels, seed = runs[-1]['labels'], runs[0]['seed']
    shown = {starts[run['start']]: folder / run['folder'] for run in runs
             if (run['labels'], run['seed']) == (labels, seed)}
    try:
        images, names = _truth(next(iter(shown.values())))
        chosen = [images[i] for i in evenly(len(images), EXAMPLES)]
        if any(one.mask for one in chosen):
            names.pop(0, None)
            figure, what = _masks(chosen, shown), f'the class of each pixel{_legend(names)}'
        else:
            figure = _instances(chosen, shown, names)
            what = 'as many instances as there truly are, those that the model is surest of' + (
                '; colours only tell neighbours apart' if len(names) == 1 else
                _legend(names) or '; names stand where they have room')
    except (OSError, ValueError) as error:
        return [], f'Predictions are not drawn: {error}.'
    except KeyError as error:
        return [], f'Predictions are not drawn: the config of a run does not tell {error}.'
    caption = f'Test images, the truth and {what} (seed {seed}).'
    return [embed(plain(figure), caption, wide=True)], ''


def _legend(classes: Mapping[int, str]) -> str:
    """The colours of classes by number, where each is one class's."""
    if not classes or not 1 <= min(classes) <= max(classes) <= len(COLOUR_NAMES):
        return ''
    told = (f'{COLOUR_NAMES[number - 1]}: {name}' for number, name in classes.items())
    return f' ({", ".join(told)})'


def _truth(run: Path) -> tuple[list[TestImage], dict[int, str]]:
    """What the config of a run is measured on, and names of categories by id."""
    text = sorted(run.glob('*/vis_data/config.py'))[-1:]
    if not text:
        raise FileNotFoundError(f'{run} has no config of a training')
    config = read_assignments(text[0].read_text('utf-8', 'replace'))
    dataset = config['test_dataloader']['dataset']
    while 'dataset' in dataset:
        dataset = dataset['dataset']
    root, prefix = Path(dataset.get('data_root') or ''), dataset['data_prefix']
    if 'seg_map_path' in prefix:
        classes = (dataset.get('metainfo') or {}).get('classes') or ()
        return list(_masked(root, prefix, dataset)), dict(enumerate(classes))
    coco = json.loads((root / dataset['ann_file']).read_text())
    return [TestImage(image['file_name'], root / prefix.get('img', '') / image['file_name'],
                      image['id'], [one for one in coco['annotations']
                                    if one['image_id'] == image['id'] and not one.get('iscrowd')])
            for image in coco['images']], {one['id']: one['name'] for one in coco['categories']}


def _masked(root: Path, prefix: Mapping[str, str], dataset: Mapping[str, Any],
            ) -> Iterator[TestImage]:
    folder, ending = root / prefix['img_path'], dataset.get('img_suffix', '.jpg')
    listed = dataset.get('ann_file') and root / dataset['ann_file']
    names = ([f'{line.strip()}{ending}' for line in listed.read_text().splitlines()] if listed
             else [path.relative_to(folder).as_posix() for path in folder.rglob(f'*{ending}')])
    for name in sorted(names):
        mask = name.removesuffix(ending) + dataset.get('seg_map_suffix', '.png')
        yield TestImage(name, folder / name, mask=root / prefix['seg_map_path'] / mask)


def _instances(images: Sequence[TestImage], runs: Mapping[str, Path],
               names: Mapping[int, str]) -> Any:
    pictures = [_pixels(image.path) for image in images]
    figure, axes = grid_of(pictures, ['image', 'truth', *(f'from {name}' for name in runs)])
    found = [_detections(run) for run in runs.values()]
    if len(names) == 1:
        names = {}  # it would say nothing, and cover small objects
    for row, image, pixels in zip(axes, images, pictures, strict=True):
        show_instances(row[0], pixels, [], names)
        show_instances(row[1], pixels, image.instances, names)
        for ax, detections in zip(row[2:], found, strict=True):
            show_instances(ax, pixels, surest(detections, image.number, len(image.instances)),
                           names)
    return figure


def _masks(images: Sequence[TestImage], runs: Mapping[str, Path]) -> Any:
    pictures = [_pixels(image.path) for image in images]
    figure, axes = grid_of(pictures, ['image', 'truth', *(f'from {name}' for name in runs)])
    for row, image, pixels in zip(axes, images, pictures, strict=True):
        show_instances(row[0], pixels, [], {})
        assert image.mask is not None
        show_classes(row[1], pixels, _classes(image.mask))
        for ax, run in zip(row[2:], runs.values(), strict=True):
            predicted = run / 'predictions' / f'{Path(image.name).stem}.png'
            show_classes(ax, pixels, _classes(predicted))
    return figure


def surest(detections: Sequence[Mapping[str, Any]], image: int, count: int) -> list:
    """So many results on one image, the surest last (drawn on top)."""
    own = [one for one in detections if one['image_id'] == image]
    return sorted(own, key=lambda one: one['score'])[-count:] if count else []


def _detections(run: Path) -> list[Mapping[str, Any]]:
    """The detector's results on all test images, with masks where it has any."""
    names = ('predictions.segm.json', 'predictions.bbox.json')
    path = next((run / name for name in names if (run / name).is_file()), run / names[0])
    return json.loads(path.read_text())


def _pixels(path: Path) -> np.ndarray:
    """An image, RGB."""
    pixels = cv2.imread(str(path))
    if pixels is None:
        raise FileNotFoundError(f'there is no picture {path}')
    return pixels[..., ::-1]


def _classes(path: Path) -> np.ndarray:
    """A mask's numbers, those of a palette as hosts read them, and not its colours."""
    with Image.open(path) as file:
        classes = np.asarray(file)
    if classes.ndim != 2:
        raise ValueError(f'{path} is no mask')
    return classes

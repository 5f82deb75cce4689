"""Probe one backbone: features once, figures of each family once, both kept."""
from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from oadp_mm.errors import own_sentence
from oadp_mm.files.backbone_file import fingerprint
from oadp_mm.layers.norm_statistics import has_norm_statistics
from oadp_mm.probes.backbones import recorded_normaliser
from oadp_mm.probes.background_boxes import sampled, with_background
from oadp_mm.probes.cache import cached_folder, cached_json
from oadp_mm.probes.clean_statistics import STATISTICS, use_clean_statistics
from oadp_mm.probes.data import Boxes, Data, evenly
from oadp_mm.probes.extract import PAIRS, Eye, extract, read_features, read_pairs
from oadp_mm.probes.families.dense import dense_figures
from oadp_mm.probes.families.image import image_figures
from oadp_mm.probes.families.label_free import label_free_figures
from oadp_mm.probes.families.region import BOXES, region_figures
from oadp_mm.probes.families.svm import classes_shown, svm_figures
from oadp_mm.probes.floors import built_as
from oadp_mm.probes.networks import Network
from oadp_mm.probes.whole_maps import View, check_size, choose_layer, stride_of

#: Raise it when the same network on the same data would have other features or figures.
PROTOCOL = 3
FAMILIES = ('image', 'svm', 'region', 'dense', 'label-free')

Statistics = Literal['clean', 'own']
Listen = Callable[[str, int], None]


@dataclass(frozen=True)
class Settings:
    """What figures depend on beside network and data.

    Args:
        size: shorter side of an image, in pixels.
        layer: of the backbone.
        statistics: of batch norms: measured on clean train images, or the file's own.
        seeds: of what is drawn.
        view: how an image is seen, see `whole_maps.seen`.
        windows: whose means are the vector of an image, see `window_means`.
    """

    size: int
    layer: int = -1
    statistics: Statistics = 'clean'
    seeds: int = 5
    view: View = 'whole'
    windows: int = 1


@dataclass(frozen=True)
class Task:
    """A data set with the boxes that are probed, and the families that its labels allow.

    Args:
        data: the images.
        regions: chosen boxes of each train and each test image; none if it has no boxes.
        families: of figures.
        left_out: why others are not measured, a sentence each.
    """

    data: Data
    regions: dict[str, Sequence[Boxes]]
    families: tuple[str, ...]
    left_out: tuple[str, ...]


def plan(data: Data, families: Sequence[str]) -> Task:
    """Choose boxes and families.

    Raises:
        ValueError: a family is unknown, or none of them is left.
    """
    if strange := [name for name in families if name not in FAMILIES]:
        raise ValueError(f'--families {strange[0]!r} is unknown: give some of {",".join(FAMILIES)}')
    reasons: dict[str, str] = {}
    parts = data.train, data.test
    if any(part.labels is None for part in parts):
        reasons['image'] = 'its images have no class'
    if any(part.label_map is None for part in parts):
        reasons['dense'] = 'its images have no masks'
    if any(not sum(map(len, part.boxes or ())) for part in parts):
        reasons['region'] = 'its images have no boxes'
    if 'region' in reasons or len(data.box_classes) < 2:
        reasons['svm'] = 'its images have no boxes of several classes'
    kept = tuple(family for family in families if family not in reasons)
    told = tuple(f'{family} left out: {reasons[family]}' for family in families
                 if family in reasons)
    if not kept:
        raise ValueError(f'nothing can be probed on {data.name} ({"; ".join(told)}): give data '
                         'with such labels, or --families label-free')
    return Task(data, _regions(data), kept, told)


def probe(network: Network, task: Task, settings: Settings, cache: Path, listen: Listen,
          ) -> dict[str, Any]:
    """The figures of a backbone.

    Args:
        network: left with the statistics that were asked for.
        task: see `plan`.
        settings: see `Settings`.
        cache: folder in which features and figures are kept.
        listen: called with what is done now and how many units of work are.

    Returns:
        `name`, `origin`, `architecture` (see `built_as`), `settings` and `protocol`, `figures` by
        family (see `families.figure`) and `failed`: why a family has none.

    Raises:
        ValueError: the layer, the size or the channels do not suit the network.
        UnreadableImage: an image cannot be read.
    """
    maps = choose_layer(network.backbone, settings.layer)
    stride = stride_of(maps, network.name)
    check_size(settings.size, stride, network.name)
    normed = has_norm_statistics(network.backbone)
    key = dict(protocol=PROTOCOL, tensors=fingerprint(network.backbone.state_dict()),
               architecture=repr(sorted(network.architecture.items())),
               preprocessor=json.dumps(network.preprocessor), data=task.data.digest(),
               size=settings.size, layer=settings.layer, sixteen_bit=network.sixteen_bit,
               statistics=settings.statistics if normed else 'none', view=settings.view,
               windows=settings.windows)

    def make(folder: Path) -> None:
        eye = Eye(maps, recorded_normaliser(network.preprocessor), settings.size, stride,
                  network.sixteen_bit, settings.view, settings.windows)
        if key['statistics'] == 'clean':
            _measure_statistics(network, eye, task.data, listen)
        extract(eye, task.data, task.regions, folder, lambda done: listen('features', done))

    folder = cached_folder(cache, key, make)
    figures, failed = {}, {}
    for family in task.families:
        listen(family, 0)
        try:
            figures[family] = cached_json(
                folder / f'{family}-{settings.seeds}.json',
                lambda family=family: _measure(family, folder, task, settings))
        except ValueError as error:  # such as constant features: other rows go on
            if own_sentence(error) is None:
                raise
            failed[family] = str(error)
        listen(family, FAMILY_UNITS)
    told = {'size': settings.size, 'layer': settings.layer, 'stride': stride,
            'statistics': key['statistics'], 'seeds': settings.seeds, 'view': settings.view,
            'windows': settings.windows, 'protocol': PROTOCOL}
    return dict(name=network.name, origin=dict(network.origin),
                architecture=built_as(network, stride), settings=told, figures=figures,
                failed=failed)


#: Units of work: an image is one, and a family about as long as so many.
FAMILY_UNITS = 60


def units(data: Data, families: Sequence[str]) -> int:
    """How much work a backbone is, where nothing is kept from before."""
    train, test = len(data.train.paths), len(data.test.paths)
    return (min(STATISTICS, train) + train + test + 2 * min(PAIRS, test)
            + FAMILY_UNITS * len(families))


def _measure_statistics(network: Network, eye: Eye, data: Data, listen: Listen) -> None:
    paths = [data.train.paths[i] for i in evenly(len(data.train.paths), STATISTICS)]
    before = 0

    def told(done: int) -> None:
        nonlocal before
        listen('statistics', done - before)
        before = done

    use_clean_statistics(network.backbone, eye.normalise, paths, eye.size, eye.sixteen_bit, told)


def _measure(family: str, folder: Path, task: Task, settings: Settings) -> list[dict[str, Any]]:
    data, (train, test) = task.data, (read_features(folder / name) for name in ('train', 'test'))
    boxes = {name: np.concatenate([each.kinds for each in chosen]) if chosen else np.array([])
             for name, chosen in task.regions.items()}
    if family == 'image':
        assert data.train.labels is not None and data.test.labels is not None
        return image_figures(train.images, data.train.labels, test.images, data.test.labels)
    if family == 'svm':
        assert data.train.boxes is not None and data.test.boxes is not None
        labels, truth = (classes_shown(boxes, len(data.box_classes))
                         for boxes in (data.train.boxes, data.test.boxes))
        return svm_figures(train.images, labels, test.images, truth, settings.seeds)
    if family == 'region':
        areas = np.concatenate([each.areas for each in task.regions['test']])
        return region_figures(train.regions, boxes['train'], test.regions, boxes['test'], areas)
    if family == 'dense':
        return dense_figures(train, test, data, settings.size, settings.seeds)
    objects = boxes['train'] > 0 if len(data.box_classes) == 1 else boxes['train'] >= 0
    paired = evenly(len(data.test.paths), PAIRS)
    corners = [data.test.boxes[i].corners for i in paired] if data.test.boxes else None
    return label_free_figures(train, objects, read_pairs(folder), corners)


def _regions(data: Data) -> dict[str, Sequence[Boxes]]:
    """Boxes of every kind; of one kind, with as many places of background."""
    chosen: dict[str, Sequence[Boxes]] = {}
    one = len({int(kind) for each in data.train.boxes or () for kind in each.kinds}) == 1
    for seed, (name, part) in enumerate((('train', data.train), ('test', data.test))):
        boxes = part.boxes or ()
        some = sampled(boxes, BOXES[name] // (1 + one), seed)
        chosen[name] = with_background(some, boxes, seed) if one else some
    return chosen

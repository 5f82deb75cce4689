"""The protocol of docs/evidence.md as data: what is pretrained, probed and fine-tuned."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

#: Optimizer steps after which a training is probed; the last is its end, to whole epochs.
STEPS = 250, 1_000, 4_000
SEEDS = 3
BATCH = 16
#: A ResNet-18 a quarter as wide as usual, whose last stage keeps the grid of the one before: 7 x 7
#: cells of views of 112 px.
NETWORK = ('--backbone', 'resnet18', '--width', '16', '--last-stride', '1', '--size', '112')
FULL = ('--backbone', 'resnet18', '--last-stride', '1', '--size', '112')

_OADP = ('--method', 'oadp', '--cfg-options')


def _losses(**weights: float) -> str:
    return 'model.loss_weights=[' + ','.join(
        f'({name},{weights.get(name, 0.0)})' for name in ('global', 'local', 'gl')) + ']'


#: Row -> options of `oadp-mm pretrain`.
ROWS: Mapping[str, Sequence[str]] = {
    'byol': ('--method', 'byol'),
    'oadp': ('--method', 'oadp'),
    'oadp-global': (*_OADP, _losses(**{'global': 1.0})),
    'oadp-local': (*_OADP, _losses(local=1.0)),
    'oadp-gl': (*_OADP, _losses(gl=1.0)),
    'oadp-cosine': (*_OADP, 'model.selector.matching=cosine'),
    'oadp-overlap': (*_OADP, 'model.selector.matching=overlap'),
    'oadp-random': (*_OADP, 'model.selector.matching=random'),
    'scd-byol': ('--method', 'scd-byol'),
    'moco': ('--method', 'moco'),
    'regioncl-m': ('--method', 'regioncl-m'),
    'soco': ('--method', 'soco'),
    'orl': ('--method', 'orl'),
}
UNTRAINED = 'untrained'
#: Row -> the row without its own part.
BASES = {**{row: 'oadp-global' for row in ROWS if row.startswith('oadp')}, 'oadp-global': 'byol',
         'byol': UNTRAINED, 'moco': UNTRAINED, 'scd-byol': 'byol', 'regioncl-m': 'moco',
         'soco': 'byol', 'orl': 'byol'}


class Figure(NamedTuple):
    """A figure of `oadp-mm probe`: which data, family, table and name; how it is told."""

    data: str
    family: str
    table: str
    name: str
    heading: str
    digits: int


class Part(NamedTuple):
    """What is measured on what; the train images of all these data are pretrained on.

    Args:
        probes: data -> families and the shorter side of the images in pixels.
        figures: those that the page shows, the first of which is its curve.
        rows: of the trainings.
        network: options of the backbone.
    """

    probes: Mapping[str, tuple[str, int]]
    figures: Sequence[Figure]
    rows: Sequence[str]
    network: Sequence[str] = NETWORK


_NUCLEI = (
    Figure('nuclei', 'dense', 'shares', 'R2 nucleus', 'R2 nucleus', 2),
    Figure('nuclei', 'dense', 'shares', 'R2 border', 'R2 border', 2),
    Figure('nuclei', 'dense', 'mean IoU', 'linear', 'linear, mIoU', 1),
    Figure('nuclei', 'region', '', '20-NN', 'regions, 20-NN %', 1),
    Figure('nuclei', 'label-free', 'views', 'found again', 'cells found again %', 1),
    Figure('nuclei', 'label-free', 'region', 'rank', 'rank of regions', 1))
_FAMILIES = 'dense,region,label-free'

PARTS: Mapping[str, Part] = {
    'nuclei': Part({'nuclei': (_FAMILIES, 160)}, _NUCLEI, list(ROWS)),
    'grocery': Part(
        {'grocery': ('image,label-free', 192)}, (
            Figure('grocery', 'image', '', 'linear', 'linear, %', 1),
            Figure('grocery', 'image', '', '20-NN', '20-NN, %', 1),
            Figure('grocery', 'label-free', 'views', 'found again', 'cells found again %', 1),
            Figure('grocery', 'label-free', 'image', 'rank', 'rank of images', 1)),
        ['byol', 'oadp', 'oadp-global', 'soco', 'orl']),
    'streets': Part(
        {'camvid': ('dense,label-free', 224), 'coco128': ('region', 224)}, (
            Figure('camvid', 'dense', 'mean IoU', 'linear', 'CamVid, linear, mIoU', 1),
            Figure('camvid', 'dense', 'mean IoU', 'context all', 'in context, mIoU', 1),
            Figure('camvid', 'label-free', 'views', 'found again', 'cells found again %', 1),
            Figure('coco128', 'region', '', '20-NN', 'coco128, regions, 20-NN %', 1)),
        ['byol', 'oadp', 'oadp-global', 'soco', 'orl']),
    'full-width': Part({'nuclei': (_FAMILIES, 160)}, _NUCLEI, ['byol', 'oadp'], FULL),
}


class Tuning(NamedTuple):
    """Fine-tunings from the ends of the trainings of a part, pretraining K with seed K.

    Args:
        part: whose trainings.
        data: labelled.
        model: of `oadp-mm finetune`.
        metric: that the page shows.
        starts: rows; random weights are the last start of all.
        labels: images with labels.
        options: of the schedule.
    """

    part: str
    data: str
    model: str
    metric: str
    starts: Sequence[str]
    labels: Sequence[str]
    options: Sequence[str]


_LABELS = '16', '64', '8', 'all'
_DETECTOR = ('--steps', '500', '--batch', '2', '--lr', '1e-3')
_SEGMENTER = ('--steps', '250', '--batch', '8', '--lr', '1e-3')
TUNINGS: Mapping[str, Tuning] = {
    'nuclei-detector': Tuning('nuclei', 'nuclei', 'mask-rcnn-small', 'mask AP',
                              ['byol', 'oadp', 'soco'], _LABELS, _DETECTOR),
    'nuclei-segmenter': Tuning('nuclei', 'nuclei', 'fcn-small', 'mIoU', ['byol', 'oadp'], _LABELS,
                               _SEGMENTER),
    'camvid-segmenter': Tuning('streets', 'camvid', 'fcn-small', 'mIoU', ['byol', 'oadp'], _LABELS,
                               (*_SEGMENTER, '--size', '160')),
}
#: What is worth most first: whoever stops early has whole comparisons.
ORDER: Sequence[tuple[str, Sequence[str]]] = (
    ('nuclei', ['byol', 'oadp', 'oadp-global']),
    ('nuclei', ['soco']), ('nuclei-detector', ['16', '64']),
    ('nuclei', ['scd-byol', 'orl', 'oadp-local', 'oadp-gl', 'oadp-cosine', 'oadp-overlap']),
    ('streets', ['byol', 'oadp']), ('camvid-segmenter', ['16', '64']),
    ('grocery', ['byol', 'oadp']), ('nuclei-segmenter', ['16', '64']),
    ('nuclei', ['moco', 'regioncl-m', 'oadp-random']),
    ('streets', ['soco', 'orl', 'oadp-global']), ('grocery', ['soco', 'orl', 'oadp-global']),
    ('full-width', ['byol', 'oadp']),
    ('nuclei-detector', ['8', 'all']), ('nuclei-segmenter', ['8', 'all']),
    ('camvid-segmenter', ['8', 'all']),
)

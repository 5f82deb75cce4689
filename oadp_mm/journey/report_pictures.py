"""What a page shows of a pretraining: patches that OADP pairs, and where features are strong."""
from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from mmengine.config import Config
from mmengine.dataset import BaseDataset

from oadp_mm.datasets.decoding import UnreadableImage
from oadp_mm.datasets.image_files import read_image
from oadp_mm.files.checkpoint import CheckpointError
from oadp_mm.files.shown import shown
from oadp_mm.journey.runs_below import Training
from oadp_mm.pictures.heat_maps import draw_heat_maps
from oadp_mm.pictures.patch_pairs import draw_pairs, find_pairs
from oadp_mm.pictures.views import make_views
from oadp_mm.probes.data import evenly
from oadp_mm.probes.heat import heat_maps
from oadp_mm.probes.networks import RANDOM, read_networks
from oadp_mm.registry import DATASETS
from oadp_mm.reports.page import Picture, Section, embed

EXAMPLES = 3  # images that are drawn
_TRIED = 20  # for each of them, until one can be read
_STATISTICS = 32  # images whose batch-norm statistics an untrained network is given
#: What building a data set or a network from a stranger's files may raise; the page goes on.
_UNUSABLE = (OSError, ValueError, TypeError, LookupError, AttributeError, ImportError,
             RuntimeError, CheckpointError)


def images_of(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """The config of the data set below all wrappers."""
    dataset = (config.get('train_dataloader') or {}).get('dataset') or {}
    while isinstance(dataset.get('dataset'), Mapping):
        dataset = dataset['dataset']
    return dataset


def picture_sections(training: Training) -> list[Section]:
    """Pictures of a few of its images, if these are still there; else why there are none."""
    config = training.config
    selects = (config.get('model') or {}).get('selector') is not None
    try:
        images = DATASETS.build(dict(images_of(config)))
        numbers = _readable(images)
    except _UNUSABLE as error:
        return [Section('What it looks at', [f'Its images are not drawn: {_reason(error)}.'])]
    return [*([_pairs(config, images, numbers)] if selects else []),
            _heat(training, images, numbers)]


def _readable(images: BaseDataset) -> list[int]:
    """Numbers of images from all over; in place of one that cannot be read, the next that can."""
    found: list[int] = []
    for start, end in pairwise([*evenly(len(images), EXAMPLES), len(images)]):
        for number in range(start, min(end, start + _TRIED)):
            try:
                read_image(_path(images, number))
            except UnreadableImage as error:
                broken = error
            else:
                found.append(number)
                break
    if not found:
        raise broken
    return found


def _pairs(config: Mapping[str, Any], images: BaseDataset, numbers: list[int]) -> Section:
    title = 'What OADP looks at'
    try:
        drawn = [_pair(config, images, number) for number in numbers]
    except _UNUSABLE as error:
        return Section(title, [f'Pairs are not drawn: {_reason(error)}.'])
    return Section(title, [
        'Each picture shows two augmented views of an image, as the network gets them. Above: the '
        'small patches of the first view and the large patches of the second with the highest '
        'objectness score (entropy and contrast of their gray levels); what is dark was not '
        'chosen. Below: small patches and the large patch each is matched with by mutual '
        'information, colour by colour, enlarged at the bottom. The network learns to predict the '
        'features of the one from the other.'], pictures=drawn)


def _pair(config: Mapping[str, Any], images: BaseDataset, number: int) -> Picture:
    views = make_views(Config(dict(config)), images[number]['img'], seed=number)
    pairs = find_pairs(views, config['model']['selector'])
    name = shown(_path(images, number).name)
    return embed(draw_pairs(views, pairs), f'Two augmented views of {name}.', dpi=100)


def _heat(training: Training, images: BaseDataset, numbers: list[int]) -> Section:
    title = 'Where its features are strong'
    try:
        trained, untrained = read_networks([str(training.folder), RANDOM])
        paths = [_path(images, number) for number in numbers]
        others = [_path(images, number) for number in evenly(len(images), _STATISTICS)]
        maps = {'untrained': heat_maps(untrained, paths, others),
                'trained': heat_maps(trained, paths, others)}
        pixels = [images[number]['img'][..., ::-1].copy() for number in numbers]
    except _UNUSABLE as error:
        return Section(title, [f'Heat maps are not drawn: {_reason(error)}.'])
    return Section(title, [
        'The last map along its first principal direction, over images without augmentation '
        '(Eigen-CAM), as shares of its largest value: where the network sees what it sees most of, '
        'be it objects or all that lies between them; what counts is whether it tells the two '
        'apart. It is a look, no measure: an untrained network answers to borders and contrast.'],
        pictures=[embed(draw_heat_maps(pixels, maps), 'Heat maps before and after the training.')])


def _path(images: BaseDataset, number: int) -> Path:
    return Path(images.get_data_info(number)['img_path'])


def _reason(error: Exception) -> str:
    told = error.args[0] if isinstance(error, LookupError) and error.args else error
    return shown(str(told)).split('\n')[0].rstrip('.')

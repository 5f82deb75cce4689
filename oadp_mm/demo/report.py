"""The demo's report: its figures, what OADP looked at, losses, predictions, times and commands."""
from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from mmengine.config import Config

from oadp_mm.demo.figures import STARTS, read_figures
from oadp_mm.demo.plan import STAGES
from oadp_mm.files.whole_file import write_text
from oadp_mm.pictures.curves import draw_curves
from oadp_mm.pictures.patch_pairs import draw_pairs, find_pairs
from oadp_mm.pictures.scenes import grid_of, show_classes, show_instances
from oadp_mm.pictures.views import make_views
from oadp_mm.registry import DATASETS
from oadp_mm.reports.machine import machine_table
from oadp_mm.reports.page import Section, embed, render_page
from oadp_mm.reports.tables import Table
from oadp_mm.reports.training_log import read_training_log
from oadp_mm.stages.display import spoken
from oadp_mm.stages.stage import read_state

NOTICE = (
    'These are small-data figures of one seed. They show that the chain works: that OADP trains, '
    'that its backbone arrives whole in the detector and the segmenter, and that both train from '
    'it. They do not measure the method; a difference this size can turn with the seed. Both '
    'columns come from the same schedule, seed and data, and nothing was tuned for one of them.'
)
EXAMPLES = 4  # scenes in each group of pictures
SHOWN = 6  # best detections of a scene


def write_demo_report(work_dir: Path) -> Path:
    """Write `report.html` below `work_dir` and return its path.

    Raises:
        FileNotFoundError: if a stage left nothing behind.
    """
    work_dir = Path(work_dir).resolve()
    page = render_page(
        'OADP end to end on composed scenes', _lead(work_dir), NOTICE, [
            Section('Figures', ['AP and mIoU in percent on test scenes whose digits and photos '
                                'no training has seen; the higher the better.'],
                    read_figures(work_dir).table()),
            _scenes(work_dir), _pairs(work_dir), _losses(work_dir), _predictions(work_dir),
            _times(work_dir),
            Section('Machine and versions', table=machine_table())])
    target = work_dir / 'report.html'
    write_text(target, page)
    return target


def _config(folder: Path) -> Config:
    """The config a training ran, which mmengine leaves in its folder."""
    found = sorted(folder.glob('*.py'), key=os.path.getmtime)
    if not found:
        raise FileNotFoundError(f'no training left its config in {folder}: give the work directory '
                                'of a finished demo')
    return Config.fromfile(found[-1])


def _lead(work_dir: Path) -> list[str]:
    pretrain, detector = (_config(work_dir / name) for name in ('pretrain', 'mask-rcnn_oadp'))
    scenes = pretrain.train_dataloader.dataset.dataset.num_scenes
    epochs = pretrain.train_cfg.max_epochs
    total = sum(read_state(work_dir / name).get('seconds', 0) for name in STAGES)
    return [
        f'OADP pretrained a ResNet-18 for {epochs} epochs of {scenes} unlabelled scenes, composed '
        'of real handwritten digits on real photos. Its exported backbone and a random one then '
        'started a Mask R-CNN '
        f'({detector.train_cfg.max_iters} steps of {detector.train_dataloader.batch_size} images) '
        'and an FCN, nothing frozen.',
        f'All of it took {spoken(total)} on this machine, with {os.cpu_count()} cores.',
    ]


def _scenes(work_dir: Path) -> Section:
    images = list(_annotated(work_dir, EXAMPLES))
    figure, axes = grid_of(2, [f'scene {image["id"]}' for image, *_ in images])
    for (above, below), (_, pixels, instances, _) in zip(axes.T, images, strict=True):
        show_instances(above, pixels, [], {})
        show_instances(below, pixels, instances, _names(work_dir))
    return Section('What the scenes look like', [
        'Digits (scikit-learn) in random size, colour, tilt and overlap on crops of photos '
        '(scikit-image), with exact boxes and masks. Test scenes share neither digits nor photos '
        'with those for training.'],
        pictures=[embed(figure, 'Test scenes, and below their true boxes and masks.', wide=True)])


def _pairs(work_dir: Path) -> Section:
    config = _config(work_dir / 'pretrain')
    dataset = DATASETS.build(config.train_dataloader.dataset.dataset)
    pictures = []
    for number in range(EXAMPLES):
        views = make_views(config, dataset.scene(number).image, seed=number)
        pairs = find_pairs(views, config.model.selector)
        count = len(pairs.pools[0])
        pictures.append(embed(
            draw_pairs(views, pairs), f'Two augmented views of scene {number} of the pretraining.'))
    return Section('What OADP looks at', [
        'Each picture shows two augmented views of one scene, as the network gets them. Above: '
        f'the {count} small patches of the first view and the {count} large patches of '
        'the second with the highest objectness score (entropy and contrast of their grey '
        'levels); what is dark was not chosen. Below: small patches and the large patch each is '
        'matched with by mutual information, colour by colour, enlarged at the bottom. The '
        'network learns to predict the features of the one from the other.'], pictures=pictures)


def _losses(work_dir: Path) -> Section:
    log = read_training_log(work_dir / 'pretrain')
    parts = {name.removeprefix('loss_'): log.curve(name)
             for name in log.losses() if name != 'loss'}
    figures = [('OADP: 2 - 2 cos of each pair, summed over both directions', parts or
                {'loss': log.curve('loss')})]
    for model, title in (('mask-rcnn', 'Mask R-CNN'), ('fcn', 'FCN')):
        figures.append((f'{title}: training loss from both starts', {
            f'from {words}': read_training_log(work_dir / f'{model}_{start}').curve('loss')
            for start, words in STARTS.items()}))
    return Section('Losses', pictures=[
        embed(draw_curves(curves, 'loss'), caption, kind='svg') for caption, curves in figures])


def _predictions(work_dir: Path) -> Section:
    names, images = _names(work_dir), list(_annotated(work_dir, EXAMPLES))
    columns = ['true', *(f'from {words}' for words in STARTS.values())]
    detections = {start: _detections(work_dir / f'mask-rcnn_{start}') for start in STARTS}
    boxes, axes = grid_of(len(images), columns)
    for row, (image, pixels, instances, _) in zip(axes, images, strict=True):
        show_instances(row[0], pixels, instances, names)
        for ax, start in zip(row[1:], STARTS, strict=True):
            show_instances(ax, pixels, _best(detections[start], image['id']), names)
    masks, axes = grid_of(len(images), columns)
    for row, (image, pixels, _, classes) in zip(axes, images, strict=True):
        show_classes(row[0], pixels, classes)
        for ax, start in zip(row[1:], STARTS, strict=True):
            folder = work_dir / f'fcn_{start}/predictions'
            show_classes(ax, pixels, _read_pixels(folder / image['file_name']))
    return Section('What the fine-tuned models see', pictures=[
        embed(boxes, f'Mask R-CNN on test scenes: the {SHOWN} instances it is surest of, with '
              'their scores.'),
        embed(masks, 'FCN on the same scenes: the class of each pixel.')])


def _times(work_dir: Path) -> Section:
    states = [read_state(work_dir / name) for name in STAGES if name != 'report']
    rows = [[state['title'], spoken(state['seconds'])] for state in states]
    return Section(
        'Time and commands',
        ['Each stage ran this command; its full log is in log.txt in the folder of its name. The '
         'trainings are those of `mim train` with the same config, whose script they run.'],
        Table(['stage', 'time'], rows), commands=[state['command'] for state in states])


def _coco(work_dir: Path) -> dict:
    return json.loads((work_dir / 'scenes/data/annotations/instances_test.json').read_text())


def _names(work_dir: Path) -> dict[int, str]:
    return {category['id']: category['name'] for category in _coco(work_dir)['categories']}


def _annotated(work_dir: Path, count: int) -> Iterator[tuple[dict, np.ndarray, list, np.ndarray]]:
    """(image's record, RGB pixels, instances, classes) of the first `count` test scenes."""
    coco, folder = _coco(work_dir), work_dir / 'scenes/data/test'
    for image in coco['images'][:count]:
        pixels = _read_pixels(folder / 'images' / image['file_name'])[..., ::-1]
        instances = [one for one in coco['annotations'] if one['image_id'] == image['id']]
        yield image, pixels, instances, _read_pixels(folder / 'masks' / image['file_name'])


def _read_pixels(path: Path) -> np.ndarray:
    """A PNG as it is: BGR or class numbers."""
    pixels = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if pixels is None:
        raise FileNotFoundError(f'there is no picture {path}: run the demo again')
    return pixels


def _detections(folder: Path) -> list[dict]:
    """The detector's results on all test scenes, boxes and masks."""
    return json.loads((folder / 'predictions.segm.json').read_text())


def _best(detections: list[dict], image_id: int) -> list[dict]:
    """The surest results on one image, the surest last (drawn on top)."""
    own = [one for one in detections if one['image_id'] == image_id]
    return sorted(own, key=lambda one: one['score'])[-SHOWN:]

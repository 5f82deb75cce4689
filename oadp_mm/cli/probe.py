"""`oadp-mm probe FILE... --data DATA`: what frozen backbones know of images."""
from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oadp_mm.files.shown import shown

if TYPE_CHECKING:
    from oadp_mm.probes.data import Data

HELP = 'measure what frozen backbones know of images, regions and pixels, and whether they spread'
EXAMPLE = """
examples:
  oadp-mm probe work_dirs/byol backbone.pth random --data nuclei
  oadp-mm probe epoch_20.pth random --data path/to/coco --families region,label-free
  oadp-mm probe resnet50.pth --config my_config.py --data path/to/folders --json figures.json

FILE is an exported backbone, a checkpoint of a pretraining, its work_dir (its newest readable
checkpoint), a bare state dict, or `random`: the architecture of the first other FILE (or of
--config) as it starts, with the seed 0, or N with `random:N`. It is the floor of FILEs of this
architecture: probe others with their own `random`, in a call of its own.

DATA is `nuclei` (the package's own images); a folder with annotations/instances_train.json and
_test or _val (as oadp-mm nuclei and oadp-mm scenes write it, with masks; or COCO's layout); two
such jsons, train and test; VOC's Annotations and JPEGImages; images and masks; or a folder with
train/CLASS/ and test/CLASS/, or with train.txt and test.txt.

families, each left out where DATA has no labels for it:
  image       classes of images: k-NN, linear
  svm         classes that an image shows by its boxes, of several: VOC07's linear SVM, with all
              labels and with few; not measured unless it is named, since it takes minutes
  region      classes of boxes: k-NN, by size of object, linear, retrieval; boxes of one class
              are told from background
  dense       classes of pixels: R2 of the share of each class in a cell, mean IoU of labels
              carried over from 1, 1/8 and 1/64 of the train images, linear, and of clusters
  label-free  spread of features, and cells found again in another view

docs/probes.md says what each figure means, its floor and its ceiling.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLE
    parser.add_argument('files', nargs='+', metavar='FILE', help='a row of the table each')
    parser.add_argument('--data', required=True, nargs='+', metavar='DATA',
                        help='labelled images; two jsons are train and test')
    parser.add_argument('--families', default='image,region,dense,label-free', metavar='NAME,...',
                        help='what to measure (%(default)s)')
    parser.add_argument('--size', type=int, metavar='PX',
                        help='shorter side of the images, a multiple of the stride of the map '
                        '(160 for nuclei, else 224)')
    parser.add_argument('--config', metavar='CFG', help='whose model.backbone builds a FILE that '
                        'does not tell its architecture, of mmpretrain, timm ...')
    parser.add_argument('--layer', type=int, default=-1, metavar='N',
                        help="stage of a ResNet or block of a transformer; -1: the last")
    parser.add_argument('--statistics', choices=('clean', 'own'), default='clean',
                        help="of batch norms: measured anew on train images without augmentation, "
                        "or the file's own (%(default)s)")
    parser.add_argument('--view', choices=('whole', 'square'), default='whole',
                        help='images in their proportions, or squeezed into a square, as VOC07 is '
                        'seen for linear SVMs (%(default)s)')
    parser.add_argument('--windows', type=int, default=1, metavar='N',
                        help='the vector of an image is the means of its map in N x N windows that '
                        'overlap; 1: of the whole map (%(default)s)')
    parser.add_argument('--seeds', type=int, default=5, metavar='N',
                        help='draws of labels and clusters (%(default)s)')
    parser.add_argument('--images', type=int, default=1000, metavar='N',
                        help='of train and of test at most, from all over them (%(default)s)')
    parser.add_argument('--json', type=Path, metavar='FILE', help='also write all figures there')
    parser.add_argument('--work-dir', type=Path, metavar='DIR',
                        help='where features are kept for the next time, and all figures as '
                        'probe.json (default: `probe` beside the first FILE that is a folder, '
                        'so that oadp-mm report finds both; else work_dirs/probe)')


def run(args: argparse.Namespace) -> int:
    _check(args)
    from rich.console import Console  # slow imports: only when run

    from oadp_mm.files.lock import hold
    from oadp_mm.files.whole_file import write_text
    from oadp_mm.probes.floors import check_networks
    from oadp_mm.probes.networks import read_networks
    from oadp_mm.probes.probe import Settings, plan, probe, units
    from oadp_mm.probes.read_data import NUCLEI, read_data
    from oadp_mm.reports.progress import Progress

    networks, work_dir = read_networks(args.files, args.config), _work_dir(args)
    settings = Settings(args.size or (160 if args.data == [NUCLEI] else 224), args.layer,
                        args.statistics, args.seeds, args.view, args.windows)
    unlike = check_networks(networks, settings.size, settings.layer)
    whole = read_data(args.data, work_dir / 'data')
    task = plan(whole.at_most(args.images), args.families.split(','))
    data = task.data
    notes = [*(note for network in networks for note in network.notes), *unlike, *data.notes,
             *task.left_out, *_fewer(whole, data)]
    for note in notes:
        print(f'oadp-mm: note: {shown(note)}', file=sys.stderr)
    console, probed = Console(highlight=False), []
    with hold(work_dir, 'probe'), Progress(
            len(networks) * units(data, task.families), Console(stderr=True)) as progress:
        for network in networks:
            progress.begin(network.name)
            probed.append(probe(network, task, settings, work_dir / 'cache',
                                progress.advance))
            progress.reach(len(probed) * units(data, task.families))
    _print(probed, task.families, data.name, console)
    content = json.dumps({
        'kind': 'probe', 'command': args.typed, 'data': data.name, 'train': len(data.train.paths),
        'test': len(data.test.paths), 'notes': notes, 'probed': probed}, indent=1) + '\n'
    for target in filter(None, (work_dir / 'probe.json', args.json)):
        target.parent.mkdir(parents=True, exist_ok=True)
        write_text(target, content)
    return 0 if any(one['figures'] for one in probed) else 1


def _work_dir(args: argparse.Namespace) -> Path:
    if args.work_dir:
        return args.work_dir.resolve()
    run = next((path for path in map(Path, args.files) if path.is_dir()), None)
    return run.resolve().parent / 'probe' if run else Path('work_dirs/probe').resolve()


def _fewer(whole: Data, data: Data) -> list[str]:
    counts = [(len(some.paths), len(every.paths)) for some, every in
              ((data.train, whole.train), (data.test, whole.test))]
    if all(some == every for some, every in counts):
        return []
    told = ' and '.join(f'{some} of {every} {name}' for (some, every), name in
                        zip(counts, ('train', 'test'), strict=True))
    return [f'{told} images, from all over their lists: --images takes more']


def _print(probed: Sequence[Mapping[str, Any]], families: Sequence[str], data: str,
           console) -> None:
    from oadp_mm.reports.probe_tables import CAPTIONS, family_tables
    from oadp_mm.reports.tables import terminal_table

    told = probed[0]['settings']
    for family in families:
        for name, table in family_tables(probed, family).items():
            title = f'{family}{f", {name}" * bool(name)}: {data}, {told["size"]} px'
            console.print(terminal_table(table, title, CAPTIONS[family]))
    for one in probed:
        for family, reason in one['failed'].items():
            console.print(f'{shown(one["name"])} has no {family} figures: {reason}', markup=False,
                          soft_wrap=True)


def _check(args: argparse.Namespace) -> None:
    for name, least in (('size', 32), ('seeds', 1), ('images', 2), ('windows', 1)):
        value = getattr(args, name)
        if value is not None and value < least:
            raise ValueError(f'--{name} must be {least} or more, got {value}')
    if twice := {name for name in args.files if args.files.count(name) > 1}:
        raise ValueError(f'{min(twice)} is given twice: give each FILE once')

"""What a pretraining does to a backbone's first convolution, and what that does to a detector.

    python benchmarks/stem.py OUT [--rates 1,0.1,0] [--seeds 2] [--epochs 40] [--steps 450]

Pretrains as the demo does, on the nuclei without labels, with several shares of the learning rate
for the first convolution (`--stem-lr`), and prints of each: the norm of its filters and the share
of their energy that is their mean (all of it: filters that average), how well nuclei and their
borders can be read linearly from each stage of the frozen network, beside an untrained one, and
the mask AP of a Mask R-CNN that is fine-tuned from it as the demo's. Two more starts tell where a
difference comes from: of the network with the whole rate, the first convolution and its norm alone
(the rest untrained), and all but them. OUT keeps everything: what is there is not done again.
Two cores: about 40 minutes.
"""
from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from torch import Tensor

from oadp_mm.demo.plan import NETWORK
from oadp_mm.files.backbone_file import describe, write_backbone
from oadp_mm.files.checkpoint import Checkpoint, read_checkpoint
from oadp_mm.files.run_folder import newest_checkpoint
from oadp_mm.probes.networks import read_networks
from oadp_mm.reports.tables import Table, markdown_table, spread
from oadp_mm.stages.training import threads

STEM = ('conv1.', 'bn1.')
UNTRAINED = 'random'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('out', type=Path)
    parser.add_argument('--rates', default='1,0.1,0', help='the first is taken apart, too')
    parser.add_argument('--seeds', type=int, default=2)
    parser.add_argument('--epochs', type=int, default=40)
    parser.add_argument('--steps', type=int, default=450)
    args = parser.parse_args()
    out = args.out.resolve()
    runs = {f'stem at {rate}': out / f'stem-{rate}' for rate in args.rates.split(',')}
    for rate, folder in zip(args.rates.split(','), runs.values(), strict=True):
        command('pretrain', 'nuclei', *NETWORK, '--batch', 64, '--epochs', args.epochs,
                '--stem-lr', rate, '--work-dir', folder)
    pretrained = {name: str(folder) for name, folder in runs.items()}
    tell_stages({**pretrained, 'untrained': UNTRAINED}, out)
    starts = pretrained | take_apart(*next(iter(runs.items())), out)
    command('finetune', '--data', 'nuclei', '--model', 'mask-rcnn-small', '--labels', 16,
            *(word for start in starts.values() for word in ('--from', start)),
            '--from', UNTRAINED, '--seeds', args.seeds, '--steps', args.steps, '--batch', 2,
            '--lr', 1e-3, '--work-dir', out / 'detector')
    tell_detectors({**starts, 'untrained': UNTRAINED}, out / 'detector')


def command(*words: object) -> None:
    """One of `oadp-mm`, whose words are printed."""
    typed = [str(word) for word in words]
    print('$ oadp-mm', *typed, flush=True)
    subprocess.run([sys.executable, '-m', 'oadp_mm', *typed], check=True,
                   env={**os.environ, **threads()})


def take_apart(name: str, run: Path, out: Path) -> dict[str, str]:
    """Files with the stem of a run on an untrained network, and with all but its stem."""
    trained, untrained = (network.backbone.state_dict()
                          for network in read_networks([str(run), UNTRAINED]))
    source, files = read_checkpoint(newest_checkpoint(run).path), {}
    for part, taken in (('alone', True), ('untrained', False)):
        mixed = {key: (trained if key.startswith(STEM) is taken else untrained)[key]
                 for key in trained}
        path = out / f'stem-{part}.pth'
        meta = describe(Checkpoint(source.path, mixed, source.meta), mixed)
        write_backbone(mixed, meta, path, 'openmmlab')
        files[f'{name}, {f"its stem {part}" if taken else "but its stem untrained"}'] = str(path)
    return files


def tell_stages(starts: dict[str, str], out: Path) -> None:
    """Filters of the stem, and what can be read from each stage of the frozen networks."""
    rows = {name: [*filters(network.backbone.conv1.weight)] for name, network in zip(
        starts, read_networks(list(starts.values())), strict=True)}
    for layer in range(4):
        file = out / f'probe-{layer}.json'
        command('probe', *starts.values(), '--data', 'nuclei', '--families', 'dense', '--layer',
                layer, '--json', file, '--work-dir', out / 'probe')
        for row, probed in zip(rows.values(), json.loads(file.read_text())['probed'], strict=True):
            figures = {one['name']: one['value'] for one in probed['figures']['dense']}
            row.append(f'{figures["R2 nucleus"]:.2f} / {figures["R2 border"]:.2f}')
    heads = ['start', 'norm', 'mean, share of energy', *(
        f'layer{stage}, R2 nucleus / border' for stage in range(1, 5))]
    print(markdown_table(Table(heads, [[name, *row] for name, row in rows.items()])), flush=True)


def filters(weight: Tensor) -> tuple[str, str]:
    """The norm of a convolution's filters, and the share of their energy that is their mean."""
    mean = weight.mean((2, 3), keepdim=True).expand_as(weight)
    return f'{weight.norm():.2f}', f'{mean.square().sum() / weight.square().sum():.2f}'


def tell_detectors(starts: dict[str, str], folder: Path) -> None:
    """Mask AP from each start, and the difference to the last, seed by seed."""
    runs = json.loads((folder / 'finetune.json').read_text())['runs']
    scores = {name: [run['metrics']['mask AP'] for run in runs if run['start'] == start]
              for name, start in starts.items()}
    *_, untrained = scores.values()
    rows = []
    for name, each in scores.items():
        apart = '' if each is untrained else ', '.join(
            f'{one - other:+.1f}' for one, other in zip(each, untrained, strict=True))
        rows.append([name, spread(each, 1), apart])
    print(markdown_table(Table(['start', 'mask AP', 'less untrained, by seed'], rows)))


if __name__ == '__main__':
    main()

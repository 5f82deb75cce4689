"""What decides whether a small pretraining learns: OADP beside controls, over seeds, on the nuclei.

    python benchmarks/learning.py OUT [--rows ROW,ROW] [--seeds 3] [--epochs 60] [--jobs 1]

Trains each row of `ablations/oadp_controls` (and OADP with the paper's views) once a seed, probes
all of them frozen, and the untrained networks too, and prints mean and sample deviation over seeds,
the difference to `oadp` seed by seed with its 95 % interval (Student's t), and how the effective
rank of whole views moved while they trained. OUT keeps everything: what is there is not done again.
Two cores: about 12 minutes a run of 60 epochs; `--jobs` trains several at once.
"""
from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import mean

from oadp_mm.ops.paired import paired_difference
from oadp_mm.reports.tables import Table, markdown_table, spread
from oadp_mm.reports.training_log import read_training_log

LEAF = 'oadp_resnet18-w32-d16_1xb64-coslr-60e{}_nuclei-112x112'
CONTROLS = 'oadp_controls_1xb64-coslr-60e_nuclei-112x112'
#: Row -> the config and its OADP_ROW.
ROWS = {name: (CONTROLS, name) for name in (
    'oadp', 'random-pairs', 'overlap-pairs', 'global-only', 'full-residual',
    'full-residual-random-pairs', 'full-residual-global-only')}
ROWS['paper-views'] = (LEAF.format('-paper-views'), '')
UNTRAINED = {'untrained': 'oadp', 'untrained, full-residual': 'full-residual'}
#: Heading -> family, table and name of a figure of `oadp-mm probe`.
FIGURES = {
    'R2 nucleus': ('dense', 'shares', 'R2 nucleus'), 'R2 border': ('dense', 'shares', 'R2 border'),
    'in context, mIoU': ('dense', 'mean IoU', 'context all'),
    'linear, mIoU': ('dense', 'mean IoU', 'linear'), 'regions, 20-NN %': ('region', '', '20-NN'),
    'cells found again %': ('label-free', 'views', 'found again'),
    'rank of regions': ('label-free', 'region', 'rank')}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('out', type=Path)
    parser.add_argument('--rows', default=','.join(ROWS))
    parser.add_argument('--seeds', type=int, default=3)
    parser.add_argument('--epochs', type=int, default=60)
    parser.add_argument('--workers', type=int, default=1, help='that load images, of a training')
    parser.add_argument('--jobs', type=int, default=1)
    args = parser.parse_args()
    out = args.out.resolve() / f'{args.epochs}e'
    names = args.rows.split(',')
    if strange := [name for name in names if name not in ROWS]:
        parser.error(f'--rows knows {", ".join(ROWS)}, got {strange[0]}')
    runs = [(name, seed) for seed in range(args.seeds) for name in [*UNTRAINED, *names]]
    with ThreadPoolExecutor(args.jobs) as pool:
        done = list(pool.map(lambda run: one(out, *run, args.epochs, args.workers), runs))
    results = {run: figures for run, figures in zip(runs, done, strict=True) if figures}
    (out / 'learning.json').write_text(json.dumps(
        [dict(row=row, seed=seed, **figures) for (row, seed), figures in results.items()],
        indent=1) + '\n')
    tell(results, [*UNTRAINED, *names], args)


def one(out: Path, row: str, seed: int, epochs: int, workers: int) -> dict | None:
    """Train and probe one network; None if it failed, with the end of its log told."""
    config, name = ROWS[UNTRAINED.get(row, row)]
    folder = out / row.replace(', ', '-') / f'seed{seed}'
    folder.mkdir(parents=True, exist_ok=True)
    env = {**os.environ, 'OADP_ROW': name, 'OADP_EPOCHS': str(epochs), 'OMP_NUM_THREADS': '1'}
    probe = ['probe', '--data', 'nuclei', '--families', 'dense,region,label-free', '--config',
             config, '--json', str(folder / 'probe.json'), '--work-dir', str(folder / 'probe')]
    commands = [[*probe, f'random:{seed}' if row in UNTRAINED else str(folder)]]
    if row not in UNTRAINED and not (folder / f'epoch_{epochs}.pth').exists():
        commands.insert(0, [
            'train', config, '--resume', '--work-dir', str(folder), '--cfg-options',
            f'randomness.seed={seed}', f'train_dataloader.num_workers={workers}',
            'default_hooks.checkpoint.max_keep_ckpts=1', 'default_hooks.logger.interval=8',
            'custom_hooks.5.interval=16'])
    if not (folder / 'probe.json').exists():
        for command in commands:
            with open(folder / 'log.txt', 'a') as log:
                if subprocess.run([sys.executable, '-m', 'oadp_mm', *command], env=env, stdout=log,
                                  stderr=log).returncode:
                    print(f'{row}, seed {seed} failed: {folder}/log.txt', file=sys.stderr)
                    return None
    figures = {(family, each['table'], each['name']): each['value'] for family, some in
               json.loads((folder / 'probe.json').read_text())['probed'][0]['figures'].items()
               for each in some}
    told = {heading: figures[key] for heading, key in FIGURES.items()}
    ranks, losses = [], []
    if row not in UNTRAINED:
        log = read_training_log(folder)
        losses, ranks = log.curve('loss'), log.curve('health/effective_rank')
    print(f'{row}, seed {seed}: R2 {told["R2 nucleus"]:.2f}', file=sys.stderr)
    return {'figures': told, 'ranks': ranks, 'losses': losses}


def tell(results: dict, names: list[str], args: argparse.Namespace) -> None:
    print(f'{args.epochs} epochs, {args.seeds} seeds: mean ± sample deviation\n')
    rows, ranks = [], []
    for name in names:
        mine = {seed: found for (row, seed), found in results.items() if row == name}
        cells = [told(found['figures'][heading] for found in mine.values())
                 for heading in FIGURES]
        rows.append([name, *cells, gain(name, mine, results), str(len(mine))])
        curves = [found for found in mine.values() if found['ranks']]
        if curves:
            last = curves[0]['ranks'][-1][0]
            moved = [told(min(curve['ranks'], key=lambda point: abs(point[0] - share * last))[1]
                            for curve in curves) for share in (0, 1 / 8, 1 / 4, 1 / 2, 3 / 4, 1)]
            ranks.append([name, *moved, told(curve['losses'][-1][1] for curve in curves)])
    print(markdown_table(Table(['row', *FIGURES, 'R2 nucleus - oadp, 95 %', 'seeds'], rows)))
    print('\nEffective rank of whole views by share of the training, and the loss at its end:\n')
    print(markdown_table(Table(['row', '0', '1/8', '1/4', '1/2', '3/4', '1', 'loss'], ranks)))


def gain(name: str, mine: dict, results: dict) -> str:
    """The difference to `oadp` on the seeds that both have."""
    both = [seed for seed in mine if ('oadp', seed) in results]
    if name == 'oadp' or not both:
        return ''
    found = paired_difference(*([each['figures']['R2 nucleus'] for each in column] for column in (
        [mine[seed] for seed in both], [results['oadp', seed] for seed in both])))
    within = f' ({found.interval[0]:+.2f} to {found.interval[1]:+.2f})' if found.interval else ''
    return f'{found.difference:+.2f}{within}'


def told(values: Iterable[float]) -> str:
    """Mean and deviation; shares of 1 and losses with two digits."""
    known = list(values)
    return spread(known, 2 if known and abs(mean(known)) < 2 else 1)


if __name__ == '__main__':
    main()

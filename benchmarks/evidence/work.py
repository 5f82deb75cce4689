"""The commands of the protocol, each a stage that is kept, resumed or begun."""
from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.evidence.protocol import BATCH, ORDER, PARTS, ROWS, SEEDS, STEPS, TUNINGS
from oadp_mm.stages.stage import Stage, stage_key

#: A training beside others: a core each.
ENV = {'OMP_NUM_THREADS': '1'}
#: The row whose probe has the untrained network of its seed beside it.
FIRST = 'byol'


class Unit(NamedTuple):
    """A figure's worth of work.

    Args:
        name: of its file in `docs/evidence`, without the ending.
        stages: in order; some are shared with other units.
    """

    name: str
    stages: Sequence[Stage]


def units(out: Path, data: Path, images: dict[str, int], wanted: Sequence[str]) -> list[Unit]:
    """All that a part, or all parts, ask for, what is worth most first.

    Args:
        out: absolute folder of the work.
        data: folder of the labelled data.
        images: how many each part pretrains on.
        wanted: of `PARTS` and `TUNINGS`.
    """
    made = []
    for name, chosen in ORDER:
        if name not in wanted:
            continue
        if name in TUNINGS:
            made += [_tuned(out, data, images, name, labels) for labels in chosen]
        else:
            made += [_probed(out, data, images[name], name, row, seed)
                     for seed in range(SEEDS) for row in chosen]
    return made


def word(name: str, data: Path) -> str:
    """What a command takes for `--data`."""
    return name if name == 'nuclei' else str(data / name)


def epochs_of(images: int) -> int:
    """As few as make the last number of steps."""
    return -(-STEPS[-1] // (images // BATCH))


def training(out: Path, part: str, row: str, seed: int, images: int) -> list[Stage]:
    """The stages of a pretraining, those of what it needs first; its weights are the last's."""
    folder, epochs = f'{part}/{row}/seed{seed}', epochs_of(images)
    common = [str(out / part / 'images'), *PARTS[part].network, '--batch', str(BATCH), '--epochs',
              str(epochs), '--seed', str(seed), '--amp', '--keep-steps', *map(str, STEPS[:-1]),
              '--workers', '1', '--work-dir', str(out / folder)]
    proposals = out / part / 'proposals' / 'proposals.npz'
    before, options = [], list(ROWS[row])
    if row in ('soco', 'orl'):
        before = [_stage(f'{part}/proposals', [
            'proposals', str(out / part / 'images'), '--out', str(proposals)], [proposals], out)]
        options += ['--proposals', str(proposals)]
    if row == 'orl':
        before += training(out, part, 'byol', seed, images)
        words = ['orl', *common, '--stage1', str(out / part / 'byol' / f'seed{seed}'),
                 '--proposals', str(proposals)]
    else:
        words = ['pretrain', *common, *options]
    end = weights(out, part, row, seed, images)[-1]
    return [*before, _stage(folder, words, [end], out)]


def weights(out: Path, part: str, row: str, seed: int, images: int) -> list[Path]:
    """The files of a training, one for each of `STEPS`."""
    folder = out / part / row / f'seed{seed}' / ('stage3' if row == 'orl' else '')
    return [*(folder / f'step_{step}.pth' for step in STEPS[:-1]),
            folder / f'epoch_{epochs_of(images)}.pth']


def _probed(out: Path, data: Path, images: int, part: str, row: str, seed: int) -> Unit:
    before = training(out, part, row, seed, images)
    files = [*map(str, weights(out, part, row, seed, images)),
             *([f'random:{seed}'] if row == FIRST else [])]
    stages = []
    for each, (families, side) in PARTS[part].probes.items():
        folder = f'{part}/{row}/probe-{each}-seed{seed}'
        stages.append(_stage(folder, [
            'probe', *files, '--data', word(each, data), '--families', families, '--size',
            str(side), '--work-dir', str(out / folder)], [out / folder / 'probe.json'], out))
    return Unit(f'{part}/{row}-seed{seed}', [*before, *stages])


def _tuned(out: Path, data: Path, images: dict[str, int], name: str, labels: str) -> Unit:
    tuning = TUNINGS[name]
    before = [stage for row in tuning.starts for seed in range(SEEDS)
              for stage in training(out, tuning.part, row, seed, images[tuning.part])]
    starts = [word for row in tuning.starts
              for word in ('--from', f'{out / tuning.part / row}/seed{{seed}}')]
    folder = f'{name}/labels-{labels}'
    return Unit(folder, [*before, _stage(folder, [
        'finetune', '--data', word(tuning.data, data), '--model', tuning.model, *starts, '--from',
        'random', '--labels', labels, '--seeds', str(SEEDS), *tuning.options, '--work-dir',
        str(out / folder)], [out / folder / 'finetune.json'], out)])


def _stage(name: str, words: Sequence[str], outputs: Sequence[Path], out: Path) -> Stage:
    key = stage_key([each.replace(str(out), '') for each in words])  # a folder may be moved
    return Stage(name, name, (sys.executable, '-m', 'oadp_mm', *words), 0, key, env=ENV,
                 outputs=tuple(outputs))


def shown(stage: Stage, out: Path, data: Path) -> str:
    """The command as one types it in the folder of the project."""
    typed = shlex.join(stage.command[3:])
    for folder, name in ((out, 'work_dirs/evidence'), (data, '../shared/data')):
        typed = typed.replace(str(folder), name)
    return 'oadp-mm ' + typed

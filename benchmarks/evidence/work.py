"""The commands of the protocol, each a stage that is kept, resumed or begun."""
from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.evidence.protocol import BATCH, ORDER, PARTS, ROWS, SEEDS, STEPS, TUNINGS
from oadp_mm.stages.stage import Stage, stage_key

#: A command beside others: a core each.
ENV = {'OMP_NUM_THREADS': '1'}
#: The row whose probe has the untrained network of its seed beside it, and which is ORL's stage 1.
FIRST = 'byol'


class Given(NamedTuple):
    """What a part stands on, see `provided`.

    Args:
        images: how many are pretrained on.
        min_side: of ORL's boxes, in pixels.
    """

    images: int
    min_side: int

    @property
    def epochs(self) -> int:
        """As few as make the last number of steps."""
        return -(-STEPS[-1] // (self.images // BATCH))


class Unit(NamedTuple):
    """A figure's worth of work.

    Args:
        name: of its file in `docs/evidence`, without the ending.
        stages: in order; some are shared with other units.
    """

    name: str
    stages: Sequence[Stage]


class Work:
    """All that may be asked for.

    Args:
        out: absolute folder of the work.
        data: folder of the labelled data.
        given: by part.
    """

    def __init__(self, out: Path, data: Path, given: Mapping[str, Given]) -> None:
        self.out, self.data, self.given = out, data, given

    def units(self, wanted: Sequence[str]) -> list[Unit]:
        """What parts and fine-tunings ask for, what is worth most first."""
        made = []
        for name, chosen in ORDER:
            if name in TUNINGS and name in wanted:
                made += [self._tuned(name, labels) for labels in chosen]
            elif name in wanted:
                made += [self._probed(name, row, seed) for seed in range(SEEDS) for row in chosen]
        return made

    def word(self, data: str) -> str:
        """What a command takes for `--data`."""
        return data if data == 'nuclei' else str(self.data / data)

    def weights(self, part: str, row: str, seed: int) -> list[Path]:
        """The files of a training, one for each of `STEPS`."""
        folder = self.out / part / row / f'seed{seed}'
        return [*(folder / f'step_{step}.pth' for step in STEPS[:-1]),
                folder / f'epoch_{self.given[part].epochs}.pth']

    def untrained(self, part: str, seed: int) -> Path:
        """What all trainings with this seed start from."""
        return self.out / part / f'starts/random-seed{seed}.pth'

    def training(self, part: str, row: str, seed: int) -> list[Stage]:
        """The stages of a pretraining, those of what it needs first."""
        before, options = [], list(ROWS[row])
        if row in ('soco', 'orl'):
            before += [self._images(part, 'proposals', f'{part}/proposals')]
        if row == 'soco':
            options += ['--proposals', str(before[-1].outputs[0])]
        if row == 'orl':
            before += self._correspondences(part, seed, before[-1].outputs[0])
            options += ['--correspondences', str(before[-1].outputs[0])]
        name, file = f'{part}/{row}/seed{seed}', self.weights(part, row, seed)[-1]
        return [*before, self._stage(name, [
            'pretrain', str(self.out / part / 'images'), *PARTS[part].network, '--batch', BATCH,
            '--epochs', self.given[part].epochs, '--seed', seed, '--init',
            self.untrained(part, seed), '--amp', '--keep-steps', *STEPS[:-1], *options,
            '--workers', 1, '--work-dir', file.parent], file)]

    def _correspondences(self, part: str, seed: int, proposals: Path) -> list[Stage]:
        first = self.training(part, FIRST, seed)
        side = PARTS[part].network[-1]
        common = '--from', self.weights(part, FIRST, seed)[-1], '--size', side
        near = self._images(part, 'neighbours', f'{part}/orl/neighbours-seed{seed}', *common)
        return [*first, near, self._images(
            part, 'correspondences', f'{part}/orl/correspondences-seed{seed}', *common,
            '--neighbours', near.outputs[0], '--proposals', proposals, '--min-side',
            self.given[part].min_side)]

    def _images(self, part: str, command: str, name: str, *options: object) -> Stage:
        """A command that makes a file of the images."""
        file = self.out / name / f'{command}.npz'
        return self._stage(
            name, [command, self.out / part / 'images', *options, '--out', file], file)

    def _probed(self, part: str, row: str, seed: int) -> Unit:
        stages = self.training(part, row, seed)
        # `random` of an architecture and seed is always the same, and that of `untrained`.
        files = [*self.weights(part, row, seed), *[f'random:{seed}'] * (row == FIRST)]
        for data, (families, side) in PARTS[part].probes.items():
            name = f'{part}/{row}/probe-{data}-seed{seed}'
            stages.append(self._stage(name, [
                'probe', *files, '--data', self.word(data), '--families', families, '--size',
                side, '--work-dir', self.out / name], self.out / name / 'probe.json'))
        return Unit(f'{part}/{row}-seed{seed}', stages)

    def _tuned(self, name: str, labels: str) -> Unit:
        tuning, folder = TUNINGS[name], f'{name}/labels-{labels}'
        before = [stage for row in tuning.starts for seed in range(SEEDS)
                  for stage in self.training(tuning.part, row, seed)]
        starts = [self.out / tuning.part / row / 'seed{seed}' for row in tuning.starts]
        words = [word for start in (*starts, 'random') for word in ('--from', start)]
        return Unit(folder, [*before, self._stage(folder, [
            'finetune', '--data', self.word(tuning.data), '--model', tuning.model, *words,
            '--labels', labels, '--seeds', SEEDS, *tuning.options, '--work-dir',
            self.out / folder], self.out / folder / 'finetune.json')])

    def _stage(self, name: str, words: Sequence[object], output: Path) -> Stage:
        typed = list(map(str, words))
        # Where it lies changes nothing: a folder may be moved.
        key = stage_key([word.replace(str(self.out), '') for word in typed])
        return Stage(name, name, (sys.executable, '-m', 'oadp_mm', *typed), 0, key, env=ENV,
                     outputs=(output,))

    def shown(self, stage: Stage) -> str:
        """The command as one types it in the folder of the project."""
        typed = shlex.join(stage.command[3:])
        for folder, name in ((self.out, 'work_dirs/evidence'), (self.data, '../shared/data')):
            typed = typed.replace(str(folder), name)
        return 'oadp-mm ' + typed

"""What a training wrote down: losses over its iterations and the metrics of its validations."""
from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class TrainingLog:
    """The rows mmengine's logger wrote, in order of their steps.

    Args:
        train: rows with `step`, `lr` and the losses, each a mean over the logging window.
        measured: rows of validations, with `step` and figures as the metric names them
            (`coco/bbox_mAP`, `mIoU`), and of probes (`probe/dense/linear`).
    """

    train: Sequence[dict]
    measured: Sequence[dict] = ()

    @property
    def metrics(self) -> dict[str, float]:
        """The figures of the last validation or probe."""
        return {name: value for row in self.measured[-1:] for name, value in row.items()
                if name != 'step'}

    def names(self, start: str) -> list[str]:
        """Names of all that was logged and begins so."""
        names = dict.fromkeys(name for row in (*self.train, *self.measured) for name in row)
        return [name for name in names if name.startswith(start)]

    def losses(self) -> list[str]:
        """Names of the logged losses, `loss` (their sum) included."""
        names = dict.fromkeys(name for row in self.train for name in row)
        return [name for name in names if 'loss' in name]

    def curve(self, name: str) -> list[tuple[float, float]]:
        """(step, value) points of one logged value."""
        points = {row['step']: row[name] for row in (*self.train, *self.measured) if name in row}
        return sorted(points.items())


def read_training_log(work_dir: Path) -> TrainingLog:
    """Read the logs of all attempts of a training; a resumed one overwrites what it redid.

    Args:
        work_dir: the folder given to the training, with `<time>/vis_data/scalars.json` inside.

    Raises:
        FileNotFoundError: if there is none.
    """
    paths = sorted(Path(work_dir).glob('*/vis_data/scalars.json'))
    if not paths:
        raise FileNotFoundError(
            f'no vis_data/scalars.json below {work_dir}: give the work_dir of a training whose '
            'visualizer has a LocalVisBackend'
        )
    train: list[dict] = []
    measured: list[dict] = []
    for path in paths:
        for row in _rows(path):
            if 'lr' not in row:
                measured.append(row)
                continue
            while train and train[-1]['step'] >= row['step']:  # redone
                train.pop()
            train.append(row)
    return TrainingLog(train, measured)


def find_training_log(work_dir: Path) -> TrainingLog:
    """The same; empty where nothing was logged yet."""
    try:
        return read_training_log(work_dir)
    except FileNotFoundError:
        return TrainingLog([])


def read_warnings(work_dir: Path) -> list[str]:
    """What the logs of all attempts of a training warn of, each sentence once, the first first.

    What mmengine's message hub says of its own keys when a training goes on is left out.
    """
    lines = (line for path in sorted(Path(work_dir).glob('*/*.log'))
             for line in path.read_text('utf-8', 'replace').splitlines())
    warned = (line.split(' - WARNING - ', 1)[1] for line in lines if ' - WARNING - ' in line)
    return list(dict.fromkeys(line for line in warned if 'resumed key: ' not in line))


def _rows(path: Path) -> Iterator[dict]:
    for line in path.read_text().splitlines():
        with contextlib.suppress(json.JSONDecodeError):  # the last one of a killed training is torn
            yield json.loads(line)

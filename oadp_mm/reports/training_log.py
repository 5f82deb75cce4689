"""What a training wrote down: losses over its iterations and the metrics of its validations."""
from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class TrainingLog:
    """The rows mmengine's logger wrote, in order of their steps.

    Args:
        train: rows with `step`, `lr` and the losses, each a mean over the logging window.
        metrics: the last validation's figures, as named by the metric (`coco/bbox_mAP`, `mIoU`).
    """

    train: Sequence[dict]
    metrics: dict[str, float]

    def losses(self) -> list[str]:
        """Names of the logged losses, `loss` (their sum) included."""
        names = dict.fromkeys(name for row in self.train for name in row)
        return [name for name in names if 'loss' in name]

    def curve(self, name: str) -> list[tuple[float, float]]:
        """(step, value) points of one logged value."""
        return [(row['step'], row[name]) for row in self.train if name in row]


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
    train: dict[int, dict] = {}
    metrics: dict[str, float] = {}
    for path in paths:
        for line in path.read_text().splitlines():
            row = json.loads(line)
            if 'lr' in row:
                redone = [step for step in train if step >= row['step']]
                for step in redone:
                    del train[step]
                train[row['step']] = row
            else:
                metrics = {name: value for name, value in row.items() if name != 'step'}
    return TrainingLog(list(train.values()), metrics)

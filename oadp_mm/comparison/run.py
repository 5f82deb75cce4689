"""One run of `oadp-mm compare`, in a process of its own: pretrain a method, then probe it.

    python -m oadp_mm.comparison.run JOB [--resume]

JOB is a `plan.Job` as JSON. The run leaves `training.json` and `result.json` in its folder.
"""
from __future__ import annotations

import json
import resource
import sys
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from statistics import median

import torch
from mmengine.config import Config
from mmengine.device import get_device
from mmengine.model import BaseDataPreprocessor

from oadp_mm.comparison.figures import VOTERS, Outcome
from oadp_mm.comparison.plan import RESULT, Job
from oadp_mm.engine.build_runner import build_runner
from oadp_mm.files.checkpoint import CheckpointError
from oadp_mm.files.run_folder import newest_checkpoint
from oadp_mm.files.whole_file import write_text
from oadp_mm.layers.norm_statistics import has_norm_statistics
from oadp_mm.ops.neighbours import knn_accuracies
from oadp_mm.probes.backbones import (
    build_preprocessor,
    normalised,
    pretrained_backbone,
    random_backbone,
)
from oadp_mm.probes.classifiers import linear_accuracy
from oadp_mm.probes.clean_statistics import STATISTICS, use_clean_statistics
from oadp_mm.probes.data import evenly
from oadp_mm.probes.features import pooled_features
from oadp_mm.probes.labelled_images import LabelledImages, read_labelled_images
from oadp_mm.reports.training_log import read_training_log

LIST = 'images.txt'


def main(job: Job, resume: bool) -> None:
    """Do what the job says and write `result.json`.

    `resume` goes on from the newest checkpoint that can be read, and starts anew if none can.
    """
    folder, config = Path(job.folder), Config.fromfile(job.config)
    images = read_labelled_images(job.data, job.label_column)
    if job.epochs:
        record, last = folder / 'training.json', folder / f'epoch_{job.epochs}.pth'
        newest = newest_readable(folder) if resume else None
        if newest != last or not record.exists():
            write_text(record, json.dumps(pretrain(config, job, images, newest)))
        cost = json.loads(record.read_text())
        backbone = pretrained_backbone(config.model.backbone, last)
    else:
        cost, backbone = {}, random_backbone(config.model.backbone, job.seed)
    preprocessor = build_preprocessor(config.model.data_preprocessor)
    device = get_device()
    knn, linear = probe(backbone.to(device), preprocessor.to(device), images, job.size)
    outcome = Outcome(knn, linear, **cost)
    write_text(folder / RESULT, json.dumps(asdict(outcome), indent=1) + '\n')


def newest_readable(folder: Path) -> Path | None:
    """The newest checkpoint of a run that can be read, None if none can."""
    try:
        return newest_checkpoint(folder).path
    except CheckpointError as error:
        print(f'{error}: the training starts anew')
        return None


def pretrain(config: Config, job: Job, images: LabelledImages, newest: Path | None) -> dict:
    """Run the method's pretraining, from a checkpoint on; the figures of its cost, by their names
    in `Outcome`."""
    write_text(Path(job.folder) / LIST, '\n'.join(images.train.paths) + '\n')
    config.merge_from_dict(overrides(config, job, images.root))
    config.resume, config.load_from = newest is not None, newest and str(newest)
    runner = build_runner(config)
    runner.train()
    # The first step also starts the data workers and fills the caches.
    seconds, waiting = (runner.message_hub.get_scalar(f'train/{name}').data[0][1:]
                        for name in ('time', 'data_time'))
    return {'seconds_per_step': float(median(seconds)), 'seconds_waiting': float(median(waiting)),
            'peak_memory_mb': _peak_memory_mb(job.folder), 'steps': runner.iter}


def overrides(config: Mapping, job: Job, root: Path) -> dict:
    """What all methods share. Of a config's data only the augmentation stays."""
    images = dict(type='oadp_mm.ImageFolder', data_root=str(root.resolve()),
                  list_file=str(Path(job.folder) / LIST))
    return {
        'work_dir': job.folder,
        'launcher': 'none',
        'randomness': dict(seed=job.seed),
        'train_dataloader': dict(
            _delete_=True, batch_size=job.batch, num_workers=job.workers,
            persistent_workers=job.workers > 0, pin_memory=torch.cuda.is_available(),
            worker_init_fn=dict(type='oadp_mm.seed_worker'),
            sampler=dict(type='DefaultSampler', shuffle=True),
            batch_sampler=dict(type='oadp_mm.FullBatchSampler'),
            collate_fn=dict(type='default_collate'),
            dataset=with_images(config['train_dataloader']['dataset'], images)),
        'default_hooks': dict(
            timer=dict(type='IterTimerHook'), logger=dict(type='LoggerHook', interval=5),
            checkpoint=dict(type='oadp_mm.CheckpointHook', interval=1, max_keep_ckpts=1)),
        **{f'{phase}_{part}': None for phase in ('val', 'test')
           for part in ('cfg', 'dataloader', 'evaluator')},
    }


def with_images(dataset: Mapping, images: Mapping) -> dict:
    """A data set's config with other images below the same wrappers and the same pipeline."""
    if 'dataset' in dataset:
        return {**dataset, 'dataset': with_images(dataset['dataset'], images)}
    return {**images, 'pipeline': dataset.get('pipeline', [dict(type='oadp_mm.LoadImage')])}


def probe(backbone: torch.nn.Module, preprocessor: BaseDataPreprocessor, images: LabelledImages,
          size: int) -> tuple[float, float]:
    """k-NN and linear accuracy of the frozen backbone, in per cent.

    Its batch norms get the statistics of train images without augmentation, as the probes of
    `oadp-mm probe` do: those of a training's views may be far from what these images need.
    """
    splits = images.train, images.test
    paths = [images.root / path for split in splits for path in split.paths]
    if has_norm_statistics(backbone):
        use_clean_statistics(backbone, partial(normalised, preprocessor),
                             [paths[i] for i in evenly(len(images.train.paths), STATISTICS)], size)
    features = pooled_features(backbone, preprocessor, paths, size, lambda done: print(
        f'Iter(test) [{done}/{len(paths)}]', flush=True))  # a line that the display understands
    train, test = features[:len(images.train.paths)], features[len(images.train.paths):]
    place = {name: number for number, name in enumerate(sorted(set(images.train.labels)))}
    labels, truth = (torch.tensor([place[name] for name in split.labels]) for split in splits)
    (share,) = knn_accuracies(torch.from_numpy(test), truth, torch.from_numpy(train), labels,
                              neighbours=(VOTERS,)).values()
    knn = 100 * share
    linear = linear_accuracy(train, labels.tolist(), test, truth.tolist())
    print(f'k-NN {knn:.1f} %, linear {linear:.1f} %')
    return knn, linear


def _peak_memory_mb(folder: str) -> float:
    if torch.cuda.is_available():  # mmengine resets the device's own count at each line it logs
        return float(max(row['memory'] for row in read_training_log(Path(folder)).train))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == 'darwin' else 1 << 10)


if __name__ == '__main__':
    main(Job(**json.loads(sys.argv[1])), '--resume' in sys.argv[2:])

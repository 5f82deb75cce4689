"""Folders as trainings, probes and fine-tunings leave them, with figures made up here."""
from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from mmengine.config import Config

from oadp_mm.datasets.nuclei import nuclei
from oadp_mm.datasets.scenes.scene_files import write_scene_files

PRETRAINING = dict(
    default_scope='mmpretrain',
    model=dict(type='oadp_mm.OADP', backbone=dict(type='ResNet', depth=18, base_channels=16),
               selector=dict(grid=7)),
    train_dataloader=dict(batch_size=16, dataset=dict(
        type='oadp_mm.MultiViewDataset',
        dataset=dict(type='oadp_mm.Nuclei', pipeline=[dict(type='oadp_mm.LoadImage')]),
        views=dict(crop=dict(type='oadp_mm.RandomResizedWindow', scale=112),
                   changes=[], each=dict(first=dict(), second=dict())))),
    optim_wrapper=dict(optimizer=dict(type='SGD', lr=.05)),
    randomness=dict(seed=3), train_cfg=dict(max_epochs=6))
HEALTH = ('effective_rank', 'cell_effective_rank', 'deviation', 'mean_cosine')


def write_training(folder: Path, config: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], *,
                   epoch: int = 0, log: str = '') -> Path:
    """A work_dir with what mmengine writes, and the checkpoint of an epoch if it is not 0."""
    attempt = folder / '20260101_000000'
    (attempt / 'vis_data').mkdir(parents=True)
    Config(dict(config)).dump(attempt / 'vis_data/config.py')
    if rows:
        (attempt / 'vis_data/scalars.json').write_text(
            ''.join(json.dumps(row) + '\n' for row in rows))
    (attempt / '20260101_000000.log').write_text(log)
    if epoch:
        (folder / f'epoch_{epoch}.pth').write_bytes(b'')
    return folder


def write_pretraining(folder: Path, *, epoch: int = 6, log: str = '', **changes: Any) -> Path:
    """Losses from 4 to 1, an effective rank from 12 to 9."""
    rows = [{'lr': .1, 'loss': 4. - step / 10, 'loss_global': 2. - step / 20, 'step': step,
             **{f'health/{name}': 12. - step / 10 for name in HEALTH}} for step in (10, 20, 30)]
    return write_training(folder, {**PRETRAINING, **changes}, rows, epoch=epoch, log=log)


def write_probe(folder: Path, values: Mapping[str, Sequence[float]]) -> Path:
    """Figures of which more is better, by backbone; of `random` those of the untrained network."""
    content = {
        'kind': 'probe', 'command': 'oadp-mm probe a random --data nuclei', 'data': 'nuclei',
        'train': 8, 'test': 4, 'notes': [], 'probed': [
            {'name': name, 'origin': {'seed': '0'} if name == 'random' else {'file': 'x.pth'},
             'figures': {'region': [
                 {'name': f'figure {number}', 'value': value, 'unit': '%', 'better': 'more',
                  'detail': False, 'table': ''} for number, value in enumerate(each)]},
             'failed': {}} for name, each in values.items()]}
    folder.mkdir(parents=True)
    (folder / 'probe.json').write_text(json.dumps(content))
    return folder


def write_finetuning(folder: Path, seeds: Sequence[int] = (0, 1), images: int = 4) -> Path:
    """Mask R-CNN and FCN from `runs/a` and from `random`, on a few of the nuclei: what `runs/a`
    predicts is the truth."""
    data = folder / 'data'
    write_scene_files(data, {split: (images, partial(nuclei.scene, split))
                             for split in nuclei.SPLITS},
                      classes=nuclei.CLASSES, parameters={}, border=True)
    truth = json.loads((data / 'annotations/instances_test.json').read_text())
    results = [{**one, 'score': .9 - number / 1e4}
               for number, one in enumerate(truth['annotations'])]
    dataset, classes = dict(data_root=f'{data}/'), ['none', 'nucleus', 'border']
    tests = {
        'mask-rcnn': dict(dataset, ann_file='annotations/instances_test.json',
                          data_prefix=dict(img='test/images/')),
        'fcn': dict(dataset, img_suffix='.png', metainfo=dict(classes=classes),
                    data_prefix=dict(img_path='test/images', seg_map_path='test/masks'))}
    metrics = {'mask-rcnn': ['box AP', 'mask AP'], 'fcn': ['mIoU']}
    runs = []
    for model, test in tests.items():
        for seed in seeds:
            for start, value in (('runs/a', 30.), ('random', 20. + seed)):
                run = folder / f'{model}/labels-16/seed{seed}/{Path(start).name}'
                write_training(run, dict(test_dataloader=dict(dataset=test)), [
                    {'lr': .1, 'loss': value / step, 'step': step} for step in (5, 10, 15)])
                kept = results if start == 'runs/a' else results[::2]
                if model == 'fcn':
                    shutil.copytree(data / 'test/masks', run / 'predictions')
                else:
                    (run / 'predictions.segm.json').write_text(json.dumps(kept))
                runs.append({'model': model, 'start': start, 'labels': 16, 'seed': seed,
                             'folder': str(run.relative_to(folder)), 'seconds': 60.,
                             'metrics': dict.fromkeys(metrics[model], value)})
    write_finetune_json(folder, runs, metrics)
    return folder


def write_finetune_json(folder: Path, runs: Sequence[Mapping[str, Any]],
                        metrics: Mapping[str, Sequence[str]]) -> None:
    """What `oadp-mm finetune` would write of these runs: differences are 30 - (20 + seed)."""
    of_start = [{run['seed'] for run in runs if run['start'] == start}
                for start in ('runs/a', 'random')]
    seeds = sorted(of_start[0] & of_start[1])
    per_seed = {str(seed): 10. - seed for seed in seeds}
    (folder / 'finetune.json').write_text(json.dumps({
        'kind': 'finetune', 'command': 'oadp-mm finetune --data nuclei --from runs/a,random',
        'data': {'name': 'nuclei', 'train': 16, 'test': 4, 'classes': ['nucleus']},
        'starts': ['runs/a', 'random'],
        'models': {model: {'host': 'mmdet', 'config': 'x.py', 'steps': {'16': 15}, 'batch': 4,
                           'metrics': names} for model, names in metrics.items()},
        'runs': list(runs),
        'comparisons': [{
            'model': model, 'metric': metric, 'labels': 16, 'start': 'runs/a',
            'baseline': 'random', 'per_seed': per_seed,
            'difference': sum(per_seed.values()) / len(seeds),
            'interval': [3.1, 15.9] if len(seeds) > 1 else None,
            'verdict': 'helps' if len(seeds) > 1 else 'one seed: no verdict'}
            for model, names in metrics.items() for metric in names] if seeds else []}))

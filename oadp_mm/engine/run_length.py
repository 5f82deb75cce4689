"""What schedules count in: a resumed run has to count as the one that it goes on with."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mmengine.runner import EpochBasedTrainLoop, Runner
from torch.utils.data import DataLoader

from oadp_mm.engine.bare_model import bare_model
from oadp_mm.files.config_text import read_assignment


def accumulated_batches(runner: Runner) -> int:
    """Batches whose gradients make one step of the optimizer."""
    return getattr(runner.optim_wrapper, '_accumulative_counts', 1)


def images_a_step(runner: Runner) -> int:
    """Images of one step of the optimizer, all processes together."""
    loader: Any = runner._train_dataloader
    batch = (getattr(loader.batch_sampler, 'batch_size', 1) if isinstance(loader, DataLoader)
             else loader['batch_size'])
    return batch * runner.world_size * accumulated_batches(runner)


def run_length(runner: Runner) -> dict[str, int]:
    """The counts that a training's schedules rest on, by what a message calls them.

    The whole length is one of them where something moves by progress, the model's `after_step`;
    elsewhere a run may be made longer.
    """
    lengths = {'images': len(runner.train_dataloader.dataset),
               'images an optimizer step': images_a_step(runner)}
    if isinstance(runner.train_loop, EpochBasedTrainLoop):
        lengths['iterations an epoch'] = len(runner.train_dataloader)
    if hasattr(bare_model(runner), 'after_step'):
        lengths['iterations in all'] = runner.max_iters
    return lengths


def saved_length(meta: Mapping[str, Any]) -> dict[str, int]:
    """The counts of the run that wrote a checkpoint, as far as its metadata tell them."""
    if isinstance(meta.get('run_length'), dict):
        return meta['run_length']
    lengths = {}
    epochs, iterations = meta.get('epoch', 0), meta.get('iter', 0)
    if epochs and not iterations % epochs:  # mmengine's own, at the end of an epoch
        lengths['iterations an epoch'] = iterations // epochs
    text = meta.get('cfg')
    told = {name: read_assignment(text, name) if isinstance(text, str) else None
            for name in ('train_dataloader', 'optim_wrapper', 'launcher')}
    batch = (told['train_dataloader'] or {}).get('batch_size')
    if type(batch) is int and told['launcher'] in (None, 'none'):
        lengths['images an optimizer step'] = batch * (
            (told['optim_wrapper'] or {}).get('accumulative_counts') or 1)
    return lengths


def check_same_length(before: Mapping[str, int], now: Mapping[str, int]) -> None:
    """Raise ValueError if a resumed run would count otherwise than before.

    Another number of images that makes as many iterations disturbs no schedule.
    """
    changed = [name for name in now if name in before and before[name] != now[name]]
    if changed and changed != ['images']:
        told = ', '.join(f'{before[name]} {name} then and {now[name]} now' for name in changed)
        raise ValueError(
            f'the resumed run counts otherwise than the one that it goes on with ({told}), so that '
            'learning rate, EMA and crops would not meet: restore what it had, or begin anew from '
            'its weights in another --work-dir, by --cfg-options load_from=CHECKPOINT')

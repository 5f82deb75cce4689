"""Whether a run can go on from a checkpoint: it has to be one of this very training."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mmengine.runner import Runner
from torch import nn

from oadp_mm.files.checkpoint import CheckpointError
from oadp_mm.files.tensor_kinds import check_state
from oadp_mm.files.whole_module import listing


def check_resumable(runner: Runner, model: nn.Module, checkpoint: Mapping[str, Any]) -> None:
    """Raise CheckpointError unless all that a training goes on with is there and fits.

    mmengine loads what has the same name and keeps random values for the rest, and fails at what it
    misses beside the weights in words of its own. Another learning rate in the config than in the
    checkpoint is a warning, since the checkpoint's counts.
    """
    parts = ['state_dict', 'optimizer', 'message_hub', 'meta',
             *(['param_schedulers'] if runner.param_schedulers else [])]
    lacking = [name for name in parts if not checkpoint.get(name)]
    meta = checkpoint.get('meta') or {}
    lacking += [f'meta.{name}' for name in ('epoch', 'iter') if type(meta.get(name)) is not int]
    if lacking:
        raise _unfit(runner, f'lacks {", ".join(lacking)}')
    check_state(str(runner._load_from), checkpoint['state_dict'], model)
    try:
        found = model.load_state_dict(dict(checkpoint['state_dict']), strict=False)
    except (RuntimeError, TypeError) as error:
        raise _unfit(runner, f'holds another network ({str(error).splitlines()[-1].strip()})'
                     ) from error
    if found.missing_keys or found.unexpected_keys:
        raise _unfit(runner, 'holds another network (it lacks '
                     f'{listing(found.missing_keys) or "nothing"}, and has '
                     f'{listing(found.unexpected_keys) or "nothing"} beside)')
    optimizer = getattr(runner.optim_wrapper, 'optimizer', None)
    if optimizer is None:  # several optimizers are mmengine's to compare
        return
    groups = checkpoint['optimizer'].get('param_groups', [])
    sizes = [len(group['params']) for group in optimizer.param_groups]
    if [len(group['params']) for group in groups] != sizes:
        raise _unfit(runner, 'holds an optimizer of other parameters')
    before, now = ({group.get('initial_lr', group['lr']) for group in each}
                   for each in (groups, optimizer.param_groups))
    if before != now:
        runner.logger.warning(f'the run goes on with the learning rate of its checkpoint '
                              f'({_rates(before)}), not with that of the config ({_rates(now)})')


def _unfit(runner: Runner, why: str) -> CheckpointError:
    return CheckpointError(
        f'{runner._load_from} {why}, so that no training can go on from it: remove it if it does '
        'not belong there, or give its weights to another training, in another --work-dir, by '
        '--cfg-options load_from=CHECKPOINT')


def _rates(rates: set[float]) -> str:
    return ', '.join(f'{rate:g}' for rate in sorted(rates))

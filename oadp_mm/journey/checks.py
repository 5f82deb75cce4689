"""What cannot be trained is told before a training begins, in a sentence with what to type."""
from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import torch
from mmengine.registry import MODELS, init_default_scope

from oadp_mm.datasets.proposals.finished import other_images
from oadp_mm.engine.arithmetic import has_bfloat16
from oadp_mm.files.correspondence_file import read_correspondences
from oadp_mm.files.proposal_file import read_index
from oadp_mm.files.shown import shown
from oadp_mm.journey.asked import Asked
from oadp_mm.journey.backbone import stride
from oadp_mm.journey.images import Images, look_at
from oadp_mm.journey.memory import check_memory
from oadp_mm.journey.methods import WITH_CORRESPONDENCES, WITH_PROPOSALS
from oadp_mm.journey.pretraining import Pretraining, plan_pretraining
from oadp_mm.journey.proposals import images_of

#: Cells on a side that a method's last map has at least, of those that cut views into cells.
_LEAST_CELLS = {'oadp': 3, 'regioncl': 2}
#: SoCo's smallest view is half as large, and its finest map, of stride 4, fills RoIAlign's 7 bins.
_LEAST_SIDE = {'soco': 2 * 4 * 7}


def check_machine(asked: Asked) -> None:
    """Refuse GPUs that are not there, and mixed precision where nothing gains by it.

    Raises:
        ValueError: see above; without CUDA any number of processes may train.
    """
    devices = torch.cuda.device_count()
    if 0 < devices < asked.gpus:
        raise ValueError(f'--gpus {asked.gpus} are more than the {devices} of this machine: type '
                         f'--gpus {devices}')
    if asked.amp and not devices and not has_bfloat16('cpu'):
        raise ValueError('--amp trains in mixed precision on a GPU, of which there is none here, '
                         'or on a CPU that multiplies bfloat16 itself, which this one does not: '
                         'leave it out')


def check_texts(asked: Asked, work_dir: str) -> None:
    """Refuse names that a config's text cannot carry.

    Raises:
        ValueError: bytes that are no UTF-8.
    """
    for path in (asked.folder, asked.init, work_dir):
        if shown(path) != path:
            raise ValueError(f'{shown(path)} is no UTF-8, so that no config can name it: rename '
                             'it, or link to it by another name')


def check_batch(asked: Asked, images: int) -> None:
    """Refuse a batch that an epoch does not hold.

    Raises:
        ValueError: fewer images than a batch of each process, or a batch of one, whose batch norm
            is undefined.
    """
    if asked.batch < 2:
        raise ValueError('batch norm of one image is undefined: type --batch 2 or more')
    share = -(-images // asked.gpus)
    if share < asked.batch:
        each = f', {share} for each of {asked.gpus} GPUs' * (asked.gpus > 1)
        advice = f'type --batch {1 << share.bit_length() - 1}' if share > 1 else 'add images'
        raise ValueError(f'{shown(asked.folder)} has {images} images{each}, fewer than --batch '
                         f'{asked.batch}: {advice}')


def check_queue(asked: Asked, model: Any) -> None:
    """Refuse a queue of mmpretrain's that its keys do not fill in whole iterations.

    Raises:
        ValueError: the rule's queue is one, so it was set by hand.
    """
    length, keys = model.get('queue_len', 0), asked.batch * asked.gpus
    if length % keys:
        raise ValueError(f'a queue of {length} keys is filled by {keys} an iteration, which do not '
                         f'divide it, as mmpretrain demands: leave model.queue_len out of '
                         f'--cfg-options, or make it {max(1, length // keys) * keys}')


def check_boxes(asked: Asked) -> None:
    """Refuse files of boxes that are not there, or that the method does not use.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is another kind of file, the method learns from none, or it needs one; or
            correspondences are of other images, among which all neighbours have to be.
    """
    if asked.proposals:
        _check_use('proposals', asked, WITH_PROPOSALS)
        read_index(Path(asked.proposals))
    if asked.correspondences:
        _check_use('correspondences', asked, WITH_CORRESPONDENCES)
        file = Path(asked.correspondences)
        if reason := next(other_images(read_correspondences(file), images_of(asked.folder)), None):
            raise ValueError(f'{shown(file)} was made {reason}: type oadp-mm orl '
                             f'{shown(asked.folder)}, which makes one of these')
    elif asked.method in WITH_CORRESPONDENCES:
        raise ValueError(f'{asked.method} learns from correspondences of regions, and '
                         '--correspondences names no file: type oadp-mm orl '
                         f'{shown(asked.folder)}, which makes them and trains all stages')


def _check_use(name: str, asked: Asked, methods: Collection[str]) -> None:
    if asked.method not in methods:
        raise ValueError(f'{asked.method} learns from no {name}: leave --{name} out, or type '
                         f'--method {" or ".join(sorted(methods))}')


def check_size(asked: Asked, model: Any) -> None:
    """Refuse views that the method cannot cut into cells.

    Args:
        asked: what was asked for.
        model: its config, whose selector may have been told a grid or k.

    Raises:
        ValueError: a size that is no grid; what the selector says of its own settings.
    """
    if asked.size < (least := _LEAST_SIDE.get(asked.method, 0)):
        raise ValueError(f'views of {asked.size} px are too small for {asked.method}, which pools '
                         f'boxes from one of half the side: type --size {least} or more')
    cells = _LEAST_CELLS.get(asked.method.partition('-')[0], 1)
    cell, selector = stride(asked), model.get('selector', {})
    fits = asked.size % cell == 0 or cells == 1
    if selector.get('grid') is None and not (fits and asked.size >= cells * cell):
        below = max(asked.size // cell, cells) * cell
        ways = [below] if asked.size < below else [below, below + cell]
        raise ValueError(
            f'views of {asked.size} px are no grid of {cells}x{cells} or more cells of {cell} px, '
            f'as {asked.method} cuts them: type {" or ".join(f"--size {way}" for way in ways)}'
            + (', or --last-stride 1 for cells of half the side' if asked.last_stride > 1 else ''))
    if selector:
        MODELS.build(selector).layout(asked.size, asked.size)


def checked_plan(asked: Asked, work_dir: str, options: Mapping[str, Any], workers: int,
                 ) -> tuple[Images, Pretraining, str]:
    """All checks but that of boxes, and what passed them.

    Args:
        asked: what was asked for.
        work_dir: of the training.
        options: settings to override.
        workers: processes that load images, for each one that trains.

    Returns:
        The images, the plan, and the memory that it takes, as a clause.

    Raises:
        ValueError: see the checks.
        FileNotFoundError: see `look_at`.
    """
    check_texts(asked, work_dir)
    check_machine(asked)
    init_default_scope('mmpretrain')  # where names of the host's parts are looked up
    images = look_at(asked.folder)
    check_batch(asked, images.number)
    planned = plan_pretraining(asked, images.number, options, workers)
    check_size(asked, planned.config.model)
    check_queue(asked, planned.config.model)
    return images, planned, check_memory(asked, planned)

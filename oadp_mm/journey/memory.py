"""How much memory a training will take, and how much the machine has."""
from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import torch
from mmengine.registry import MODELS
from torch import Tensor

from oadp_mm.journey.asked import Asked
from oadp_mm.journey.pretraining import Pretraining

GIB = 1 << 30
#: Of a process that holds torch, OpenMMLab and the loader's batches.
BASE = 1.0 * GIB
#: Passes of a batch through the online network that keep what the gradient needs; others have two.
PASSES = {'moco': 1, 'densecl': 1, 'scd-moco': 1, 'scd-byol': 1, 'regioncl-s': 4, 'regioncl-m3': 4,
          'soco': 2.25,  # its third view has a quarter of the pixels
          **dict.fromkeys(('orl', 'scd-orl'), 2 + 4 * (96 / 224) ** 2)}  # four patches
#: Of each weight that learns: itself, its gradient, the optimizer's moment.
COPIES = 3
_NUMBER = 4  # bytes of a float32
#: Share of the memory above which a training may not fit: some took 1.4 times of what is counted.
CLOSE = 0.7


def needed(asked: Asked, planned: Pretraining) -> int:
    """Bytes that the training takes on each device, about.

    What dominates, the maps that the backbone keeps for its gradient, is counted and not guessed: a
    network without memory (torch's device `meta`) sees one image. What heads keep is left out, but
    for SoCo's pyramid and trunk of boxes.
    """
    model = MODELS.build(planned.config.model)
    weights = sum(COPIES * each.numel() if each.requires_grad else each.numel()
                  for each in (*model.parameters(), *model.buffers())) * _NUMBER
    passes, network = PASSES.get(asked.method, 2), model.backbone
    if asked.method == 'soco':
        network = torch.nn.Sequential(network, model.neck)
    kept = passes * _kept(network, (3, asked.size, asked.size))
    if asked.method == 'soco':
        boxes = len(model.pairs) * planned.config.train_dataloader.dataset.views.boxes.count
        kept += boxes * _kept(model.box_head, (
            model.neck.out_channels[-1], model.roi_size, model.roi_size))
    return round(BASE + weights + kept * asked.batch * (0.5 if asked.amp else 1))


def checkpoint_bytes(model: torch.nn.Module, moments: int = 1) -> int:
    """Bytes of a checkpoint: all that the model keeps, and what the optimizer does of weights.

    Args:
        model: of the training.
        moments: numbers that the optimizer keeps of each weight that learns: SGD's one, Adam's two.
    """
    state = sum(each.numel() * each.element_size() for each in model.state_dict().values()
                if isinstance(each, Tensor))
    learned = sum(each.numel() * each.element_size() for each in model.parameters()
                  if each.requires_grad)
    return state + moments * learned


def available() -> int:
    """Bytes of the GPU with the least; without any, of the machine or of what we may have of it."""
    if torch.cuda.is_available():
        return min(torch.cuda.get_device_properties(i).total_memory
                   for i in range(torch.cuda.device_count()))
    limits = [os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES')]
    group = Path('/sys/fs/cgroup/memory.max')
    if group.is_file() and (text := group.read_text().strip()).isdecimal():
        limits.append(int(text))
    return min(limits)


def check_memory(asked: Asked, planned: Pretraining) -> str:
    """How much is needed of what there is, as a clause; where it is close, with what to type.

    Raises:
        ValueError: more than twice of what there is.
    """
    need, have = needed(asked, planned), available()
    if not torch.cuda.is_available():
        need *= asked.gpus  # processes share one memory
    text = f'about {need / GIB:.1f} of {have / GIB:.1f} GiB'
    fits = 1 << max(1, int(CLOSE * asked.batch * have / need).bit_length() - 1)
    if need > 2 * have:
        raise ValueError(f'the training would take {text}: type --batch {fits}, or a smaller '
                         '--size or --backbone')
    return text + (f'; it may not fit, --batch {fits} would' if need > CLOSE * have else '')


def _kept(network: torch.nn.Module, shape: Sequence[int]) -> float:
    """Bytes that a forward pass keeps for the gradient of one input, each storage once."""
    network, seen = network.to('meta'), {}
    weights = {each.untyped_storage()._cdata for each in network.parameters()}

    def keep(tensor: Tensor) -> Tensor:
        seen[tensor.untyped_storage()._cdata] = tensor
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        # batch norm takes two
        maps = network(torch.empty(2, *shape, device='meta'))
    del maps
    return sum(tensor.untyped_storage().nbytes() for storage, tensor in seen.items()
               if storage not in weights) / 2

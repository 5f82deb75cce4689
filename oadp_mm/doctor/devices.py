"""Which GPUs there are, and whether torch sees them."""
from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import torch

from oadp_mm.doctor.finding import Finding, counted
from oadp_mm.journey.memory import GIB


class Devices(NamedTuple):
    """The GPUs as torch sees them.

    Args:
        torch: its version.
        cuda: that it was built for, None for none.
        names: of the devices.
        total: bytes of each.
        free: likewise.
        hidden: whether the system has one that torch does not see.
    """

    torch: str
    cuda: str | None
    names: tuple[str, ...] = ()
    total: tuple[int, ...] = ()
    free: tuple[int, ...] = ()
    hidden: bool = False


def see_devices(used: bool = True) -> Devices:
    """Of this process.

    Args:
        used: ask how much of their memory is, which takes some of it for as long as we run.
    """
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    memory = [torch.cuda.mem_get_info(i) if used else
              (torch.cuda.get_device_properties(i).total_memory,) * 2 for i in range(count)]
    return Devices(
        torch.__version__, torch.version.cuda or torch.version.hip,
        tuple(torch.cuda.get_device_name(i) for i in range(count)),
        tuple(total for _, total in memory), tuple(free for free, _ in memory),
        not count and any(Path('/proc/driver/nvidia/gpus').glob('*')))


def device_finding(seen: Devices) -> Finding:
    """Where trainings compute."""
    if not seen.names:
        if not seen.hidden:
            return Finding('ok', 'device', f'no GPU, torch {seen.torch} computes on the CPU: take '
                           'a small network and small views (--backbone resnet18 --size 112)')
        why = ('was built without CUDA' if seen.cuda is None else
               f'for CUDA {seen.cuda} cannot use it')
        return Finding('note', 'device', f'there is a GPU, but torch {seen.torch} {why}: install '
                       "torch for the driver's CUDA (`nvidia-smi` tells it) from "
                       'https://pytorch.org/get-started/locally')
    told = f'{counted(len(seen.names), "GPU")}, {seen.names[0]} of {seen.total[0] / GIB:.0f} GiB'
    held = [i for i, (total, free) in enumerate(zip(seen.total, seen.free, strict=True))
            if free < total / 2]
    if held:
        least = held[0]
        return Finding('note', 'device', f'{told}, of which number {least} has '
                       f'{seen.free[least] / GIB:.1f} GiB free: end what holds it (`nvidia-smi`), '
                       'or choose another by CUDA_VISIBLE_DEVICES')
    return Finding('ok', 'device', f'{told}, torch {seen.torch}')

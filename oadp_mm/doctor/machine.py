"""Whether the machine has what a training takes: cores, memory and disk."""
from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from oadp_mm.doctor.devices import device_finding, see_devices
from oadp_mm.doctor.finding import Finding
from oadp_mm.engine.arithmetic import has_bfloat16
from oadp_mm.files.shown import shown
from oadp_mm.journey.memory import GIB, available

#: Bytes of a batch of two views of 224 px, of 32 images, the default of `oadp-mm pretrain`.
BATCH = 32 * 2 * 3 * 224 ** 2
#: Batches that a data worker holds ready, torch's default, and the one that it makes.
AHEAD = 3
#: Bytes of a checkpoint of OADP's with a ResNet-50, optimizer included.
CHECKPOINT = round(0.75 * GIB)
#: A training keeps two and writes the third before it lets go of the first.
CHECKPOINTS = 3
#: Bytes of a disk with room for several trainings.
PLENTY = 4 * CHECKPOINTS * CHECKPOINT
#: Of memory, below which a training by its side may be ended by the system.
_SCARCE = 2 * GIB
_SHARED = Path('/dev/shm')


def machine_findings(batch: int = BATCH, workers: int | None = None, *, quick: bool = False,
                     ) -> Iterator[Finding]:
    """All but that of the disk, of this machine.

    Args:
        batch: bytes of a batch of views.
        workers: processes that load images; None: of the rule.
        quick: do not ask GPUs how much of their memory is free.
    """
    devices = see_devices(used=not quick)
    cores = os.cpu_count() or 1
    yield device_finding(devices)
    if not devices.names and not devices.hidden and has_bfloat16('cpu'):
        yield Finding('ok', 'bfloat16', 'the CPU multiplies it: --amp makes steps cheaper')
    yield cores_finding(cores, granted_cores())
    yield memory_finding(_memory() if devices.names else available(), free_memory())
    if _SHARED.is_dir():
        count = max(1, min(8, cores - 1)) if workers is None else workers
        yield shared_memory_finding(shutil.disk_usage(_SHARED).free, count * AHEAD * batch)


def cores_finding(cores: int, granted: float) -> Finding:
    """Whether data workers have the cores that they are counted by.

    Args:
        cores: of the machine.
        granted: that this process may use.
    """
    if granted < cores - 0.5:
        workers = max(1, int(granted) - 1)
        return Finding('note', 'cores', f'{granted:g} of {cores} are granted to us: type '
                       f'--workers {workers} and OMP_NUM_THREADS={max(1, int(granted))}, as both '
                       'go by all of them')
    return Finding('ok', 'cores', f'{cores}')


def granted_cores() -> float:
    """Cores that this process may use: of its affinity, and of its group's quota."""
    granted = float(len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity')
                    else os.cpu_count() or 1)
    quota = Path('/sys/fs/cgroup/cpu.max')
    if quota.is_file():
        share, period = quota.read_text().split()
        if share.isdecimal():
            granted = min(granted, int(share) / int(period))
    return granted


def memory_finding(total: int, free: int | None) -> Finding:
    """Whether memory is left.

    Args:
        total: bytes.
        free: likewise, None where the system does not tell.
    """
    if free is None:
        return Finding('ok', 'memory', f'{total / GIB:.0f} GiB')
    free = min(free, total)  # which a container's limit may be
    if free < _SCARCE:
        return Finding('note', 'memory', f'{free / GIB:.1f} of {total / GIB:.0f} GiB are free, '
                       'and a training takes 2 or more: end what holds it (`top -o %MEM`)')
    return Finding('ok', 'memory', f'{free / GIB:.0f} of {total / GIB:.0f} GiB are free')


def shared_memory_finding(free: int, needed: int) -> Finding:
    """Whether batches fit into the memory through which data workers pass them.

    Args:
        free: bytes of /dev/shm.
        needed: bytes of all batches that are on their way.
    """
    if free < needed:
        return Finding('problem', '/dev/shm', f'{free / 2**20:.0f} MiB are free and data workers '
                       f'pass up to {needed / 2**20:.0f} MiB of views through it, which ends in a '
                       'bus error: start the container with --shm-size=8g, or type --workers 0')
    return Finding('ok', '/dev/shm', f'{free / GIB:.1f} GiB are free, batches take '
                   f'{needed / GIB:.1f}')


def free_disk(work_dir: Path) -> tuple[Path, int]:
    """The folder in which a work directory lies or will, and the bytes that are free there."""
    place = next(each for each in (work_dir.absolute(), *work_dir.absolute().parents)
                 if each.is_dir())
    return place, shutil.disk_usage(place).free


def disk_finding(folder: Path, free: int, checkpoint: int) -> Finding:
    """Whether the checkpoints of a training fit.

    Args:
        folder: on the disk.
        free: its bytes.
        checkpoint: bytes of one.
    """
    needed = CHECKPOINTS * checkpoint
    told = f'{free / GIB:.1f} GiB are free in {shown(folder)}'
    if free < needed:
        return Finding('problem', 'disk', f'{told}, and the checkpoints of a training take '
                       f'{needed / GIB:.1f}: make room, or give another --work-dir')
    if free < 4 * needed:
        return Finding('note', 'disk', f'{told}, and the checkpoints of each training take '
                       f'{needed / GIB:.1f}: there is room for {free // needed}')
    return Finding('ok', 'disk', f'{told}, the checkpoints of a training take {needed / GIB:.1f}')


def _memory() -> int:
    return os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES')


def free_memory() -> int | None:
    """Bytes that processes may still have, None where the system does not tell."""
    told = Path('/proc/meminfo')
    if not told.is_file():
        return None
    fields = dict(line.split(':') for line in told.read_text().splitlines())
    return int(fields['MemAvailable'].split()[0]) * 1024

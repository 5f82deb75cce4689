"""Which machine and which versions gave a report's figures."""
from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from oadp_mm.reports.tables import Table

DISTRIBUTIONS = ('oadp-mm', 'torch', 'torchvision', 'onedl-mmengine', 'onedl-mmcv',
                 'onedl-mmpretrain', 'onedl-mmdetection', 'onedl-mmsegmentation', 'mmengine',
                 'mmcv', 'mmpretrain', 'mmdet', 'mmsegmentation', 'numpy')


def machine_table() -> Table:
    """System, processor and the versions of what is installed of `DISTRIBUTIONS`."""
    rows = [['system', platform.platform()], ['processor', f'{_processor()}, {os.cpu_count()} '
            'logical cores'], ['python', platform.python_version()]]
    for name in DISTRIBUTIONS:
        try:
            rows.append([name, version(name)])
        except PackageNotFoundError:
            continue
    return Table(['what', 'which'], rows, prose=True)


def _processor() -> str:
    """The processor's name, on Linux from the kernel."""
    info = Path('/proc/cpuinfo')
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith('model name'):
                return line.split(':', 1)[1].strip()
    return platform.processor() or platform.machine()

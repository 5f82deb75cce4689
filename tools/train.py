"""Train from a config; the same as `oadp-mm train`, as a script for mim and launchers.

    python tools/train.py CONFIG [--work-dir DIR] [--resume [CKPT]] [--amp] [--auto-scale-lr]
        [--launcher pytorch|slurm|mpi] [--cfg-options key=value ...]
"""
from __future__ import annotations

import sys

from oadp_mm.cli import main

if __name__ == '__main__':
    sys.exit(main(['train', *sys.argv[1:]]))

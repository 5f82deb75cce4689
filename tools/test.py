"""Evaluate a checkpoint with a config; the same as `oadp-mm test`, as a script for launchers.

    python tools/test.py CONFIG CKPT [--work-dir DIR] [--launcher pytorch|slurm|mpi]
        [--cfg-options key=value ...]
"""
from __future__ import annotations

import sys

from oadp_mm.cli import main

if __name__ == '__main__':
    sys.exit(main(['test', *sys.argv[1:]]))

"""Run the training that a config in a work directory describes, here or in several processes."""
from __future__ import annotations

import sys
from pathlib import Path

from oadp_mm.stages.child_process import family
from oadp_mm.stages.interrupts import end_as_interrupt


def launch(config: Path, gpus: int, resume: bool) -> int:
    """Train to the end, or until it is stopped.

    Args:
        config: complete, with its work_dir.
        gpus: processes, which torch's launcher starts if there are several.
        resume: from the newest checkpoint that can be read.

    Returns:
        The exit status: 130 if it was stopped.
    """
    with end_as_interrupt():
        try:
            return _here(config, resume) if gpus == 1 else _by_torchrun(config, gpus, resume)
        except KeyboardInterrupt:
            print('oadp-mm: stopped; the same command goes on from the newest checkpoint',
                  file=sys.stderr)
            return 130


def _here(config: Path, resume: bool) -> int:
    from mmengine.config import Config

    from oadp_mm.engine.build_runner import build_runner

    cfg = Config.fromfile(config)
    cfg.launcher, cfg.resume = 'none', resume
    build_runner(cfg).train()
    return 0


def _by_torchrun(config: Path, gpus: int, resume: bool) -> int:
    """They end with us: torch's launcher does not end in order where a terminal's Ctrl-C reaches
    it and its processes at once."""
    command = [sys.executable, '-m', 'torch.distributed.run', '--standalone', '--nproc_per_node',
               str(gpus), '-m', 'oadp_mm', 'train', str(config), '--launcher', 'pytorch',
               *(['--resume'] if resume else [])]
    with family(command, {}) as child:
        return child.wait()

"""A finished pretraining says what comes next."""
from __future__ import annotations

import shlex
from pathlib import Path

from mmengine.dist import master_only
from mmengine.hooks import Hook
from mmengine.runner import Runner, find_latest_checkpoint

from oadp_mm.engine.bare_model import bare_model
from oadp_mm.layers.detector_parts import BoxTrunk, FeaturePyramid
from oadp_mm.registry import HOOKS


@HOOKS.register_module()
class NextStepHook(Hook):
    """Log the command that exports the backbone of the last checkpoint, when the training is done.

    With the parts of a detector that were pretrained beside it. It stands on a line of its own, to
    be copied.
    """

    priority = 'LOWEST'  # after the checkpoint, and below what the others say

    @master_only
    def after_train(self, runner: Runner) -> None:
        checkpoint = find_latest_checkpoint(runner.work_dir)
        if checkpoint is not None:
            parts = [name for name, module in bare_model(runner).named_children()
                     if isinstance(module, FeaturePyramid | BoxTrunk)]
            out = Path(checkpoint).with_name('parts.pth' if parts else 'backbone.pth')
            options = ['--parts', ','.join(['backbone', *parts])] if parts else []
            command = shlex.join(['oadp-mm', 'export', checkpoint, str(out), *options])
            what = ', '.join(['backbone', *parts])
            runner.logger.info(f'the pretraining is done; next, export its {what}:\n{command}')

"""The runner that a config names."""
from __future__ import annotations

from mmengine.config import Config
from mmengine.registry import RUNNERS
from mmengine.runner import Runner


def build_runner(config: Config) -> Runner:
    """As the hosts' training scripts build it: the one of `runner_type`, or mmengine's."""
    return RUNNERS.build(config) if 'runner_type' in config else Runner.from_cfg(config)

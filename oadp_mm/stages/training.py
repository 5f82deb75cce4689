"""A training as a stage: a host's own script over a config."""
from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from oadp_mm.files.configs import read_config
from oadp_mm.stages.stage import Stage, stage_key
from oadp_mm.version import __version__


def training_stage(name: str, title: str, host: str, config: Path, work_dir: Path, *,
                   seconds: float, env: Mapping[str, str] | None = None,
                   options: Mapping[str, object] | None = None, inputs: Sequence[str] = (),
                   lacks: Callable[[Path, int], str] | None = None) -> Stage:
    """A training of `config` in the folder `name`, keyed by all that the config says.

    Args:
        name: see `Stage`.
        title: see `Stage`.
        host: package of the training script.
        config: its file.
        work_dir: absolute folder of all stages.
        seconds: see `Stage`.
        env: variables that the config reads.
        options: settings to override, as for `--cfg-options`, which drops the blanks of a text.
        inputs: keys of what the training reads besides.
        lacks: of the stage's folder and the training's iterations, see `Stage`.

    Raises:
        FileNotFoundError: the host's package or its training script is missing.
    """
    env, options, folder = {**threads(), **(env or {})}, options or {}, work_dir / name
    content = read_config(config, env, options)
    validated = bool(content.get('val_cfg'))
    words = [f'{key}={value}' for key, value in options.items()]
    return Stage(
        name, title,
        (sys.executable, str(host_script(host)), str(config), '--work-dir', str(folder),
         *(['--cfg-options', *words] if words else [])),
        seconds,
        stage_key(__version__, _elsewhere(content, work_dir), list(inputs)),
        env=env,
        outputs=(folder / 'last_checkpoint',),
        lacks=partial(lacks, folder, content['train_cfg'].get('max_iters', 0)) if lacks else str,
        epochs=content['train_cfg'].get('max_epochs', 0),
        val_share=0.1 if validated else 0.0,
        resume=('--resume',))


def _elsewhere(content: Mapping, work_dir: Path) -> str:
    """A config as text without the folder of the stages, which changes nothing of what it gives."""
    return json.dumps(content, default=str).replace(json.dumps(str(work_dir))[1:-1], '')


def threads() -> dict[str, str]:
    """Variables of a training beside others.

    Waiting threads must not spin: on two cores they would steal from the data workers, and a
    machine that is busy with something else would train several times slower.
    """
    count = os.environ.get('OMP_NUM_THREADS', str(min(4, os.cpu_count() or 1)))
    return {'OMP_NUM_THREADS': count,
            'OMP_WAIT_POLICY': os.environ.get('OMP_WAIT_POLICY', 'PASSIVE')}


def host_script(package: str) -> Path:
    """The training script of an installed OpenMMLab package, the one `mim train` runs.

    Raises:
        FileNotFoundError: if the package or its script is not there.
    """
    spec = find_spec(package)
    for root in (spec.submodule_search_locations or []) if spec else []:
        for script in (Path(root) / '.mim/tools/train.py', Path(root).parent / 'tools/train.py'):
            if script.is_file():
                return script
    raise FileNotFoundError(
        f'{package} with its tools/train.py is needed and not there: run `make env`, or install '
        'oadp-mm[onedl]')

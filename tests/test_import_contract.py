"""Who may know whom: `ops` and `layers` live without OpenMMLab, the oracles without the package."""
from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HOSTS = ('mmengine', 'mmcv', 'mmpretrain', 'mmdet', 'mmseg')


def modules(room: str) -> list[str]:
    paths = sorted((ROOT / 'oadp_mm' / room).rglob('*.py'))
    return ['.'.join(path.relative_to(ROOT).with_suffix('').parts) for path in paths]


@pytest.mark.integration
@pytest.mark.parametrize('room', ['ops', 'layers'])
def test_the_mathematics_imports_without_openmmlab(room: str) -> None:
    names = modules(room)
    assert names
    code = (
        'import importlib, sys\n'
        f'sys.modules.update(dict.fromkeys({HOSTS}))\n'  # None: importing it raises
        f'for name in {names}: importlib.import_module(name)'
    )
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr


@pytest.mark.integration
def test_the_package_imports_neither_detector_nor_segmenter() -> None:
    """Not even once everything that configs can name is imported."""
    names = [name for name in modules('.') if not name.endswith('__main__')]
    code = (
        'import importlib, sys\n'
        "sys.modules.update(dict.fromkeys(('mmdet', 'mmseg')))\n"
        f'for name in {names}: importlib.import_module(name)'
    )
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr


@pytest.mark.integration
def test_pretraining_needs_no_compiled_operator() -> None:
    """Every part of a pretraining config is built, with mmcv's compiled operators out of reach."""
    code = (
        'import sys\n'
        "sys.modules.update(dict.fromkeys(('mmcv._ext', 'mmcv.ops', 'mmdet', 'mmseg')))\n"
        'from mmengine.config import Config\n'
        'from mmengine.registry import DATASETS, HOOKS, MODELS, init_default_scope\n'
        "config = Config.fromfile('configs/oadp/oadp_resnet18_1xb32-coslr-7e_digits.py')\n"
        'init_default_scope(config.default_scope)\n'
        'MODELS.build(config.model)\n'
        'DATASETS.build(config.train_dataloader.dataset)\n'
        'for hook in config.custom_hooks: HOOKS.build(hook)\n'
    )
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr


ORACLES = sorted((ROOT / 'tests' / 'oracles').glob('*.py'))


@pytest.mark.parametrize('path', ORACLES, ids=lambda path: path.stem)
def test_a_reference_does_not_lean_on_what_it_judges(path: Path) -> None:
    imported = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition('.')[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or '').partition('.')[0])
    assert not imported & {'oadp_mm', 'importlib', *HOSTS}

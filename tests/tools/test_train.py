"""The scripts are the commands of `oadp-mm`, for mim and launchers."""
from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parents[2] / 'tools'


@pytest.mark.parametrize('script', ['train', 'test'])
def test_a_script_is_the_command_of_its_name(script, monkeypatch) -> None:
    monkeypatch.setattr('oadp_mm.cli.main', lambda argv: argv)
    monkeypatch.setattr(sys, 'argv', ['x.py', 'config.py', '--work-dir', 'ours'])
    with pytest.raises(SystemExit) as end:
        runpy.run_path(str(TOOLS / f'{script}.py'), run_name='__main__')
    assert end.value.code == [script, 'config.py', '--work-dir', 'ours']


@pytest.mark.integration
@pytest.mark.parametrize('script', ['train', 'test'])
def test_help_imports_nothing_heavy(script: str) -> None:
    command = [sys.executable, '-X', 'importtime', str(TOOLS / f'{script}.py'), '-h']
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert 'argparse' in done.stderr
    assert 'torch' not in done.stderr and 'mmengine' not in done.stderr


@pytest.mark.integration
@pytest.mark.parametrize('script', ['dist_train.sh', 'slurm_train.sh'])
def test_a_launcher_without_arguments_says_its_usage(script: str) -> None:
    done = subprocess.run(['bash', str(TOOLS / script)], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith(f'usage: tools/{script} ')

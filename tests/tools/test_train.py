"""The scripts hand what was asked to mmengine's Runner and do nothing themselves."""
from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
from mmengine.runner import Runner

TOOLS = Path(__file__).resolve().parents[2] / 'tools'
CONFIG = """
model = dict(type='M', width=1)
optim_wrapper = dict(type='OptimWrapper', optimizer={})
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Run a script on a small config; returns the Runner's config and the methods called on it."""
    monkeypatch.setenv('LOCAL_RANK', '0')
    monkeypatch.chdir(tmp_path)  # where work_dirs/ is made

    def run(script: str, *options: str, text: str = CONFIG):
        seen = []

        class Recorder:
            def __init__(self, cfg) -> None:
                seen.append(cfg)

            def train(self) -> None:
                seen.append('train')

            def test(self) -> None:
                seen.append('test')

        (tmp_path / 'small.py').write_text(text)
        spec = importlib.util.spec_from_file_location(f'tools_{script}', TOOLS / f'{script}.py')
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        monkeypatch.setattr(Runner, 'from_cfg', Recorder)
        monkeypatch.setattr(sys, 'argv', [f'{script}.py', str(tmp_path / 'small.py'), *options])
        module.main()
        return seen

    return run


def test_plain_training(run) -> None:
    cfg, called = run('train')
    assert called == 'train'
    assert cfg.work_dir == 'work_dirs/small' and cfg.launcher == 'none'
    assert cfg.optim_wrapper.type == 'OptimWrapper' and not cfg.get('resume')


def test_every_option_of_training(run) -> None:
    text = CONFIG + "auto_scale_lr = dict(base_batch_size=256)\nwork_dir = 'theirs'\n"
    options = ['--work-dir', 'ours', '--amp', '--auto-scale-lr', '--launcher', 'pytorch']
    options += ['--cfg-options', 'model.width=[2,3]', 'model.name=x']
    cfg, _ = run('train', *options, text=text)
    assert cfg.work_dir == 'ours' and cfg.launcher == 'pytorch'
    assert cfg.model == dict(type='M', width=[2, 3], name='x')
    assert cfg.auto_scale_lr == dict(base_batch_size=256, enable=True)
    assert cfg.optim_wrapper.type == 'AmpOptimWrapper'
    assert cfg.optim_wrapper.loss_scale == 'dynamic'
    assert run('train', text=text)[0].work_dir == 'theirs'


@pytest.mark.parametrize(('options', 'load_from'), [
    (['--resume'], None),
    (['--resume', 'epoch_3.pth'], 'epoch_3.pth'),
])  # fmt: skip
def test_resuming(run, options: list[str], load_from: str | None) -> None:
    cfg, _ = run('train', *options)
    assert cfg.resume is True and cfg.load_from == load_from


def test_an_unwritable_work_directory_stops_before_anything_is_built(run, tmp_path: Path) -> None:
    (tmp_path / 'file').touch()
    with pytest.raises(SystemExit, match=r'cannot write to .*file/runs \(Not a directory\): give'):
        run('train', '--work-dir', str(tmp_path / 'file/runs'))


def test_a_work_directory_of_someone_else_stops_too(run, monkeypatch) -> None:
    """Played, because root may write anywhere."""
    def refuse(dir: str) -> None:
        raise PermissionError(13, 'Permission denied', dir)

    monkeypatch.setattr('tempfile.TemporaryFile', refuse)
    with pytest.raises(SystemExit, match=r'cannot write to .*theirs \(Permission denied\): give'):
        run('train', '--work-dir', 'theirs')


def test_scaling_by_nothing_is_refused(run) -> None:
    with pytest.raises(SystemExit, match=r'small\.py sets no auto_scale_lr\.base_batch_size'):
        run('train', '--auto-scale-lr')


def test_testing_loads_the_checkpoint(run) -> None:
    cfg, called = run('test', 'best.pth', '--cfg-options', 'model.width=4')
    assert called == 'test'
    assert cfg.load_from == 'best.pth' and cfg.model.width == 4


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

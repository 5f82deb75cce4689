"""A wheel installed as a user has it, in an environment of its own, used from an empty folder."""
from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from mmengine.config import Config

from oadp_mm.files.checkpoint import read_checkpoint
from oadp_mm.files.configs import find_config, shipped_configs
from tests.configs.tiny_data import write_all
from tests.test_packaging import pip, wheel

pytestmark = pytest.mark.integration
__all__ = ['wheel']

NAME = 'oadp_resnet50_1xb32-accum8-coslr-200e_folder'


@pytest.fixture(scope='module')
def site(wheel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site-packages of an environment with the wheel, and what this one has but for us."""
    root = tmp_path_factory.mktemp('environment')
    subprocess.run([sys.executable, '-m', 'venv', '--without-pip', str(root)], check=True)
    (site,) = root.glob('lib/python*/site-packages')
    # A folder's path: its own .pth files, such as that of an editable install, are not read.
    (site / 'rest.pth').write_text(f'{Path(pytest.__file__).parents[1]}\n')
    pip('install', '--no-deps', '--no-index', wheel.filename, python=root / 'bin/python')
    return site


@pytest.fixture
def run(site: Path, tmp_path: Path):
    """Output of a command of the environment in an empty folder."""
    folder = tmp_path / 'empty'
    folder.mkdir()

    def run(program: str, *words: str, **variables: str) -> str:
        env = {key: value for key, value in os.environ.items() if key != 'PYTHONPATH'}
        env |= {'CUDA_VISIBLE_DEVICES': '', 'OMP_NUM_THREADS': '1', **variables}
        places = {'oadp-mm': [site.parents[2] / 'bin/oadp-mm'],
                  'mim': [site.parents[2] / 'bin/python', '-m', 'mim']}
        done = subprocess.run([*map(str, places[program]), *words], cwd=folder, env=env, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=200)
        assert done.returncode == 0, done.stdout[-4000:]
        return done.stdout

    return run


def test_the_environment_sees_the_wheel_and_not_the_checkout(run, site):
    assert run('oadp-mm', 'config', NAME) == f'{site}/oadp_mm/.mim/configs/oadp/{NAME}.py\n'
    assert len(run('oadp-mm', 'config', '--list').splitlines()) == 2 * len(shipped_configs())


def test_openmim_finds_it_by_the_import_name(site):
    """It joins the site-packages and the name that was typed, or the first top-level one."""
    (info,) = site.glob('oadp_mm-*.dist-info')
    assert (info / 'top_level.txt').read_text().split() == ['oadp_mm']
    assert (site / 'oadp_mm/.mim/model-index.yml').is_file()
    assert (site / 'oadp_mm/.mim/tools/train.py').is_file()


@pytest.fixture
def onedl() -> None:
    try:
        distribution('onedl-mim')
    except PackageNotFoundError:
        pytest.skip('needs onedl-mim')


def test_onedl_mim_lists_and_searches_it(onedl, run):
    assert 'oadp-mm' in run('mim', 'list')
    assert NAME in run('mim', 'search', 'oadp_mm', '--valid-config')


def test_onedl_mim_writes_a_config_in_one_piece(onedl, run, tmp_path):
    run('mim', 'download', 'oadp_mm', '--config', NAME, '--dest', 'flat')
    flat = Config.fromfile(tmp_path / f'empty/flat/{NAME}.py')
    assert flat.to_dict() == Config.fromfile(find_config(NAME)).to_dict()
    assert os.listdir(tmp_path / 'empty/flat') == [f'{NAME}.py']


@pytest.mark.parametrize('command', [
    ('oadp-mm', 'train', NAME),
    ('mim', 'train', 'oadp_mm', f'{NAME}.py', '--gpus', '0'),
])
def test_it_trains_by_name_or_by_an_edited_copy(run, command, tmp_path, request):
    if command[0] == 'mim':
        request.getfixturevalue('onedl')
    write_all(tmp_path)
    images = tmp_path / 'images'
    for i in range(3):
        (images / f'{i}.jpg').hardlink_to(images / 'one.jpg')
    output = run(*command, '--cfg-options', 'train_cfg.max_epochs=1',
                 'train_dataloader.batch_size=2', 'model.head.hidden_channels=64',
                 'train_dataloader.num_workers=0', 'train_dataloader.persistent_workers=False',
                 OADP_IMAGES=str(images))
    checkpoint = tmp_path / f'empty/work_dirs/{NAME}/epoch_1.pth'
    assert read_checkpoint(str(checkpoint)).tensors, output


def test_a_copy_of_a_config_is_the_users_to_edit(run, tmp_path):
    run('oadp-mm', 'config', '--copy', NAME, 'mine')
    copy = tmp_path / f'empty/mine/oadp/{NAME}.py'
    copy.write_text(copy.read_text() + '\nrandomness = dict(seed=7)\n')
    assert 'seed=7' in run('oadp-mm', 'config', f'mine/oadp/{NAME}.py', '--show')


def test_removing_it_leaves_nothing_but_what_the_runs_compiled(site):
    pip('uninstall', '-y', 'oadp-mm', python=site.parents[2] / 'bin/python')
    left = {path.name for path in site.rglob('*') if path.suffix not in ('.nbc', '.nbi')}
    assert left <= {'rest.pth', 'oadp_mm', 'ops', '__pycache__'}

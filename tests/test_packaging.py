"""What a wheel holds, and that the pins of the several files agree."""
from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from configparser import ConfigParser
from email.parser import Parser
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from oadp_mm.version import __version__

ROOT = Path(__file__).resolve().parent.parent
IGNORED = shutil.ignore_patterns(
    '.*', '__pycache__', '*.egg-info', 'build', 'dist', 'work_dirs', 'tests', 'docs'
)


def pip(*arguments: str, python: Path = Path(sys.executable)) -> None:
    command = [sys.executable, '-m', 'pip', '--disable-pip-version-check', '-q']
    done = subprocess.run([*command, '--python', str(python), *arguments], capture_output=True,
                          text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope='module')
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp('wheel')
    shutil.copytree(ROOT, folder / 'source', ignore=IGNORED)
    pip('wheel', '--no-deps', '--no-build-isolation', '-w', str(folder), str(folder / 'source'))
    (path,) = folder.glob('*.whl')
    assert path.name == f'oadp_mm-{__version__}-py3-none-any.whl'
    return zipfile.ZipFile(path)


@pytest.mark.integration
def test_a_wheel_holds_the_package_and_what_mim_looks_for(wheel: zipfile.ZipFile) -> None:
    def tree(folder: str, *patterns: str) -> set[str]:
        paths = [path for pattern in patterns for path in (ROOT / folder).rglob(pattern)]
        return {path.relative_to(ROOT).as_posix() for path in paths}

    expected = tree('oadp_mm', '*.py', '*.j2')
    expected |= tree('oadp_mm/datasets/nuclei/data', '*.*')
    shipped = tree('configs', '*.py', '*.yml') | tree('tools', '*.py', '*.sh') | {'model-index.yml'}
    expected |= {f'{root}/{path}' for root in ('oadp_mm/.mim', '+oadp_mm') for path in shipped}
    assert {name for name in wheel.namelist() if '.dist-info/' not in name} == expected


@pytest.mark.integration
def test_a_wheel_asks_for_no_openmmlab_of_its_own_accord(wheel: zipfile.ZipFile) -> None:
    (name,) = [name for name in wheel.namelist() if name.endswith('.dist-info/METADATA')]
    metadata = Parser().parsestr(wheel.read(name).decode())
    needs = [Requirement(line) for line in metadata.get_all('Requires-Dist')]
    hard = {need.name for need in needs if need.marker is None}
    assert 'torch' in hard
    assert not [name for name in hard if 'mm' in name]
    assert set(metadata.get_all('Provides-Extra')) == {
        'onedl', 'openmmlab', 'pretrain', 'cityscapes', 'tests', 'dev'
    }  # fmt: skip
    assert metadata['Requires-Python'] in ('>=3.10,<3.13', '<3.13,>=3.10')


def test_the_checkout_keeps_no_second_copy_of_the_configs() -> None:
    """mim searches an editable install from the project's root and stops at two equal names."""
    assert not (ROOT / 'oadp_mm' / '.mim').exists()


def pins(name: str) -> dict[str, str]:
    lines = (ROOT / 'requirements' / f'{name}.txt').read_text().splitlines()
    found = [re.fullmatch(r'([\w.-]+)==([\w.]+)', line) for line in lines if line[:1] != '#']
    assert all(found), f'{name}.txt has a line that is no exact pin'
    return {canonicalize_name(pin[1]): pin[2] for pin in found if pin}


def test_requirement_files_hold_exact_pins_alone_and_none_twice() -> None:
    names = [path.stem for path in (ROOT / 'requirements').glob('*.txt')]
    every = [pin for name in names for pin in pins(name)]
    assert len(every) == len(set(every))


def test_each_pin_lies_in_the_range_that_setup_cfg_states() -> None:
    config = ConfigParser()
    config.read(ROOT / 'setup.cfg')
    extras = config['options.extras_require']
    stated = '\n'.join([
        config['options']['install_requires'], extras['onedl'], extras['tests'], extras['dev']
    ])  # fmt: skip
    pinned = {
        package: version
        for path in (ROOT / 'requirements').glob('*.txt')
        for package, version in pins(path.stem).items()
    }
    for need in map(Requirement, filter(None, stated.splitlines())):
        assert need.specifier.contains(pinned[canonicalize_name(need.name)]), need

"""Each way an OpenMMLab stack can be wrong is one sentence that names the way out."""
from __future__ import annotations

import os
import re
import subprocess
import sys
from configparser import ConfigParser
from importlib import metadata
from pathlib import Path

import pytest

from oadp_mm import _stack

ROOT = Path(__file__).resolve().parent.parent
ONEDL_LIGHT = {'onedl-mmengine', 'onedl-mmcv', 'onedl-mmpretrain'}
ONEDL = ONEDL_LIGHT | {'onedl-mmdetection', 'onedl-mmsegmentation'}
UPSTREAM = {'mmengine', 'mmcv', 'mmpretrain', 'mmdet', 'mmsegmentation'}


@pytest.mark.parametrize('installed', [
    pytest.param(ONEDL, id='onedl'),
    pytest.param(ONEDL_LIGHT, id='onedl-pretraining'),
    pytest.param(UPSTREAM, id='upstream'),
    pytest.param(UPSTREAM - {'mmdet', 'mmsegmentation'}, id='upstream-pretraining'),
    pytest.param(ONEDL_LIGHT - {'onedl-mmcv'} | {'mmcv-lite'}, id='onedl-with-lite'),
    pytest.param(UPSTREAM - {'mmcv'} | {'mmcv-lite'}, id='upstream-with-lite'),
])  # fmt: skip
def test_a_whole_stack_is_accepted(installed: set[str]) -> None:
    assert _stack.problem(installed) is None


@pytest.mark.parametrize(('installed', 'found', 'fix'), [
    pytest.param(
        ONEDL | {'mmengine'}, 'onedl-mmengine, mmengine, onedl-mmcv',
        'pip uninstall -y onedl-mmengine mmengine onedl-mmcv', id='two-engines',
    ),
    pytest.param(
        UPSTREAM | {'mmcv-lite'}, 'mmengine, mmcv, mmcv-lite',
        'pip uninstall -y mmengine mmcv mmcv-lite', id='mmcv-beside-lite',
    ),
    pytest.param(
        {'mmengine', 'mmcv', 'onedl-mmpretrain'}, 'mmengine, mmcv, onedl-mmpretrain',
        'pip uninstall -y mmengine mmcv onedl-mmpretrain', id='flavours-without-a-clash',
    ),
    pytest.param(
        ONEDL_LIGHT | {'mmdet'}, 'onedl-mmpretrain, mmdet', 'onedl-mmpretrain mmdet`',
        id='upstream-detector',
    ),
])  # fmt: skip
def test_a_mixed_stack_is_named_and_rebuilt(installed: set[str], found: str, fix: str) -> None:
    sentence = _stack.problem(installed)
    assert sentence is not None
    assert 'mixed' in sentence and found in sentence and fix in sentence
    assert re.search(r'pip install .*"onedl-mmengine==[\d.]+" "onedl-mmcv==', sentence)
    assert ('onedl-mmdetection' in sentence.split('pip install')[1]) == (
        bool({'mmdet', 'onedl-mmdetection'} & installed)
    )


@pytest.mark.parametrize(('installed', 'missing', 'fix'), [
    (set(), 'no mmengine, mmcv, mmpretrain (it found nothing', '"onedl-mmpretrain==1.3.6"`'),
    (ONEDL - {'onedl-mmpretrain'}, 'no mmpretrain', 'isolation "onedl-mmpretrain==1.3.6"`'),
    (UPSTREAM - {'mmpretrain'}, 'no mmpretrain', 'isolation "mmpretrain>=1.2,<1.3"`'),
])  # fmt: skip
def test_what_is_missing_is_named_in_its_flavour(
    installed: set[str], missing: str, fix: str
) -> None:
    sentence = _stack.problem(installed)
    assert sentence is not None
    assert missing in sentence and sentence.endswith(f'{fix}.')


def test_a_source_folder_counts_as_installed() -> None:
    assert _stack.problem(ONEDL - {'onedl-mmpretrain'}, ['mmpretrain']) is None


def test_the_import_raises_the_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both by what metadata says and by what the finder finds."""
    monkeypatch.setattr(_stack, 'distributions', dict)
    _stack.check()  # importable here all the same
    monkeypatch.setattr(_stack, 'find_spec', lambda name: None)
    with pytest.raises(ImportError, match='found nothing of OpenMMLab') as caught:
        _stack.check()
    assert '\n' not in str(caught.value) and str(caught.value).count('. ') == 0


@pytest.mark.integration
def test_the_package_asks_at_import(tmp_path: Path) -> None:
    """With the metadata of a second mmengine on the path, `import oadp_mm` stops."""
    for name in ('mmengine-0.10.7', 'onedl_mmengine-0.10.12'):
        (tmp_path / f'{name}.dist-info').mkdir()
    done = subprocess.run([sys.executable, '-c', 'import oadp_mm'], capture_output=True, text=True,
                          cwd=ROOT, env={**os.environ, 'PYTHONPATH': str(tmp_path)})
    assert done.returncode == 1
    assert 'ImportError: oadp_mm found a mixed OpenMMLab stack' in done.stderr.splitlines()[-1]


def test_what_is_installed_is_what_importlib_says() -> None:
    names = {dist.metadata['Name'] for dist in metadata.distributions()}
    assert _stack.distributions().keys() == {re.sub('[-_.]+', '-', name).lower() for name in names}


def test_folders_of_metadata_are_told_from_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ('onedl_mmengine-0.10.12.dist-info', 'mmcv_full-1.7.1-py3.10.egg-info',
                 'mmpretrain.egg-info', '~mdet-3.3.0.dist-info', 'mmseg', 'mmdet-3.3.0.dist'):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(sys, 'path', [str(tmp_path), str(tmp_path / 'absent')])
    assert _stack.distributions() == {
        'onedl-mmengine': '0.10.12', 'mmcv-full': '1.7.1-py3.10', 'mmpretrain': '',
        '~mdet': '3.3.0'}  # what a broken uninstall leaves


@pytest.mark.parametrize(('folders', 'refused'), [
    (('transformers-5.0.0', 'pycocotools-2.0.11'), True),
    (('transformers-10.1.dev0', 'pycocotools-2.0.11'), True),
    (('transformers-4.57.1', 'pycocotools-2.0.11'), False),
    (('transformers-5.0.0',), False),  # mmpretrain leaves its multimodal models out
    (('pycocotools-2.0.11',), False),
    (('transformers', 'pycocotools-2.0.11'), False),  # a checkout, which tells no version
])  # fmt: skip
def test_transformers_that_mmpretrain_cannot_read_are_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folders: tuple[str, ...], refused: bool
) -> None:
    for name in folders:
        (tmp_path / f'{name}.dist-info').mkdir()
    monkeypatch.setattr(sys, 'path', [str(tmp_path)])
    monkeypatch.setattr(_stack, 'find_spec', lambda name: True)
    if not refused:
        _stack.check()
        return
    with pytest.raises(ImportError, match=r'found transformers .*"transformers<5"`') as caught:
        _stack.check()
    assert str(caught.value).count('. ') == 0


@pytest.mark.integration
def test_the_import_is_light() -> None:
    """benchmarks/startup.py prints how long it takes."""
    code = ('import sys, oadp_mm\n'
            "print([m for m in ('numpy', 'torch', 'mmengine', 'mmcv') if m in sys.modules])")
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == '[]'


def test_the_fix_installs_what_the_extras_name() -> None:
    config = ConfigParser()
    config.read(ROOT / 'setup.cfg')
    extras = {
        name: set(config['options.extras_require'][name].split())
        for name in ('onedl', 'openmmlab', 'pretrain')
    }
    assert extras['onedl'] == {*_stack.ONEDL.values(), 'onedl-mim==0.5.1'}
    assert extras['openmmlab'] == {*_stack.OPENMMLAB.values(), 'openmim>=0.3.9,<0.4'}
    assert extras['pretrain'] == {_stack.ONEDL[name] for name in _stack.REQUIRED}

from __future__ import annotations

import http.server
import json
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

import pytest
import torch
from mmengine.runner import CheckpointLoader

from oadp_mm.files import checkpoint_loading
from oadp_mm.files.checkpoint import CheckpointError
from tests.files.disguises import FILES


@pytest.fixture
def served(tmp_path, monkeypatch):
    """A folder, and the address under which it is served."""
    monkeypatch.setenv('TORCH_HOME', str(tmp_path / 'torch'))
    folder = tmp_path / 'served'
    folder.mkdir()
    quiet = type('Quiet', (http.server.SimpleHTTPRequestHandler,),
                 {'log_message': lambda *args: None})
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), partial(quiet, directory=folder))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield folder, f'http://127.0.0.1:{server.server_port}'
    server.shutdown()
    server.server_close()


def test_a_file_from_the_web_is_not_executed(served, tmp_path):
    folder, address = served
    FILES['os.mkdir zipped True'](folder / 'x.pth', tmp_path / 'proof')
    with pytest.raises(CheckpointError, match='not executed'):
        CheckpointLoader.load_checkpoint(f'{address}/x.pth', map_location='cpu')
    assert not (tmp_path / 'proof').exists()


def test_it_is_downloaded_once_and_not_taken_for_another_of_its_name(served):
    folder, address = served
    (folder / 'other').mkdir()
    torch.save({'state_dict': {'weight': torch.ones(1)}}, folder / 'x.pth')
    torch.save({'state_dict': {'weight': torch.zeros(1)}}, folder / 'other/x.pth')
    for name, value in (('x.pth', 1), ('other/x.pth', 0)):
        found = CheckpointLoader.load_checkpoint(f'{address}/{name}', map_location='cpu')
        assert found['state_dict']['weight'] == value
    (folder / 'x.pth').unlink()
    assert CheckpointLoader.load_checkpoint(f'{address}/x.pth')['state_dict']['weight'] == 1


@pytest.fixture(params=['torchvision', 'modelzoo', 'openmmlab', 'open-mmlab', 'mmcls'])
def named(request, served, monkeypatch) -> tuple[Path, str]:
    """A folder, and what stands for its file `x.pth` in one of mmengine's lists."""
    folder, address = served
    monkeypatch.setitem(checkpoint_loading._NAMED, request.param,
                        lambda: {'tiny': f'{address}/x.pth'})
    return folder, f'{request.param}://tiny'


def test_what_mmengine_knows_by_name_is_read_as_safely(named, tmp_path):
    folder, name = named
    torch.save({'state_dict': {'backbone.weight': torch.ones(1), 'head.weight': torch.ones(1)}},
               folder / 'x.pth')
    state = CheckpointLoader.load_checkpoint(name)['state_dict']
    assert set(state) == ({'weight'} if 'mmcls' in name else {'backbone.weight', 'head.weight'})
    with pytest.raises(CheckpointError, match=f'knows no {name}y: give tiny, or the path'):
        CheckpointLoader.load_checkpoint(f'{name}y')


def test_what_mmengine_knows_by_name_is_not_executed(named, tmp_path):
    folder, name = named
    FILES['os.mkdir zipped True'](folder / 'x.pth', tmp_path / 'proof')
    with pytest.raises(CheckpointError, match='not executed'):
        CheckpointLoader.load_checkpoint(name)
    assert not (tmp_path / 'proof').exists()


def test_ones_own_list_may_name_files(tmp_path, monkeypatch):
    monkeypatch.setenv('MMENGINE_HOME', str(tmp_path))
    (tmp_path / 'open_mmlab.json').write_text(json.dumps({'mine': 'mine.pth'}))
    FILES['os.mkdir zipped True'](tmp_path / 'mine.pth', tmp_path / 'proof')
    with pytest.raises(CheckpointError, match='not executed'):
        CheckpointLoader.load_checkpoint('openmmlab://mine')
    assert not (tmp_path / 'proof').exists()


def test_a_storage_is_read_as_safely(tmp_path, monkeypatch):
    FILES['os.mkdir zipped True'](tmp_path / 'x.pth', tmp_path / 'proof')
    monkeypatch.setattr('mmengine.fileio.get',
                        lambda address, options: (tmp_path / 'x.pth').read_bytes())
    for address in ('s3://bucket/x.pth', 'cluster:s3://bucket/x.pth', 'petrel://bucket/x.pth'):
        with pytest.raises(CheckpointError, match='not executed'):
            CheckpointLoader.load_checkpoint(address)
    with pytest.raises(CheckpointError, match='download it'):
        CheckpointLoader.load_checkpoint('pavi://a/model')
    assert not (tmp_path / 'proof').exists()


def test_an_address_without_a_file_is_one_sentence(served):
    with pytest.raises(CheckpointError, match=r'/y\.pth cannot be downloaded .*404.*its path$'):
        CheckpointLoader.load_checkpoint(f'{served[1]}/y.pth')


def test_no_scheme_of_mmengine_is_left():
    ours = {loader.__module__ for loader in CheckpointLoader._schemes.values()}
    assert ours == {checkpoint_loading.__name__}


@pytest.mark.integration
@pytest.mark.parametrize(('registry', 'name'), [('MODELS', 'OADP'), ('DATASETS', 'ImageFolder')])
def test_a_type_of_the_package_makes_a_run_safe(registry, name):
    """A config that names one need not name our runner; hooks and runner import data sets."""
    code = (f'from mmengine.registry import {registry}\n'
            f'{registry}.get("oadp_mm.{name}")\n'
            'from mmengine.runner import CheckpointLoader\n'
            'print({each.__module__ for each in CheckpointLoader._schemes.values()})')
    told = subprocess.run([sys.executable, '-c', code], text=True, capture_output=True, check=True)
    assert told.stdout.splitlines()[-1] == repr({checkpoint_loading.__name__})

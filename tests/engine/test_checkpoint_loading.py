from __future__ import annotations

import http.server
import os
import threading
from functools import partial
from pathlib import Path

import pytest
import torch
from mmengine.runner import CheckpointLoader

import oadp_mm.engine  # noqa: F401 (replaces mmengine's loaders)
from oadp_mm.files.checkpoint import CheckpointError


@pytest.fixture
def served(tmp_path, monkeypatch):
    """A folder, and the address under which it is served."""
    monkeypatch.setenv('TORCH_HOME', str(tmp_path / 'torch'))
    folder = tmp_path / 'served'
    folder.mkdir()
    quiet = type('Quiet', (http.server.SimpleHTTPRequestHandler,),
                 {'log_message': lambda *args: None})
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), partial(quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield folder, f'http://127.0.0.1:{server.server_port}'
    server.shutdown()
    server.server_close()


class Touch:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return os.mkdir, (str(self.path),)


def test_a_file_from_the_web_is_not_executed(served, tmp_path):
    folder, address = served
    torch.save({'state_dict': {'weight': torch.ones(1)}, 'x': Touch(tmp_path / 'proof')},
               folder / 'x.pth')
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

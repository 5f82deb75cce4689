"""The example of docs/new_method.md keeps what algorithms promise, and trains as the page says."""
from __future__ import annotations

import importlib.util
import inspect
import os
import re
import shlex
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from oadp_mm.files.checkpoint import read_checkpoint
from tests.models import test_contract
from tests.models.forms import Form, batch
from tests.models.tiny import separate
from tests.models.tiny_pairs import BYOL, PREPROCESSOR, QUICK

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES, PAGE = ROOT / 'docs/examples', (ROOT / 'docs/new_method.md').read_text()
spec = importlib.util.spec_from_file_location('near_windows', EXAMPLES / 'near_windows.py')
near_windows = importlib.util.module_from_spec(spec)
spec.loader.exec_module(near_windows)


def make(**changes):
    torch.manual_seed(0)
    model = near_windows.NearWindows(**{
        'backbone': QUICK, 'head': BYOL, 'data_preprocessor': PREPROCESSOR, **changes})
    model.init_weights()
    return separate(model).train().double()


PROMISES = [promise for name, promise in vars(test_contract).items() if name.startswith('test_')
            and list(inspect.signature(promise).parameters) == ['form']]


@pytest.mark.parametrize('changes', [{}, {'ema_decay': None}], ids=['ema', 'no-ema'])
@pytest.mark.parametrize('promise', PROMISES, ids=lambda promise: promise.__name__)
def test_it_keeps_what_every_algorithm_promises(promise, changes):
    promise(Form(partial(make, **changes)))


def test_rows_meet_the_nearest_of_their_own_image():
    rows, others = torch.randn(3, 4, 5), torch.randn(3, 6, 5)
    found = near_windows.nearest_rows(rows, others)
    for image, own in enumerate(rows.numpy()):
        cosines = [[a @ b / np.linalg.norm(a) / np.linalg.norm(b)
                    for b in others[image].numpy()] for a in own]
        assert found[image].tolist() == np.argmax(cosines, 1).tolist()


def test_it_is_byol_without_the_windows():
    with_them, without = make(), make(weight=0.0)
    data = batch(Form(make))
    assert without.loss(**data).keys() == {'loss_whole'}
    without.load_state_dict(with_them.state_dict(), strict=False)
    assert without.loss(**data)['loss_whole'] == with_them.loss(**data)['loss_whole']


def test_one_window_is_the_whole_view():
    model = make(windows=1)
    model.near_head.load_state_dict(model.head.state_dict())
    losses = model.loss(**batch(Form(make)))
    torch.testing.assert_close(losses['loss_near'], losses['loss_whole'])


@pytest.mark.parametrize('windows', [0, -1, 1.5])
def test_windows_are_counted(windows):
    with pytest.raises(ValueError, match='are no number of windows a side: give 1 or more'):
        make(windows=windows)


def test_the_page_quotes_the_example():
    files = [path.read_text() for path in EXAMPLES.glob('*.py')]
    quoted = re.findall('```python\n(.*?)```', PAGE, re.DOTALL)
    assert len(quoted) > 2
    for block in quoted:
        assert any(block in text for text in files), block


@pytest.mark.integration
def test_it_trains_by_the_documented_commands(tmp_path):
    [block] = re.findall('```bash\n(.*?)```', PAGE, re.DOTALL)
    small = ['--work-dir', str(tmp_path / 'run'), '--cfg-options', 'train_cfg.max_epochs=1',
             'train_dataloader.batch_size=4', 'train_dataloader.num_workers=0',
             'train_dataloader.persistent_workers=False',
             'train_dataloader.dataset.dataset.indices=8']
    train, export = (shlex.split(line) for line in block.replace('\\\n', '').strip().split('\n'))
    assert train[0] == 'PYTHONPATH=docs/examples' and train[1] == export[0] == 'oadp-mm'
    export[2:] = [str(tmp_path / 'run'), str(tmp_path / 'backbone.pth')]
    paths = os.pathsep.join([str(EXAMPLES), str(ROOT)])
    for words in (train[2:] + small, export[1:]):
        done = subprocess.run([sys.executable, '-m', 'oadp_mm', *words], cwd=ROOT, text=True,
                              env={**os.environ, 'PYTHONPATH': paths}, capture_output=True)
        assert done.returncode == 0, done.stderr[-2000:]
    assert 'conv1.weight' in read_checkpoint(tmp_path / 'backbone.pth').tensors

"""Two processes of torch's launcher on a machine without a GPU, by a host's own script."""
from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from oadp_mm.files.training_checkpoint import read_training_checkpoint
from oadp_mm.stages.training import host_script
from tests.conftest import ROOT

pytestmark = pytest.mark.integration
CONFIG = ROOT / 'configs/oadp/oadp_resnet18_1xb64-coslr-20e_grocery-96x96.py'


@pytest.mark.skipif(torch.cuda.is_available(), reason='gloo is for machines without a GPU')
def test_two_processes_train_over_gloo_and_save_one_gradient(oadp_data, tmp_path):
    """Four batches of 2 x 2 images, three of which make a step: one is pending at the end of epoch
    1, on two processes that saw other images.
    """
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, 'OADP_DATA': str(oadp_data), 'OADP_EPOCHS': '2',
                   'OMP_NUM_THREADS': '1'}
    command = [sys.executable, '-m', 'torch.distributed.run', '--nproc_per_node=2',
               f'--master_port={port}', str(host_script('mmpretrain')), str(CONFIG),
               '--launcher', 'pytorch', '--work-dir', str(tmp_path), '--cfg-options',
               'train_dataloader.dataset.dataset.indices=16', 'train_dataloader.batch_size=2',
               'train_dataloader.num_workers=0', 'optim_wrapper.accumulative_counts=3',
               'default_hooks.checkpoint.interval=1']
    done = subprocess.run(command, env=environment, cwd=ROOT, text=True, check=False,
                          capture_output=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    assert re.search(r'2 x CPU, 1 threads', done.stdout)
    first = read_training_checkpoint(tmp_path / 'epoch_1.pth')
    assert first['meta']['run_length']['images an optimizer step'] == 2 * 2 * 3
    assert first['gradients'].keys() <= first['state_dict'].keys()
    assert any(gradient.any() for gradient in first['gradients'].values())
    assert 'gradients' not in read_training_checkpoint(Path(tmp_path) / 'epoch_2.pth')

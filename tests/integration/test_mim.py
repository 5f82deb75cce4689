"""The commands of the README from the checkout: `mim` pretrains, exports, detects and segments."""
from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from oadp_mm.files.checkpoint import read_checkpoint
from tests.configs.tiny_data import write_all

pytestmark = pytest.mark.integration
ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent

NO_WORKERS = ('train_dataloader.num_workers=0', 'train_dataloader.persistent_workers=False')
TWO_STEPS = ('train_cfg.max_iters=2', 'train_cfg.val_interval=2', 'train_dataloader.batch_size=2',
             'val_dataloader.num_workers=0', 'val_dataloader.persistent_workers=False',
             'default_hooks.logger.interval=1', *NO_WORKERS)
SMALL = '(192,128)'


def detection() -> str:
    """What mim calls mmdet; `mmdet` is ambiguous to onedl-mim."""
    try:
        return distribution('onedl-mmdetection').name
    except PackageNotFoundError:
        return 'mmdet'


def run(*command: str, **variables: str) -> str:
    """Output of a command of the environment, run in the checkout as a stranger would."""
    env = {key: value for key, value in os.environ.items() if key != 'PYTHONPATH'}
    env |= {'CUDA_VISIBLE_DEVICES': '', 'OMP_NUM_THREADS': '1', **variables}
    program, *words = command
    done = subprocess.run([str(BIN / program), *words], cwd=ROOT, env=env, text=True, timeout=280,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
    return done.stdout


@pytest.fixture(scope='module')
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp('data')
    write_all(root)
    return root


@pytest.fixture(scope='module')
def pretrained(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two iterations, which are one optimizer step, of a ResNet-50 on a folder of four images."""
    folder = tmp_path_factory.mktemp('pretraining')
    images = folder / 'images'
    images.mkdir()
    for i in range(4):
        (images / f'{i}.jpg').hardlink_to(data / 'images/one.jpg')
    config = 'configs/oadp/oadp_resnet50_1xb32-accum8-coslr-200e_folder.py'
    run('mim', 'train', 'mmpretrain', config, '--gpus', '0', '--work-dir', str(folder / 'run'),
        '--cfg-options', 'train_cfg.max_epochs=1', 'train_dataloader.batch_size=2',
        'model.head.hidden_channels=64', *NO_WORKERS,
        OADP_IMAGES=str(images))
    return folder / 'run/epoch_1.pth'


@pytest.fixture(scope='module')
def backbone(pretrained: Path) -> Path:
    exported = pretrained.with_name('backbone.pth')
    run('oadp-mm', 'export', str(pretrained), str(exported))
    return exported


def test_pretraining_ran_both_networks_and_trained_one(pretrained):
    tensors = read_checkpoint(str(pretrained)).tensors
    online = {key.removeprefix('backbone.'): value for key, value in tensors.items()
              if key.startswith('backbone.')}
    [prefix] = {key.removesuffix('layer4.2.conv3.weight') for key in tensors
                if key.startswith('target.') and key.endswith('layer4.2.conv3.weight')}
    assert len(online) == 318
    # Two iterations, in each of which each network saw each of the two views.
    assert online['bn1.num_batches_tracked'] == tensors[f'{prefix}bn1.num_batches_tracked'] == 4
    assert all(value.isfinite().all() for value in online.values())
    assert not online['conv1.weight'].equal(tensors[f'{prefix}conv1.weight'])


@pytest.mark.parametrize(('package', 'config', 'options'), [
    (detection(), 'mask-rcnn_resnet50-fpn_8xb2-ms-90k_coco', (
        f'train_dataloader.dataset.pipeline.2.scales=[{SMALL}]',
        f'val_dataloader.dataset.pipeline.1.scale={SMALL}',
        'custom_hooks.4.num_batches=2')),  # of PreciseBNHook
    ('mmsegmentation', 'fcn_resnet50-d8_8xb2-20k_voc12aug-512x512', (
        'model.data_preprocessor.size=(128,128)',
        *(f'train_dataloader.dataset.datasets.{i}.pipeline.3.crop_size=(128,128)' for i in (0, 1)),
        f'val_dataloader.dataset.pipeline.1.scale={SMALL}')),
])
def test_fine_tuning_starts_from_the_whole_backbone(
    package, config, options, data, backbone, tmp_path):
    output = run('mim', 'train', package, f'configs/benchmarks/{config}.py', '--gpus', '0',
                 '--work-dir', str(tmp_path), '--cfg-options', *options, *TWO_STEPS,
                 OADP_DATA=str(data), OADP_CKPT=str(backbone))
    assert 'loaded 318/318 tensors' in output
    assert 'hand-off checked: backbone 318/318 tensors' in output
    tuned = read_checkpoint(str(tmp_path / 'iter_2.pth')).tensors
    # It trains from there: after two steps the filters are near, and not where they were.
    start = read_checkpoint(str(backbone)).tensors['conv1.weight']
    moved = (tuned['backbone.conv1.weight'] - start).abs().max() / start.abs().max()
    assert 0 < moved < 0.1


def test_a_missing_backbone_stops_the_run(data, tmp_path):
    with pytest.raises(AssertionError, match=r'none\.pth'):
        run('mim', 'train', detection(),
            'configs/benchmarks/mask-rcnn_resnet50-fpn_8xb2-ms-90k_coco.py', '--gpus', '0',
            '--work-dir', str(tmp_path), OADP_DATA=str(data), OADP_CKPT='work_dirs/none.pth')

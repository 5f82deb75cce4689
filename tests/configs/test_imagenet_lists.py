"""The commands of the methods' README make the lists that the configs read."""
from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from mmengine.registry import DATASETS

from tests.configs.leaves import CONFIGS

#: Two classes of ImageNet by folder; ImageNet-100 has the second alone.
FILES = {'train': ['n01440764/n01440764_10.JPEG', 'n01440764/n01440764_11.JPEG',
                   'n01514668/n01514668_7.JPEG'],
         'val': ['n01440764/ILSVRC2012_val_01.JPEG', 'n01514668/ILSVRC2012_val_02.JPEG']}


@pytest.fixture
def imagenet(tmp_path) -> Path:
    root = tmp_path / 'imagenet'
    for split, names in FILES.items():
        for name in names:
            (root / split / name).parent.mkdir(parents=True, exist_ok=True)
            (root / split / name).touch()
    (root / 'meta').mkdir()
    (root / 'meta/1percent.txt').write_text('n01514668_7.JPEG\nn01440764_11.JPEG\n')
    (root / 'meta/10percent.txt').write_text(
        ''.join(f'{Path(name).name}\n' for name in FILES['train']))
    (root / 'meta/classes_100.txt').write_text('n01514668\n')
    # EMAN's, with a column before the one that counts, and as it may leave Windows
    (root / 'meta/train_1p_index.csv').write_text(',Index\r\n0,2\r\n1,0\r\n')
    (root / 'meta/train_10p_index.csv').write_text('Index\n1\n')
    for method in ('scd', 'regioncl'):
        text = (CONFIGS / method / 'README.md').read_text()
        [commands] = [block for block in re.findall('```bash\n(.*?)```', text, re.DOTALL)
                      if 'meta/' in block]
        subprocess.run(['bash', '-euc', commands], cwd=root, check=True)
    return root


@pytest.mark.parametrize(('leaf', 'images'), [
    ('semi-steplr-50e_in1k-part.py::byol-1pct', {FILES['train'][2]: 1, FILES['train'][1]: 0}),
    ('semi-steplr-50e_in1k-part.py::byol-10pct', dict(zip(FILES['train'], (0, 0, 1), strict=True))),
    ('linear-steplr-50e_in1k-part.py::1pct', {FILES['train'][2]: 1, FILES['train'][0]: 0}),
    ('linear-steplr-50e_in1k-part.py::10pct', {FILES['train'][1]: 0}),
    ('linear-coslr-100e_in100.py', {FILES['train'][2]: 0}),
])
def test_images_and_their_labels(leaf, images, imagenet, load):
    config = load(f'benchmarks/resnet50_8xb32-{leaf}', OADP_DATA=str(imagenet.parent))
    dataset = DATASETS.build(config.train_dataloader.dataset)
    rows = [dataset.get_data_info(i) for i in range(len(dataset))]
    assert {row['img_path']: row['gt_label'] for row in rows} == {
        str(imagenet / 'train' / name): label for name, label in images.items()}


def test_the_list_for_pretraining_names_the_same_images(imagenet):
    assert (imagenet / 'meta/train_100.txt').read_text().splitlines() == FILES['train'][2:]
    assert (imagenet / 'meta/val_100_labels.txt').read_text() == f'{FILES["val"][1]} 0\n'

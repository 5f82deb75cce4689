from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
import torch
from mmengine.registry import METRICS, DefaultScope
from mmpretrain.structures import DataSample
from torch import multiprocessing as mp
from torch.utils.data import DataLoader, DistributedSampler

from oadp_mm.engine import ImageNetReal

#: Of the first images; the others have none. The fourth has two, the second and the fifth none.
LABELS = [[3], [], [0], [7, 3], [], [1]]


@pytest.fixture
def labels(tmp_path) -> Path:
    """The authors' file, as far as its first images."""
    path = tmp_path / 'real.json'
    path.write_text(json.dumps(LABELS + [[]] * (50_000 - len(LABELS))))
    return path


def sample(number: int, predicted: int) -> dict:
    """What mmengine's evaluator gives to a metric."""
    path = f'/images/n01440764/ILSVRC2012_val_{number:08}.JPEG'
    return DataSample(metainfo={'img_path': path}).set_pred_label(predicted).to_dict()


def by_hand(predicted: dict[int, int]) -> float:
    right = counted = 0
    for number, label in predicted.items():
        if LABELS[number - 1]:
            counted += 1
            for each in LABELS[number - 1]:
                right += each == label
    return 100 * right / counted


@pytest.mark.parametrize(('predicted', 'percent'), [
    ({1: 3}, 100), ({1: 7}, 0),
    ({1: 3, 2: 3, 5: 0}, 100),  # images without a label do not count
    ({4: 3, 3: 1}, 50), ({4: 7, 3: 1}, 50),  # either of two labels is right
    ({6: 1, 4: 0, 3: 0, 2: 9, 1: 1}, 50),  # in any order
])
def test_top1_counts_what_a_loop_counts(predicted, percent, labels):
    with DefaultScope.overwrite_default_scope('mmpretrain'):
        metric = METRICS.build({'type': 'oadp_mm.ImageNetReal', 'labels': str(labels)})
    for number, label in predicted.items():
        metric.process(None, [sample(number, label)])
    assert metric.evaluate(len(predicted)) == {'real/top1': by_hand(predicted)}
    assert by_hand(predicted) == percent


def work(rank: int, port: int, labels: Path) -> None:
    torch.set_num_threads(1)
    torch.distributed.init_process_group(
        'gloo', init_method=f'tcp://127.0.0.1:{port}', rank=rank, world_size=2)
    metric = ImageNetReal(str(labels))
    numbers = [1, 2, 3, 4, 5]
    for number in DataLoader(numbers, sampler=DistributedSampler(numbers, shuffle=False)):
        metric.process(None, [sample(number.item(), 3)])
    # The sampler pads the second process by the first image, which is right.
    assert len(metric.results) == 3
    (labels.parent / f'{rank}.json').write_text(json.dumps(metric.evaluate(len(numbers))))
    torch.distributed.destroy_process_group()


@pytest.mark.integration
def test_two_processes_count_each_image_once(labels):
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        port = probe.getsockname()[1]
    mp.spawn(work, (port, labels), nprocs=2)
    for rank in (0, 1):
        found = json.loads((labels.parent / f'{rank}.json').read_text())
        assert found == {'real/top1': pytest.approx(by_hand(dict.fromkeys(range(1, 6), 3)))}


def test_an_absent_file_is_told_where_to_get_it(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'real.json is not there: put real.json of https'):
        ImageNetReal(str(tmp_path / 'real.json'))


@pytest.mark.parametrize(('content', 'found'), [
    (b'[[1], [2]]', 'one of 2'), (b'{}', 'something else'), (b'404: Not Found', 'something'),
    (b'\xff\xd8', 'something else'), (json.dumps([1] * 50_000).encode(), 'something else')])
def test_another_file_is_refused(content, found, tmp_path):
    (tmp_path / 'real.json').write_bytes(content)
    with pytest.raises(ValueError, match=rf'a list of 50000 lists of classes and is {found}'):
        ImageNetReal(str(tmp_path / 'real.json'))


@pytest.mark.parametrize('name', [
    'one.jpg', 'n01440764_10026.JPEG', 'ILSVRC2012_test_00000001.JPEG',
    'ILSVRC2012_val_00000000.JPEG', 'ILSVRC2012_val_00050001.JPEG', 'ILSVRC2012_val_1.JPEG'])
def test_an_image_without_a_number_is_named(name, labels):
    with pytest.raises(ValueError, match=f'/images/{name} has no number .*keep the names ILSVRC'):
        ImageNetReal(str(labels)).process(None, [{**sample(1, 3), 'img_path': f'/images/{name}'}])


def test_no_image_that_counts(labels):
    metric = ImageNetReal(str(labels))
    metric.process(None, [sample(2, 3), sample(5, 3)])
    with pytest.raises(ValueError, match=r'none of the 2 images has a reassessed label'):
        metric.evaluate(2)

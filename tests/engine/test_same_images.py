from __future__ import annotations

from pathlib import Path

import pytest
from torch.utils.data import ConcatDataset

from oadp_mm.datasets import ImageFolder
from oadp_mm.engine import same_images
from oadp_mm.engine.same_images import check_same_images
from tests.journey.tiny_folder import write_images


@pytest.fixture
def check(monkeypatch):
    """Compare the data sets of several processes; as the last of them sees them."""
    def run(*datasets) -> None:
        told: list = []

        def gather(mine: tuple) -> list:
            told.append(mine)
            return told if len(told) == len(datasets) else [mine]

        monkeypatch.setattr(same_images, 'get_world_size', lambda: len(datasets))
        monkeypatch.setattr(same_images, 'all_gather_object', gather)
        for number, dataset in enumerate(datasets):
            monkeypatch.setattr('socket.gethostname', lambda number=number: f'node{number // 2}')
            check_same_images(dataset)

    return run


def folder(path: Path, count: int) -> ImageFolder:
    return ImageFolder(str(write_images(path, count)))


def test_the_same_files_elsewhere_are_the_same(check, tmp_path):
    check(folder(tmp_path / 'a', 4), folder(tmp_path / 'b/c', 4))
    check(ConcatDataset([folder(tmp_path / 'a', 4)]), ConcatDataset([folder(tmp_path / 'b/c', 4)]))


def test_other_numbers_are_told_with_processes_and_hosts(check, tmp_path):
    many, few = folder(tmp_path / 'a', 8), folder(tmp_path / 'b', 5)
    with pytest.raises(ValueError, match=(
            r'different images \(8 images with the digest \w{8} in processes 0, 1, 3 on node0, '
            r'node1; 5 images with the digest \w{8} in process 2 on node1\): give every node the '
            'same files under the same names$')):
        check(many, many, few, many)


def test_as_many_others_are_noticed(check, tmp_path):
    first, second = folder(tmp_path / 'a', 4), tmp_path / 'b'
    write_images(second, 4)
    (second / '2.png').rename(second / '2b.png')
    with pytest.raises(ValueError, match=r'4 images .* in process 0 on node0; 4 images'):
        check(first, ImageFolder(str(second)))


def test_data_without_files_are_counted(check):
    check([1, 2], [3, 4])
    with pytest.raises(ValueError, match=r'2 images .* in process 0 on node0; 3 images'):
        check([1, 2], [1, 2, 3])


def test_one_process_compares_nothing():
    check_same_images(object())

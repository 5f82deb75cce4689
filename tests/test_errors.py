"""A mistake of the caller's is told from a fault that nobody foresaw by who raised it."""
from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest
import torch
from mmpretrain.datasets import CustomDataset
from torch.utils.data import DataLoader, Dataset

from oadp_mm import errors
from oadp_mm.datasets.image_files import read_image
from oadp_mm.files.configs import find_config


def caught(fail) -> Exception:
    with pytest.raises(Exception) as caught:  # noqa: PT011  # any
        fail()
    return caught.value


class Bad(Dataset):
    def __init__(self, fail=None):
        self.fail = fail

    def __len__(self):
        return 1

    def __getitem__(self, index):
        return self.fail()


def in_worker(fail):
    loader = DataLoader(Bad(fail), num_workers=1, multiprocessing_context='fork')
    return caught(lambda: next(iter(loader)))


def test_what_we_raise_is_a_sentence():
    error = caught(lambda: find_config('no/such: config'))
    assert errors.own_sentence(error) == str(error)


def test_what_a_library_raises_keeps_its_trace():
    assert errors.own_sentence(caught(lambda: torch.zeros(2) + torch.zeros(3))) is None
    assert errors.own_sentence(caught(lambda: int('a'))) is None


def test_what_the_system_says_about_a_path_is_a_sentence(tmp_path):
    sentence = errors.own_sentence(caught(lambda: (tmp_path / 'none.json').read_text()))
    assert sentence.startswith(f'cannot use {tmp_path}/none.json (No such file or directory): ')


def test_a_full_disk_is_a_sentence_whoever_writes():
    def write():
        with open('/dev/full', 'w') as file:
            file.write('x' * 100_000)

    assert errors.own_sentence(caught(write)) == (
        'cannot write a file (No space left on device): make room and give the same command again, '
        'that of a training with --resume')


@pytest.mark.parametrize('name', ['none.jpg', "it's none.jpg"])
def test_a_list_that_names_an_absent_file_is_a_sentence(tmp_path, name):
    """Of a host's data set and reader, here and in a data worker."""
    (tmp_path / 'train.txt').write_text(f'a.jpg 0\n{name} 1\n'.replace(' none', '_none'))
    images = CustomDataset(data_root=str(tmp_path), data_prefix='', ann_file='train.txt',
                           pipeline=[{'type': 'LoadImageFromFile'}])
    path = images.get_data_info(1)['img_path']
    expected = (f'cannot use {path} (No such file or directory): check the path and who may read '
                'and write there')
    for error in (caught(lambda: images[1]), in_worker(lambda: images[1])):
        assert errors.own_sentence(error) == expected


def test_a_bug_in_our_own_lines_keeps_its_trace(monkeypatch):
    monkeypatch.setattr(errors, 'PACKAGE', Path(__file__).parent)
    assert errors.own_sentence(caught(lambda: {}['ours'])) is None


def no_config():
    return find_config('no/such: config')


def no_image():
    """Its class is not called an error, and it says why in an error before it."""
    return read_image(__file__)


@pytest.mark.integration
@pytest.mark.parametrize('fail', [no_config, no_image])
def test_a_data_worker_says_the_same_sentence(fail):
    assert errors.own_sentence(in_worker(fail)) == str(caught(fail))


@pytest.mark.integration
def test_a_fault_in_a_data_worker_keeps_its_trace():
    assert errors.own_sentence(in_worker(lambda: [][0])) is None


@pytest.mark.parametrize(('rank', 'waits'), [(None, 0), ('0', 0), ('1', 1)])
def test_of_many_processes_the_first_speaks_at_once(monkeypatch, rank, waits):
    slept = []
    monkeypatch.setattr(time, 'sleep', slept.append)
    monkeypatch.setattr(os, 'environ', {'RANK': rank} if rank else {})
    errors.wait_for_the_first_to_say_it()
    assert len(slept) == waits


def test_a_process_ends_in_a_sentence_or_in_a_trace(tmp_path, monkeypatch, capsys):
    shown = []
    monkeypatch.setattr(sys, 'excepthook', lambda *error: shown.append(error))
    errors.end_in_a_sentence(tmp_path)
    errors.end_in_a_sentence(tmp_path / 'of a second run')  # which changes nothing
    error = caught(no_config)
    sys.excepthook(type(error), error, error.__traceback__)
    assert capsys.readouterr().err == f'oadp-mm: error: {error}\n'
    assert 'in no_config' in (tmp_path / 'error.txt').read_text()
    assert not shown
    fault = caught(lambda: int('a'))
    sys.excepthook(type(fault), fault, fault.__traceback__)
    assert [each[1] for each in shown] == [fault]

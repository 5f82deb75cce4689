from __future__ import annotations

import copy
import re
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
import torch
from torch import distributed as dist

from oadp_mm.datasets import ImageFolder
from oadp_mm.datasets.decoding import UnreadableImage
from oadp_mm.engine import UnreadableImagesHook

HOOK = {'type': 'oadp_mm.UnreadableImagesHook', 'interval': 1}


def folder(tmp_path, count, bad, good='good', **changed):
    root = tmp_path / 'images'
    root.mkdir()
    for i in range(count):
        cv2.imwrite(str(root / f'{good}{i}.png'), np.full((4, 4, 3), i, np.uint8))
    for i in range(bad):
        (root / f'bad{i}.png').write_bytes(b'no image')
    return ImageFolder(root, pipeline=[
        {'type': 'oadp_mm.LoadImage'},
        lambda results: {'inputs': results['img'].mean(dtype=np.float32)}], **changed)


def reports(tmp_path):
    log = next((tmp_path / 'work').rglob('*.log')).read_text()
    return re.findall(r'(\d+) more images could not be read, (\d+) of (\d+) so far; others take '
                      r'their place: (.*)', log)


@pytest.mark.integration
@pytest.mark.parametrize('workers', [0, 2])
def test_each_unreadable_image_is_named_once(tmp_path, line, make_runner, workers):
    data = folder(tmp_path, 10, 2, max_bad_share=0.2)
    make_runner(line, [HOOK], data, loader={'num_workers': workers},
                train_cfg={'by_epoch': True, 'max_epochs': 2}).train()
    found = reports(tmp_path)
    assert sum(int(new) for new, *_ in found) == 2
    assert found[-1][1:3] == ('2', '12')
    names = ' '.join(line for *_, line in found)
    assert [names.count(f'bad{i}.png') for i in range(2)] == [1, 1]
    assert names.count('cannot be read: it is not an image, or') == len(found)


def test_readable_images_give_no_report(tmp_path, line, make_runner):
    make_runner(line, [HOOK], folder(tmp_path, 3, 0)).train()
    assert reports(tmp_path) == []


def test_the_epoch_s_end_reports_what_the_interval_missed(tmp_path, line, make_runner):
    make_runner(line, [{**HOOK, 'interval': 1000}], folder(tmp_path, 5, 1)).train()
    assert [numbers[:3] for numbers in reports(tmp_path)] == [('1', '1', '6')]


def test_too_many_stop_the_training_in_the_main_process(tmp_path, line, make_runner):
    data = folder(tmp_path, 9, 6, max_bad_share=0.1)
    data.bad[:6] = 1  # as other processes found out
    with pytest.raises(UnreadableImage, match=r'^6 of 15 images cannot be read'):
        make_runner(line, [HOOK], data).train()


@pytest.mark.integration
def test_too_many_stop_a_training_whose_workers_find_them(tmp_path, line, make_runner):
    data = folder(tmp_path, 9, 8, max_bad_share=0.1)
    with pytest.raises(UnreadableImage, match=r'^\d of 17 images cannot be read, more'):
        make_runner(line, [HOOK], data, loader={'num_workers': 2}).train()


def _find_one(rank, data, rendezvous):
    dist.init_process_group('gloo', init_method=f'file://{rendezvous}', rank=rank, world_size=2)
    data[10 + rank]  # each process meets one of the bad images
    hook = UnreadableImagesHook()
    hook.before_train(SimpleNamespace(train_dataloader=SimpleNamespace(dataset=data),
                                     logger=SimpleNamespace(info=print)))
    logged = []
    hook.after_train_epoch(SimpleNamespace(logger=SimpleNamespace(warning=logged.append)))
    assert '2 more images could not be read, 2 of 12' in logged[0]


@pytest.mark.integration
def test_processes_learn_each_other_s_findings_at_the_epoch_s_end(tmp_path, monkeypatch):
    monkeypatch.setenv('GLOO_SOCKET_IFNAME', 'lo')
    data = folder(tmp_path, 10, 2, max_bad_share=0.2, good='a')  # sorted before the bad ones
    own_memory = [copy.deepcopy(data) for _ in range(2)]
    context = torch.multiprocessing.get_context('fork')
    processes = [context.Process(target=_find_one, args=(rank, own_memory[rank], tmp_path / 'meet'))
                 for rank in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]


def deep(root, brightest):
    """A folder of 16-bit images of these greatest values."""
    root.mkdir()
    for i, value in enumerate(brightest):
        cv2.imwrite(str(root / f'{i}.png'), np.linspace(0, value, 16).astype(np.uint16)[None])
    return root


@pytest.mark.parametrize(('brightest', 'sixteen_bit', 'said'), [
    ([3060, 900, 4095], 'range', ('above 4095,', '0 to 15 of 255')),
    ([1023], 'range', ('above 1023,', '0 to 3 of 255')),
    ([16383, 7], 'range', ('above 16383,', '0 to 63 of 255')),
    ([16384, 7], 'range', None),  # a folder of true 16 bits, in which one picture is dark
    ([3060], 'minmax', None),
])
@pytest.mark.parametrize('workers', [0, pytest.param(2, marks=pytest.mark.integration)])
def test_sixteen_bits_that_come_out_dark_are_said_once(tmp_path, line, make_runner, brightest,
                                                       sixteen_bit, said, workers):
    data = ImageFolder(deep(tmp_path / 'deep', brightest), pipeline=[
        {'type': 'oadp_mm.LoadImage', 'sixteen_bit': sixteen_bit},
        lambda results: {'inputs': results['img'].mean(dtype=np.float32)}])
    make_runner(line, [HOOK], data, loader={'num_workers': workers, 'batch_size': len(brightest)},
                train_cfg={'by_epoch': True, 'max_epochs': 2}).train()
    log = next((tmp_path / 'work').rglob('*.log')).read_text()
    assert log.count('16-bit images hold') == (said is not None)
    if said:
        assert all(phrase in log for phrase in said)
        assert '--cfg-options train_dataloader.dataset.dataset.pipeline.0.sixteen_bit=minmax' in log


def test_brighter_images_later_are_not_said_again(tmp_path, line, make_runner):
    data = ImageFolder(deep(tmp_path / 'deep', [900, 4095]), pipeline=[
        {'type': 'oadp_mm.LoadImage'},
        lambda results: {'inputs': results['img'].mean(dtype=np.float32)}])
    make_runner(line, [HOOK], data).train()
    log = next((tmp_path / 'work').rglob('*.log')).read_text()
    assert re.findall(r'16-bit images hold no value above (\d+)', log) == ['1023']


def test_the_log_begins_with_what_is_used(tmp_path, line, make_runner):
    data = folder(tmp_path, 3, 0)
    log = []
    hook = UnreadableImagesHook()
    hook.before_train(SimpleNamespace(train_dataloader=SimpleNamespace(dataset=[data]),
                                      logger=SimpleNamespace(info=log.append)))
    assert log == ['3 images used']


def test_data_without_files_have_nothing_to_report(line, make_runner):
    make_runner(line, [HOOK]).train()
    assert line.weight.weight.item() != 0


def test_an_interval_below_one_is_refused():
    with pytest.raises(ValueError, match='at least 1 iteration, got 0'):
        UnreadableImagesHook(interval=0)

from __future__ import annotations

import os
from contextlib import nullcontext
from unittest import mock

import cv2
import numpy as np
import pytest
from mmengine.dataset import pseudo_collate
from torch.utils.data import DataLoader

from oadp_mm.datasets import ImageFolder, decoding
from oadp_mm.datasets.decoding import UnreadableImage
from oadp_mm.registry import DATASETS

PIPELINE = [{'type': 'oadp_mm.LoadImage'}]


def write(path, value=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.full((4, 4, 3), value, np.uint8))


def fill(folder, good, bad=0):
    """Images 0.png .. that hold their own number, then files that are none."""
    for number in range(good):
        write(folder / f'{number:03}.png', number)
    for number in range(bad):
        (folder / f'bad{number}.png').write_bytes(b'no image')
    return folder


def names(dataset):
    return [os.path.basename(dataset.get_data_info(i)['img_path']) for i in range(len(dataset))]


def test_images_are_found_below_the_folder_in_a_fixed_order(tmp_path):
    for name in ('b.JPG', 'a/z.png', 'a/b/c.webp', 'c.tif'):
        write(tmp_path / name)
    for name in ('notes.txt', '.hidden.png', '.thumbs/x.png'):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert names(ImageFolder(tmp_path)) == ['c.webp', 'z.png', 'b.JPG', 'c.tif']
    assert names(ImageFolder(str(tmp_path), recursive=False)) == ['b.JPG', 'c.tif']
    assert names(ImageFolder(tmp_path, extensions=['.PNG'])) == ['z.png']


def test_links_are_followed_but_not_in_circles(tmp_path):
    write(tmp_path / 'store' / 'far.png')
    write(tmp_path / 'images' / 'near.png')
    (tmp_path / 'images' / 'linked').symlink_to(tmp_path / 'store')
    (tmp_path / 'images' / 'circle').symlink_to(tmp_path / 'images')
    assert sorted(names(ImageFolder(tmp_path / 'images'))) == ['far.png', 'near.png']


def test_several_folders_are_chained_in_the_given_order(tmp_path):
    write(tmp_path / 'x' / 'late.png')
    write(tmp_path / 'y' / 'early.png')
    assert names(ImageFolder([tmp_path / 'y', tmp_path / 'x'])) == ['early.png', 'late.png']


def test_a_list_of_each_folder_names_its_images(tmp_path):
    for year in ('VOC2007', 'VOC2012'):
        for name in ('1', '2', '3'):
            write(tmp_path / year / 'JPEGImages' / f'{year}_{name}.jpg')
        (tmp_path / year / 'train.txt').write_text(f'{year}_3\n\n{year}_1\n')
    dataset = ImageFolder([tmp_path / 'VOC2007', tmp_path / 'VOC2012'], list_file='train.txt',
                          prefix='JPEGImages/', suffix='.jpg', pipeline=PIPELINE)
    assert names(dataset) == ['VOC2007_3.jpg', 'VOC2007_1.jpg', 'VOC2012_3.jpg', 'VOC2012_1.jpg']
    assert dataset[0]['img'].shape == (4, 4, 3)


def test_a_list_elsewhere_is_relative_to_the_images(tmp_path):
    write(tmp_path / 'images' / 'a' / '1.png')
    (tmp_path / 'split.txt').write_text('a/1.png')
    dataset = ImageFolder(tmp_path / 'images', list_file=str(tmp_path / 'split.txt'))
    assert names(dataset) == ['1.png']


def test_it_is_built_by_its_registered_name_and_cut_to_the_first_images(tmp_path):
    fill(tmp_path, 5)
    dataset = DATASETS.build({'type': 'oadp_mm.ImageFolder', 'data_root': str(tmp_path),
                              'indices': 3, 'pipeline': PIPELINE})
    assert names(dataset) == ['000.png', '001.png', '002.png']


def test_an_unreadable_image_is_replaced_counted_and_never_decoded_again(tmp_path):
    dataset = ImageFolder(fill(tmp_path, 19, bad=1), pipeline=PIPELINE)
    bad = names(dataset).index('bad0.png')
    with mock.patch.object(decoding.cv2, 'imdecode', wraps=cv2.imdecode) as decode:
        drawn = {int(dataset[bad]['img'][0, 0, 0]) for _ in range(200)}
        assert decode.call_count == 201
    assert drawn == set(range(19))  # any other: 200 draws miss one of 19 with probability < 4e-4
    assert dataset.unreadable == [str(tmp_path / 'bad0.png')]


@pytest.mark.integration
def test_what_the_workers_find_is_known_to_all_processes(tmp_path):
    dataset = ImageFolder(fill(tmp_path, 60, bad=3), pipeline=PIPELINE)
    loader = DataLoader(dataset, batch_size=7, num_workers=2, collate_fn=pseudo_collate)
    assert sum(len(batch['img']) for batch in loader) == 63
    assert dataset.unreadable == [str(tmp_path / f'bad{number}.png') for number in range(3)]


def test_more_unreadable_images_than_the_share_stop_the_training(tmp_path):
    dataset = ImageFolder(fill(tmp_path, 73, bad=7), max_bad_share=0.08, pipeline=PIPELINE)
    positions = [names(dataset).index(f'bad{number}.png') for number in range(7)]
    for position in positions[:6]:  # 6 of 80 are allowed: 0.08 * 80 = 6.4
        dataset[position]
    with pytest.raises(UnreadableImage) as error:
        dataset[positions[6]]
    message = str(error.value)
    assert message.startswith('7 of 80 images cannot be read, more than max_bad_share=0.08 allows: '
                              f'{tmp_path}/bad0.png, {tmp_path}/bad1.png, {tmp_path}/bad2.png, '
                              f'{tmp_path}/bad3.png, {tmp_path}/bad4.png cannot be read: it is not '
                              'an image, or it is damaged; ...: repair')  # five are named
    assert message.count('it is not an image') == 1
    # Twice the share so far: 14 / 80 = 0.175, rounded.
    assert message.endswith('or raise the share by --cfg-options '
                            'train_dataloader.dataset.dataset.max_bad_share=0.2')


@pytest.mark.parametrize(('good', 'bad', 'share', 'stops'), [
    (11, 2, 0.05, False),  # a small folder with a few bad ones
    (8, 5, 0.05, False), (7, 6, 0.05, True),  # a handful is five
    (2, 2, 0.01, False), (2, 3, 0.01, True),  # and half at most
    (3, 1, 0.0, True), (1, 4, 0.9, False)])
def test_a_handful_stops_no_training_while_most_are_good(tmp_path, good, bad, share, stops):
    dataset = ImageFolder(fill(tmp_path, good, bad), max_bad_share=share, pipeline=PIPELINE)
    dataset.bad[good:] = 1  # named after the good ones
    with (pytest.raises(UnreadableImage, match=f'{bad} of {good + bad}') if stops
          else nullcontext()):
        dataset.check_readable()


def test_the_share_that_is_advised_lets_the_training_go_on(tmp_path):
    dataset = ImageFolder(fill(tmp_path, 6, bad=9), pipeline=PIPELINE)
    dataset.bad[6:] = 1
    with pytest.raises(UnreadableImage) as error:
        dataset.check_readable()
    dataset.max_bad_share = float(str(error.value).rpartition('=')[2])
    dataset.check_readable()


def test_workers_leave_it_to_the_main_process_to_stop(tmp_path, monkeypatch):
    """What they raise arrives inside a trace of torch's; only without any good image they must."""
    monkeypatch.setattr('oadp_mm.datasets.image_folder.get_worker_info', object)
    dataset = ImageFolder(fill(tmp_path, 1, bad=3), pipeline=PIPELINE)
    assert dataset[1]['img'].shape == (4, 4, 3)
    assert dataset[3]['img'].shape == (4, 4, 3)
    dataset.bad[:] = 1
    with pytest.raises(UnreadableImage, match=r'^4 of 4 images cannot be read'):
        dataset[0]


def test_the_reasons_are_found_by_reading_again(tmp_path):
    dataset = ImageFolder(fill(tmp_path, 8, bad=3), pipeline=PIPELINE)
    (tmp_path / 'bad1.png').write_bytes(b'')
    dataset.bad[8:] = 1
    write(tmp_path / 'bad2.png')  # it came whole meanwhile
    assert dataset.reasons(but=[f'{tmp_path}/bad0.png']) == (
        f'{tmp_path}/bad1.png cannot be read: the file is empty; '
        f'{tmp_path}/bad2.png could not be read before')
    assert dataset.reasons(most=1).endswith('damaged; ...')


def test_what_is_left_out_is_counted_by_ending(tmp_path):
    fill(tmp_path, 2)
    for name in ('a.HEIC', 'b/c.heic', 'd.dng', 'notes.txt', 'labels.json', 'Thumbs.db',
                 '@eaDir/x.jpg/SYNOPHOTO_THUMB_B.jpg', '.hidden.heic', 'README'):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    dataset = ImageFolder(tmp_path)
    assert dataset.sorted_out() == (
        '2 images used, left out: .heic 2, .dng 1, other files 3')
    assert ImageFolder(fill(tmp_path / 'b', 1), extensions=['.png']).sorted_out() == (
        '1 images used, left out: .heic 1')
    (tmp_path / 'phone').mkdir()
    (tmp_path / 'phone/1.heic').touch()
    with pytest.raises(FileNotFoundError, match=r'phone holds no image but \.heic 1: convert '
                                                r'them to JPEG or PNG, expected files that end'):
        ImageFolder(tmp_path / 'phone')


def test_what_is_no_file_is_not_used(tmp_path):
    fill(tmp_path / 'images', 2)
    (tmp_path / 'images/linked.png').symlink_to(tmp_path / 'images/000.png')
    (tmp_path / 'images/broken.png').symlink_to(tmp_path / 'nothing')
    (tmp_path / 'images/0loop.png').symlink_to('0loop.png')
    (tmp_path / 'images/device.png').symlink_to('/dev/zero')
    os.mkfifo(tmp_path / 'images/pipe.png')
    dataset = ImageFolder(tmp_path / 'images')
    assert names(dataset) == ['000.png', '001.png', 'linked.png']
    assert dataset.sorted_out() == '3 images used, left out: pipes, devices or broken links 4'


def test_names_that_are_no_text_are_read_and_shown(tmp_path):
    names = [b"it's \\ 100 %s.png", b'caf\xe9.png']
    for name in names:
        write(tmp_path / 'x.png', 7)
        (tmp_path / 'x.png').rename(os.fsdecode(os.fsencode(tmp_path) + b'/' + name))
    (tmp_path / 'list.txt').write_bytes(b'\n'.join(names))
    for dataset in (ImageFolder(tmp_path, pipeline=PIPELINE),
                    ImageFolder(tmp_path, list_file='list.txt', pipeline=PIPELINE)):
        assert [int(dataset[i]['img'].max()) for i in range(2)] == [7, 7]
        dataset.bad[:] = 1
        assert r'caf\xe9.png' in dataset.reasons()
        dataset.reasons().encode()  # as a log does


@pytest.mark.parametrize('count', [1, 12])
def test_a_folder_without_a_single_good_image_ends_in_an_error(tmp_path, count):
    dataset = ImageFolder(fill(tmp_path, 0, bad=count), max_bad_share=1, pipeline=PIPELINE)
    with pytest.raises(UnreadableImage, match=f'{count} of {count} images cannot be read'):
        dataset[0]


def test_in_test_mode_no_other_image_takes_the_place(tmp_path):
    dataset = ImageFolder(fill(tmp_path, 3, bad=1), test_mode=True, pipeline=PIPELINE)
    with pytest.raises(UnreadableImage, match=r'bad0\.png cannot be read: it is not an image'):
        dataset[3]


def test_another_step_that_gives_none_does_not_mark_the_image(tmp_path):
    fill(tmp_path, 2)
    dataset = ImageFolder(tmp_path, pipeline=[*PIPELINE, lambda results: results
                                              if results['img'].any() else None])
    assert dataset[0]['img'][0, 0, 0] == 1
    assert dataset.unreadable == []


def test_what_is_missing_is_named(tmp_path):
    fill(tmp_path / 'full', 1)
    (tmp_path / 'empty').mkdir()
    (tmp_path / 'blank.txt').write_text('\n')
    (tmp_path / 'wrong.txt').write_text('000.jpg\n')
    blank, wrong = str(tmp_path / 'blank.txt'), str(tmp_path / 'wrong.txt')
    for arguments, message in (
        ({'data_root': tmp_path / 'no'},
         r'image folder .*no does not exist: set OADP_DATA or OADP_IMAGES, whichever .* or add '
         r'--cfg-options train_dataloader\.dataset\.dataset\.data_root=PATH$'),
        ({'data_root': tmp_path / 'empty'},
         r'empty holds no file: expected files that end in \.jpg.*\.pnm$'),
        ({'data_root': tmp_path / 'full', 'list_file': 'no.txt'}, r'no\.txt does not exist'),
        ({'data_root': tmp_path / 'full', 'list_file': blank}, r'blank\.txt is empty'),
        ({'data_root': tmp_path / 'full', 'list_file': wrong}, r'000\.jpg.* does not exist; check'),
    ):
        with pytest.raises(FileNotFoundError, match=message):
            ImageFolder(**arguments)


@pytest.mark.parametrize(('arguments', 'message'), [
    ({'data_root': []}, 'data_root must name at least one folder'),
    ({'data_root': '.', 'max_bad_share': 1.5}, r'max_bad_share must lie in 0\.\.1, got 1\.5'),
    ({'data_root': '.', 'max_bad_share': -0.1}, 'max_bad_share must lie'),
])
def test_what_is_out_of_range_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        ImageFolder(**arguments)

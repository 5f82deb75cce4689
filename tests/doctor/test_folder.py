"""A folder as a whole: what is looked at, what is left out, what is in both splits."""
from __future__ import annotations

import io
import shutil

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from oadp_mm.doctor.folder import folder_findings


def examine(folder, size=32, most=0) -> dict[str, list]:
    found: dict[str, list] = {}
    for each in folder_findings(str(folder), size, most, Console(file=io.StringIO())):
        found.setdefault(each.topic, []).append(each)
    return found


@pytest.fixture
def folder(tmp_path):
    """Images of two classes in two splits, all different."""
    noise = np.random.default_rng(0)
    for split in ('train', 'test'):
        for name in ('cat', 'dog'):
            (tmp_path / split / name).mkdir(parents=True)
            for number in range(2):
                Image.fromarray(noise.integers(0, 256, (40, 60, 3), dtype=np.uint8)).save(
                    tmp_path / split / name / f'{number}.png')
    return tmp_path


def test_a_healthy_folder_is_well(folder):
    found = examine(folder)
    assert {each.mark for those in found.values() for each in those} == {'ok'}
    assert found['images'][0].sentence == '8 images'
    assert found.keys() == {'images', 'sizes', 'channels', 'duplicates', 'leaks', 'labels'}


def test_a_test_image_among_the_train_images_is_a_leak_and_a_duplicate(folder):
    shutil.copy(folder / 'train/cat/0.png', folder / 'test/dog/renamed.png')
    found = examine(folder)
    assert found['leaks'][0].mark == 'problem' and found['duplicates'][0].mark == 'note'
    assert 'cat/0.png' in found['leaks'][0].sentence


def test_a_sample_is_told_with_its_number(folder):
    found = examine(folder, most=3)
    assert found['looked at'][0].sentence.startswith('3 of 8 images')
    assert found['channels'][0].sentence == '3 colour'
    assert found['duplicates'][0].sentence == 'none of 8 images is a copy of another'


def test_pictures_of_other_kinds_are_to_be_converted(folder):
    (folder / 'train/cat/a.heic').touch()
    (folder / 'notes.txt').touch()
    for number in range(2):  # more than the others, and so told first
        (folder / f'train/cat/link{number}.png').symlink_to('nowhere')
    found = examine(folder)['images'][0]
    assert found.mark == 'note' and 'links 2, .heic 1, other files 1:' in found.sentence


def test_a_labelled_image_that_cannot_be_read_is_a_problem(folder):
    (folder / 'unlabelled.png').touch()
    assert 'labelled' not in examine(folder)  # a pretraining passes over it
    (folder / 'train/cat/0.png').write_bytes(b'')
    found = examine(folder)['labelled'][0]
    assert found.mark == 'problem' and len(found.items) == 1
    assert 'cat/0.png cannot be read: the file is empty' in found.items[0]


def test_maps_among_the_images_are_noted_with_the_folder_to_give(tmp_path):
    noise = np.random.default_rng(0)
    for split in ('train', 'test'):
        for kind in ('images', 'masks'):
            (tmp_path / kind / split).mkdir(parents=True)
        pixels = noise.integers(0, 256, (40, 60, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / f'images/{split}/a.png')
        Image.fromarray(pixels[..., 0] % 2).save(tmp_path / f'masks/{split}/a.png')
    found = examine(tmp_path)
    assert found['maps'][0].mark == 'note'
    assert found['maps'][0].sentence.startswith('2 files lie in folders of label maps')
    assert found['maps'][0].sentence.endswith(f'oadp-mm pretrain {tmp_path / "images"}')
    assert found['images'][0].sentence == '2 images'


def test_no_folder_and_no_image_are_problems(tmp_path):
    for place, words in ((tmp_path / 'absent', 'is not there'), (tmp_path, 'holds no image')):
        found = examine(place)
        assert found.keys() == {'images'} and found['images'][0].mark == 'problem'
        assert words in found['images'][0].sentence


def test_the_images_of_the_package_are_well():
    found = examine('nuclei', size=112, most=20)
    assert {each.mark for those in found.values() for each in those} == {'ok'}
    assert found['leaks'][0].sentence == 'none of 120 test images is among 544 train images'

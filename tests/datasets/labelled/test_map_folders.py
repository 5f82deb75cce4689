from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image

from oadp_mm.datasets.labelled.read import read_labelled
from tests.datasets.labelled.tiny_labels import HEIGHT, WIDTH, write_image, write_mask, write_pair


def read(folder: Path):
    return read_labelled([str(folder)], folder / 'out')


def folders(root: Path, form: str, **counts: int) -> Path:
    for split, count in counts.items():
        for i in range(count):
            images, masks = (root / form.format(split=split, kind=kind)
                             for kind in ('images', 'masks'))
            write_pair(images, masks, f'{split}{i}', 1 + i % 2)
    return root


@pytest.mark.parametrize('form', ['{split}/{kind}', '{kind}/{split}'])
def test_both_ways_to_lay_out_splits_are_the_same(form, tmp_path):
    data = read(folders(tmp_path, form, train=4, val=2))
    assert (data.train, data.test, data.side, data.objects) == (4, 2, HEIGHT, None)
    assert data.map_classes == ('0', '1', '2')
    assert data.maps['train'].names == ['train0', 'train1', 'train2', 'train3']
    assert data.maps['train'].image_ending == '.jpg'
    assert data.present == tuple(frozenset({0, 1 + i % 2}) for i in range(4))
    for split in ('train', 'test'):
        maps = data.maps[split]
        for name in maps.names:
            assert (maps.images / f'{name}.jpg').is_file()
            assert (maps.masks / f'{name}.png').is_file()


def test_plain_pairs_are_split_and_it_is_told(tmp_path):
    data = read(folders(tmp_path, '{kind}', any=10))
    assert (data.train, data.test) == (8, 2)
    assert '2 of 10 were drawn for it' in data.notes[0]
    assert sorted(data.maps['train'].names + data.maps['test'].names) == [
        f'any{i}' for i in range(10)]


@pytest.mark.parametrize('told', [
    ['sky', 'tree', 'car'], {'classes': ['sky', 'tree', 'car']},
    {'semantic': ['sky', 'tree', 'car'], 'classes': ['car']}])
def test_names_come_from_a_json(told, tmp_path):
    folders(tmp_path, '{kind}/{split}', train=2, test=1)
    (tmp_path / 'classes.json').write_text(json.dumps(told))
    assert read(tmp_path).map_classes == ('sky', 'tree', 'car')


def test_another_mask_is_another_digest(tmp_path):
    first = read(folders(tmp_path, '{kind}/{split}', train=2, test=1)).digest
    assert read(tmp_path).digest == first
    labels = np.zeros((HEIGHT, WIDTH))
    labels[0, 0] = 1
    write_mask(tmp_path / 'masks/train/train0.png', labels)
    assert read(tmp_path).digest != first


def test_other_pixels_are_another_digest(tmp_path):
    first = read(folders(tmp_path, '{kind}/{split}', train=2, test=1)).digest
    write_image(tmp_path / 'images/test/test0.jpg', value=200)
    assert read(tmp_path).digest != first


def test_images_in_both_splits_are_refused(tmp_path):
    folders(tmp_path, '{kind}/{split}', train=2)
    for kind in ('images', 'masks'):
        (tmp_path / kind / 'test').symlink_to(tmp_path / kind / 'train')
    with pytest.raises(ValueError, match=r'2 images are in .* such as train0\.jpg'):
        read(tmp_path)


def test_masks_are_of_the_size_that_hosts_load(tmp_path):
    """Hosts load a photo upright, as its EXIF says; here it lies, and so does its mask."""
    folders(tmp_path, '{kind}/{split}', train=2, test=1)
    path = tmp_path / 'images/train/train0.jpg'
    with Image.open(path) as photo:
        exif = photo.getexif()
        exif[ExifTags.Base.Orientation] = 6
        photo.save(path, exif=exif)
    with pytest.raises(ValueError, match=f'of {WIDTH}x{HEIGHT} .* of {HEIGHT}x{WIDTH}'):
        read(tmp_path)
    upright = np.zeros((WIDTH, HEIGHT))
    upright[0] = 1
    write_mask(tmp_path / 'masks/train/train0.png', upright)
    assert read(tmp_path).train == 2


def test_images_without_masks_are_left_out_and_told(tmp_path):
    folders(tmp_path, '{split}/{kind}', train=3, test=1)
    write_image(tmp_path / 'train/images/more.jpg')
    data = read(tmp_path)
    assert data.train == 3
    assert '1 images in' in data.notes[0] and 'have no mask' in data.notes[0]


def test_classes_of_the_test_images_alone_are_told(tmp_path):
    folders(tmp_path, '{split}/{kind}', train=1, test=2)
    assert read(tmp_path).notes == (
        'no train image shows 2, so that nothing is learned of it',)


def spoil(folder: Path, how: str) -> None:
    mask = folder / 'masks/train/train0.png'
    if how == 'colour':
        write_mask(mask, np.zeros((HEIGHT, WIDTH, 3)))
    elif how == 'size':
        write_mask(mask, np.zeros((HEIGHT, WIDTH - 1)))
    elif how == 'no image':
        mask.write_bytes(b'nothing')
    elif how == 'unlabelled':
        write_mask(folder / 'masks/test/test0.png', np.full((HEIGHT, WIDTH), 255))
    elif how == 'ending':
        write_image(folder / 'images/train/another.png')
    elif how == 'none':
        for path in folder.glob('masks/train/*'):
            path.unlink()
    elif how == 'names':
        (folder / 'classes.json').write_text('["one"]')
    else:
        for path in folder.glob('masks/*/*'):
            labels = np.zeros((HEIGHT, WIDTH))
            if how == 'binary':
                labels[:5] = 255
            write_mask(path, labels)


@pytest.mark.parametrize(('how', 'sentence'), [
    ('colour', 'is no map of one byte a pixel'), ('size', r'of 63x48 pixels .* of 64x48'),
    ('no image', 'cannot be read'), ('unlabelled', 'are 255 everywhere'),
    ('ending', r'end differently \(2 in .jpg and 1 in .png\)'),
    ('none', 'none of 2 images'), ('names', 'does not name the class 2'),
    ('one', r'hold only the classes \[0\]'), ('binary', 'write 1 instead of 255')])
def test_what_cannot_be_learned_is_one_sentence(how, sentence, tmp_path):
    folders(tmp_path, '{kind}/{split}', train=2, test=1)
    spoil(tmp_path, how)
    with pytest.raises(ValueError, match=sentence):
        read(tmp_path)

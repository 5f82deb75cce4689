from __future__ import annotations

import json
from pathlib import Path

import pytest

from oadp_mm.datasets.labelled.label_subset import label_subset
from oadp_mm.datasets.labelled.read import read_labelled
from tests.datasets.labelled.tiny_labels import (
    BOX,
    HEIGHT,
    content,
    write_coco,
    write_image,
    write_json,
)


def read(*words: Path | str, out: Path, **options):
    return read_labelled(list(map(str, words)), out, **options)


def test_a_coco_folder_is_used_as_it_lies(tmp_path):
    folder = write_coco(tmp_path / 'mine')
    data = read(folder, out=tmp_path / 'out', maps=False)
    assert (data.name, data.train, data.test, data.side) == (str(folder), 6, 2, HEIGHT)
    assert data.classes == ('one', 'two')
    assert data.outlined and data.maps is None and data.notes == ()
    assert data.objects['train'].file == folder / 'annotations/instances_train.json'
    assert data.objects['test'].images == folder / 'test/images'
    assert data.present == tuple(frozenset({i % 2}) for i in range(6))
    assert not (tmp_path / 'out').exists()


def test_two_jsons_are_the_folder(tmp_path):
    folder = write_coco(tmp_path)
    both = [folder / f'annotations/instances_{split}.json' for split in ('train', 'test')]
    assert read(*both, out=tmp_path / 'out').digest == read(folder, out=tmp_path / 'out').digest


def test_without_test_images_some_are_drawn_and_it_is_told(tmp_path):
    path = write_json(tmp_path, 'train', content(10))
    for words in ([tmp_path], [path]):
        data = read(*words, out=tmp_path / 'out')
        assert (data.train, data.test) == (8, 2)
        assert '2 of 10 were drawn for it with the seed 0' in data.notes[0]
        files = [each['file_name'] for split in ('train', 'test')
                 for each in json.loads(data.objects[split].file.read_text())['images']]
        assert sorted(files) == [f'{i:03d}.png' for i in range(10)]


def test_a_class_of_one_split_alone_is_a_class_and_is_told(tmp_path):
    write_json(tmp_path, 'train', content(4, ('one', 'two')))
    write_json(tmp_path, 'test', content(3, ('two', 'three'), first=4))
    data = read(tmp_path, out=tmp_path / 'out')
    assert data.classes == ('one', 'two', 'three')
    assert 'no train image shows three' in data.notes[0]
    told = json.loads(data.objects['test'].file.read_text())
    names = {each['id']: each['name'] for each in told['categories']}
    assert [names[each['category_id']] for each in told['annotations']] == ['two', 'three', 'two']


def test_mended_boxes_are_written_and_those_of_the_user_are_not_touched(tmp_path):
    told = content(4)
    told['annotations'][0]['bbox'] = [-9, 4, 20, 30]
    before = write_json(tmp_path, 'train', told).read_text()
    write_json(tmp_path, 'test', content(2, first=4))
    data = read(tmp_path, out=tmp_path / 'out')
    assert data.objects['train'].file == tmp_path / 'out/annotations/instances_train.json'
    assert json.loads(data.objects['train'].file.read_text())['annotations'][0]['bbox'] == [
        0, 4, 11, 30]
    assert (tmp_path / 'annotations/instances_train.json').read_text() == before


def test_images_in_both_splits_are_refused(tmp_path):
    path = write_json(tmp_path, 'train', content(2))
    other = path.with_name('instances_train_again.json')
    other.write_text(path.read_text())
    (tmp_path / 'train_again').symlink_to(tmp_path / 'train')
    with pytest.raises(ValueError, match=r'2 images are in .* such as 000\.png'):
        read(path, other, out=tmp_path / 'out')


def test_other_pixels_are_another_digest(tmp_path):
    data = read(write_coco(tmp_path), out=tmp_path / 'out')
    assert read(tmp_path, out=tmp_path / 'out').digest == data.digest
    write_image(tmp_path / 'test/images/007.png', value=200)
    assert read(tmp_path, out=tmp_path / 'out').digest != data.digest


def test_a_missing_image_is_named(tmp_path):
    write_coco(tmp_path)
    (tmp_path / 'train/images/004.png').unlink()
    with pytest.raises(FileNotFoundError, match=r'1 images of .*004\.png'):
        read(tmp_path, out=tmp_path / 'out')


@pytest.mark.parametrize(('words', 'sentence'), [
    (['no/such/folder'], 'there is no folder'), (['one', 'two'], '--data takes'),
    (['.'], 'is no labelled data')])
def test_what_is_no_data_is_one_sentence(words, sentence, tmp_path):
    with pytest.raises((ValueError, FileNotFoundError), match=sentence):
        read(*words, out=tmp_path)


def test_the_nuclei_have_objects_and_maps_of_the_same_images(tmp_path):
    data = read('nuclei', out=tmp_path / 'data')
    assert (data.name, data.train, data.test, data.side) == ('nuclei', 544, 120, 160)
    assert data.classes == ('nucleus',)
    assert data.map_classes == ('background', 'nucleus', 'border')
    for split in ('train', 'test'):
        told = json.loads(data.objects[split].file.read_text())
        assert [Path(each['file_name']).stem for each in told['images']] == data.maps[split].names
    objects, maps = label_subset(data, 8, 1, tmp_path / 'subsets')
    told = json.loads(objects.file.read_text())
    assert [Path(each['file_name']).stem for each in told['images']] == maps.names
    assert len(maps.names) == 8


def test_a_subset_lists_its_images_and_their_objects(tmp_path):
    data = read(write_coco(tmp_path), out=tmp_path / 'out', maps=False)
    objects, maps = label_subset(data, 3, 0, tmp_path / 'subsets')
    told = json.loads(objects.file.read_text())
    assert maps is None
    assert len(told['images']) == 3
    assert {each['category_id'] for each in told['annotations']} == {1, 2}
    assert [each['image_id'] for each in told['annotations']] == [
        each['id'] for each in told['images']]
    assert told['annotations'][0]['bbox'] == BOX
    assert label_subset(data, None, 0, tmp_path)[0] == data.objects['train']
    with pytest.raises(ValueError, match='has 6 labelled images to train on, so that 7'):
        label_subset(data, 7, 0, tmp_path)

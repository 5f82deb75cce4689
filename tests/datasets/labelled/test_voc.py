from __future__ import annotations

import json

import pytest

from oadp_mm.datasets.labelled.read import read_labelled
from tests.datasets.labelled.tiny_labels import WIDTH, write_image, write_voc

#: A box of one pixel in VOC's numbers, and one of the whole width.
BOXES = {'a': [('cat', (1, 1, 1, 1)), ('dog', (1, 3, WIDTH, 10))], 'b': [('dog', (5, 5, 9, 9))],
         'c': [], 'd': [('cat', (2, 2, 30, 30))], 'e': [('cat', (2, 2, 30, 30))]}


def read(folder, **options):
    return read_labelled([str(folder)], folder / 'out', **options)


def files(data, split) -> list[str]:
    return [each['file_name'] for each in json.loads(
        data.objects[split].file.read_text())['images']]


def test_boxes_start_at_one_and_end_with_their_last_pixel(tmp_path):
    data = read(write_voc(tmp_path, BOXES, train='a b', val='d e'))
    told = json.loads(data.objects['train'].file.read_text())
    assert [each['bbox'] for each in told['annotations']] == [
        [0, 0, 1, 1], [0, 2, WIDTH, 8], [4, 4, 5, 5]]
    assert [each['area'] for each in told['annotations']] == [1, WIDTH * 8, 25]
    assert data.classes == ('cat', 'dog')
    assert not data.outlined and data.maps is None


@pytest.mark.parametrize(('lists', 'train', 'test'), [
    (dict(trainval='a b', test='d'), 'a b', 'd'), (dict(train='a', val='b d'), 'a', 'b d'),
    (dict(train='a', trainval='a b', val='b', test='e'), 'a b', 'e')])
def test_lists_say_what_is_trained_on(lists, train, test, tmp_path):
    data = read(write_voc(tmp_path, BOXES, **lists))
    assert files(data, 'train') == [f'{name}.jpg' for name in train.split()]
    assert files(data, 'test') == [f'{name}.jpg' for name in test.split()]


@pytest.mark.parametrize('lists', [{}, dict(trainval='a b c d e')])
def test_without_lists_to_measure_on_some_are_drawn(lists, tmp_path):
    data = read(write_voc(tmp_path, BOXES, **lists))
    assert (data.train, data.test) == (4, 1)
    assert '1 of 5 were drawn for it' in data.notes[0]


def test_what_is_difficult_is_a_crowd_of_cocos(tmp_path):
    folder = write_voc(tmp_path, BOXES, train='a b', test='d')
    path = folder / 'Annotations/b.xml'
    path.write_text(path.read_text().replace('</name>', '</name><difficult>1</difficult>'))
    told = json.loads(read(folder).objects['train'].file.read_text())
    assert [each['iscrowd'] for each in told['annotations']] == [0, 0, 1]


def test_a_test_split_of_difficult_objects_alone_is_refused(tmp_path):
    folder = write_voc(tmp_path, BOXES, train='a b', test='d')
    path = folder / 'Annotations/d.xml'
    path.write_text(path.read_text().replace('</name>', '</name><difficult>1</difficult>'))
    with pytest.raises(ValueError, match=r'the test images of .* show no object that counts'):
        read(folder)


def test_a_size_that_is_not_told_is_the_images(tmp_path):
    folder = write_voc(tmp_path, BOXES, train='a b', test='d')
    path = folder / 'Annotations/b.xml'
    text = path.read_text()
    path.write_text(text[:text.index('<size>')] + text[text.index('</size>') + 7:].strip())
    told = json.loads(read(folder).objects['train'].file.read_text())
    assert told['images'][1]['width'] == WIDTH


def test_images_without_an_xml_are_told(tmp_path):
    write_image(write_voc(tmp_path, BOXES) / 'JPEGImages/more.jpg')
    assert '1 files of' in read(tmp_path).notes[0]


@pytest.mark.parametrize(('text', 'sentence'), [
    ('<annotation>', 'not of VOC'), ('<a><object><name>x</name></object></a>', 'not of VOC'),
    ('<a><object><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox>'
     '</object></a>', 'an object has no name')])
def test_another_form_is_one_sentence(text, sentence, tmp_path):
    (write_voc(tmp_path, BOXES, train='a', test='b') / 'Annotations/b.xml').write_text(text)
    with pytest.raises(ValueError, match=sentence):
        read(tmp_path)


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'2 images .* no image or no XML: x, y'):
        read(write_voc(tmp_path / 'lists', BOXES, train='a x', test='b y'))
    with pytest.raises(ValueError, match='1 images are in'):
        read(write_voc(tmp_path / 'common', BOXES, train='a b', test='b'))
    empty = write_voc(tmp_path / 'empty', {'c': []})
    with pytest.raises(ValueError, match='has no boxes'):
        read(empty)
    (empty / 'JPEGImages').rename(empty / 'pictures')
    with pytest.raises(FileNotFoundError, match='no JPEGImages'):
        read(empty)

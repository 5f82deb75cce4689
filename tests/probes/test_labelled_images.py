from __future__ import annotations

import os
from pathlib import Path

import pytest

from oadp_mm.probes.labelled_images import Split, read_labelled_images


def write(root: Path, **files: str) -> Path:
    """Lists by their stem, and every image they name."""
    for stem, text in files.items():
        (root / f'{stem}.txt').write_text(text)
    return touch(root, 'a.jpg', 'b.jpg', 'c.jpg', 'my photo 2.jpg')


def touch(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return root


def test_the_last_number_of_a_line_is_the_label_and_a_path_may_hold_blanks(tmp_path):
    write(tmp_path, train='a.jpg 7 1\n\nmy photo 2.jpg 7 02\n', test='c.jpg 8 2\n')
    images = read_labelled_images(tmp_path)
    assert images.train == Split(('a.jpg', 'my photo 2.jpg'), ('1', '2'))
    assert images.test == Split(('c.jpg',), ('2',))


def test_names_that_are_no_utf8_are_the_files(tmp_path):
    name = os.fsdecode(b'caf\xe9 2.jpg')
    write(tmp_path, train='a.jpg 1\nb.jpg 2\n')
    touch(tmp_path, name)
    (tmp_path / 'test.txt').write_bytes(b'caf\xe9 2.jpg 2\n')
    assert read_labelled_images(tmp_path).test == Split((name,), ('2',))


def test_the_last_number_is_the_label(tmp_path):
    write(tmp_path, train='a.jpg 7 1\nb.jpg 7 2\n', test='c.jpg 8 2\n')
    images = read_labelled_images(tmp_path)
    assert (images.train.labels, images.test.labels) == (('1', '2'), ('2',))


def test_folders_are_classes(tmp_path):
    touch(tmp_path, 'train/dog/2.PNG', 'train/dog/deep/1.jpg', 'train/cat/1.jpg', 'train/loose.jpg',
          'train/cat/notes.md', 'test/dog/9.jpg', 'test/dog/10.HEIC')
    images = read_labelled_images(tmp_path)
    assert images.left_out == '.heic 1, other files 1'
    assert images.train == Split(('train/cat/1.jpg', 'train/dog/2.PNG', 'train/dog/deep/1.jpg'),
                                 ('cat', 'dog', 'dog'))
    assert images.test == Split(('test/dog/9.jpg',), ('dog',))


def test_lists_win_over_folders(tmp_path):
    touch(tmp_path, 'train/x/1.jpg', 'test/x/2.jpg')
    write(tmp_path, train='a.jpg 0\nb.jpg 1\n', test='c.jpg 1\n')
    assert read_labelled_images(tmp_path).train.paths == ('a.jpg', 'b.jpg')


@pytest.mark.parametrize(('train', 'test', 'message'), [
    ('a.jpg 0\nb.jpg\n', 'c.jpg 0', r"line 2 of .*train\.txt has no label.* got 'b\.jpg'"),
    ('a.jpg 0\nb.jpg 1\n', ' \n', r'test\.txt is empty'),
    ('a.jpg 0\nb.jpg 1\n', 'c.jpg 5', r'the class 5 of the test image c\.jpg has no train image'),
    ('a.jpg 0\nb.jpg 0\n', 'c.jpg 0', 'are all of the class 0: expected at least two'),
    ('a.jpg 0\nb.jpg 1\n', 'a.jpg 0', r'1 images are in train and in test, such as a\.jpg'),
])
def test_wrong_lists_are_said_in_a_sentence(tmp_path, train, test, message):
    write(tmp_path, train=train, test=test)
    with pytest.raises(ValueError, match=message):
        read_labelled_images(tmp_path)


def test_a_listed_image_must_exist(tmp_path):
    write(tmp_path, train='a.jpg 0\nno.jpg 1\n', test='c.jpg 0\n')
    with pytest.raises(FileNotFoundError, match=r'1 images do not exist, the first is .*no\.jpg'):
        read_labelled_images(tmp_path)


def test_missing_data_name_what_is_expected(tmp_path):
    with pytest.raises(FileNotFoundError, match='none does not exist: give a folder'):
        read_labelled_images(tmp_path / 'none')
    with pytest.raises(FileNotFoundError, match='holds neither'):
        read_labelled_images(write(tmp_path, train='a.jpg 0\n'))
    touch(tmp_path, 'train/dog/1.jpg', 'test/2.jpg')
    with pytest.raises(FileNotFoundError, match='test holds no folder with images'):
        read_labelled_images(tmp_path)

from __future__ import annotations

import errno
import json

import cv2
import numpy as np
import pytest
from pycocotools import mask as rle
from pycocotools.coco import COCO

from oadp_mm.datasets.scenes.scene import Scene
from oadp_mm.datasets.scenes.scene_files import write_scene_files

CLASSES = ('ant', 'bee', 'cat')


def scene(number: int) -> Scene:
    """Random rectangles over each other on noise, at least one pixel of each on top."""
    rng = np.random.default_rng(number)
    owners = np.zeros((30, 40), np.uint8)
    for i in range(1, 4):
        y, x = rng.integers(0, (25, 35))
        owners[y:y + rng.integers(2, 15), x:x + rng.integers(2, 15)] = i
    kept, owners = np.unique(owners, return_inverse=True)
    labels = rng.integers(0, 3, len(kept) - 1)
    image = rng.integers(0, 256, (30, 40, 3), dtype=np.uint8)
    return Scene(image, labels, owners.reshape(30, 40).astype(np.uint8))


def write(root, scene=scene, **options) -> bool:
    arguments = {'classes': CLASSES, 'parameters': {'seed': 0}, **options}
    return write_scene_files(root, {'train': (4, scene), 'test': (2, scene)}, **arguments)


def contents(root) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob('*') if p.is_file()}


def test_coco_annotations_decode_to_the_scenes(tmp_path):
    assert write(tmp_path / 'out')
    coco = COCO(str(tmp_path / 'out/annotations/instances_train.json'))
    assert [c['name'] for c in coco.loadCats(sorted(coco.getCatIds()))] == list(CLASSES)
    assert coco.getImgIds() == [0, 1, 2, 3]
    for i in range(4):
        expected, annotations = scene(i), coco.loadAnns(coco.getAnnIds(i))
        assert len(annotations) == len(expected.labels)
        for label, mask, annotation in zip(
            expected.labels, expected.masks, annotations, strict=True
        ):
            assert np.array_equal(coco.annToMask(annotation), mask)
            assert coco.cats[annotation['category_id']]['name'] == CLASSES[label]
            assert annotation['bbox'] == rle.toBbox(annotation['segmentation']).tolist()
            assert annotation['area'] == rle.area(annotation['segmentation'])
            assert annotation['iscrowd'] == 0


def test_images_and_semantic_masks_are_kept_exactly(tmp_path):
    write(tmp_path / 'out')
    for split, count in (('train', 4), ('test', 2)):
        for i in range(count):
            image = cv2.imread(str(tmp_path / f'out/{split}/images/{i:06d}.png'))
            assert np.array_equal(image, scene(i).image)
            mask = cv2.imread(str(tmp_path / f'out/{split}/masks/{i:06d}.png'), -1)
            assert np.array_equal(mask, scene(i).semantic)


def test_classes_name_what_the_files_hold(tmp_path):
    write(tmp_path / 'out')
    names = json.loads((tmp_path / 'out/classes.json').read_text())
    coco = COCO(str(tmp_path / 'out/annotations/instances_test.json'))
    assert [coco.cats[i]['name'] for i in names['category_ids']] == names['classes']
    semantic = cv2.imread(str(tmp_path / 'out/test/masks/000000.png'), -1)
    first = scene(0)
    for label, mask in zip(first.labels, first.masks, strict=True):
        assert names['semantic'][semantic[mask][0]] == CLASSES[label]
    assert names['semantic'][semantic[first.owners == 0][0]] == 'background'


def test_a_second_run_does_nothing(tmp_path):
    write(tmp_path / 'out')
    before = contents(tmp_path)

    def untouched(number):
        raise AssertionError('composed again')

    assert not write(tmp_path / 'out', untouched)
    assert contents(tmp_path) == before


def test_a_killed_run_leaves_no_folder_and_is_redone(tmp_path):
    def killed(number):
        if number == 2:
            raise KeyboardInterrupt
        return scene(number)

    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / 'out', killed)
    assert not (tmp_path / 'out').exists()
    assert write(tmp_path / 'out')
    assert write(tmp_path / 'fresh')
    assert contents(tmp_path / 'out') == contents(tmp_path / 'fresh')
    assert sorted(p.name for p in tmp_path.iterdir()) == ['fresh', 'out']


def test_a_full_disk_leaves_no_part_of_a_folder(tmp_path):
    def fill(number):
        if number == 1:
            raise OSError(errno.ENOSPC, 'No space left on device')
        return scene(number)

    with pytest.raises(OSError, match='No space left'):
        write(tmp_path / 'out', fill)
    assert not list(tmp_path.iterdir())


def test_other_parameters_are_refused_unless_asked_to_overwrite(tmp_path):
    write(tmp_path / 'out')
    before = contents(tmp_path)
    with pytest.raises(FileExistsError, match=r'scenes that differ in seed: choose another folder'):
        write(tmp_path / 'out', parameters={'seed': 1})
    assert contents(tmp_path) == before
    assert write(tmp_path / 'out', lambda i: scene(i + 50), parameters={'seed': 1}, overwrite=True)
    image = cv2.imread(str(tmp_path / 'out/train/images/000000.png'))
    assert np.array_equal(image, scene(50).image)


@pytest.mark.parametrize('name', ['notes.txt', 'manifest.json'])
def test_a_folder_of_something_else_is_never_touched(tmp_path, name):
    (tmp_path / 'out').mkdir()
    (tmp_path / 'out' / name).write_text('{"mine": 1}')
    with pytest.raises(FileExistsError, match='holds something other than scenes'):
        write(tmp_path / 'out', overwrite=True)
    assert contents(tmp_path) == {f'out/{name}': b'{"mine": 1}'}


def test_an_empty_folder_is_taken(tmp_path):
    (tmp_path / 'out').mkdir()
    assert write(tmp_path / 'out')
    assert (tmp_path / 'out/manifest.json').is_file()


def test_the_border_is_a_class_of_its_own(tmp_path):
    write(tmp_path / 'out', border=True)
    assert json.loads((tmp_path / 'out/classes.json').read_text())['semantic'] == [
        'background', *CLASSES, 'border']
    mask = cv2.imread(str(tmp_path / 'out/train/masks/000001.png'), -1)
    assert np.array_equal(mask == 4, scene(1).border)
    assert np.array_equal(mask[mask != 4], scene(1).semantic[mask != 4])


def test_a_subset_is_the_same_files_with_fewer_entries(tmp_path):
    write(tmp_path / 'out', subsets={'2': [3, 1]})
    folder = tmp_path / 'out/annotations'
    whole, part = (COCO(str(folder / f'instances_train{name}.json')) for name in ('', '_2'))
    assert part.getImgIds() == [1, 3]
    assert part.imgToAnns == {i: whole.imgToAnns[i] for i in (1, 3)}
    assert part.cats == whole.cats
    assert (folder / 'train_2.txt').read_text().split() == ['000001', '000003']

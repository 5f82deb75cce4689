"""The data sets of all configs in one folder: real layouts, one small invented image."""
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from oadp_mm.datasets.nuclei import nuclei
from oadp_mm.files.correspondence_file import Correspondences, write_correspondences
from oadp_mm.files.proposal_file import Proposals, write_proposals

WIDTH, HEIGHT = 96, 64
BOX = (20, 10, 40, 40)  # x, y, width, height of the only object


def write_all(root: Path) -> None:
    """Lay out everything that a config may look for below OADP_DATA."""
    _coco(root / 'coco', {'train': 'train2017', 'val': 'val2017'}, '{0}2017', range(1, 81))
    _lvis(root / 'lvis_v1')
    _coco128(root / 'coco128')
    _coco(root, {'train': 'train/images', 'test': 'test/images'}, '{0}', range(1, 11))
    _masks(root, {'train/images': 'train/masks', 'test/images': 'test/masks'}, '.png')
    _camvid(root / 'camvid')
    for year in (2007, 2012):
        _voc(root / f'VOCdevkit/VOC{year}')
    _cityscapes(root / 'cityscapes')
    _nyu(root / 'nyu')
    _imagenet(root / 'imagenet')
    _places205(root / 'places205')
    _inat18(root / 'inaturalist18')
    _image(root / 'images/one.jpg')
    for name in ('one.jpg', 'two.jpg'):
        _image(root / 'coco/train2017' / name)
        _image(root / 'coco/unlabeled2017' / name)
        _image(root / 'grocery/train/Fruit' / name)
    _proposals(root / 'proposals.npz')
    _correspondences(root)


def _image(path: Path) -> Path:
    """Noise, so that two different crops cannot look alike."""
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    assert cv2.imwrite(str(path), noise)
    return path


def _proposals(path: Path) -> None:
    """Of all these images, and of the nuclei: one box of half their sides each."""
    names = ['one.jpg', 'two.jpg', *(f'{i:03}.jpg' for i in range(127))]
    write_proposals(path, Proposals(**_boxes(
        {**dict.fromkeys(names, (HEIGHT, WIDTH)), **_sizes_of_nuclei()})))


def _correspondences(root: Path) -> None:
    """Of the images of each folder that ORL learns from: their boxes, and the next image's."""
    names = [path.relative_to(root).as_posix() for folder in ('coco', 'coco128', 'grocery')
             for path in sorted((root / folder).rglob('*.jpg'))]
    sizes = {**dict.fromkeys(names, (HEIGHT, WIDTH)), **_sizes_of_nuclei()}
    folders: dict[str, list[int]] = {}
    for number, name in enumerate(sizes):
        folders.setdefault(name.rpartition('/')[0], []).append(number)
    neighbours = np.full((len(sizes), 1), -1, np.int32)
    for members in folders.values():
        if len(members) > 1:
            neighbours[members, 0] = np.roll(members, 1)
    pairs = (neighbours >= 0).sum(1)
    write_correspondences(root / 'correspondences.npz', Correspondences(
        **_boxes(sizes), neighbours=neighbours, pair_offsets=np.cumsum([0, *pairs]),
        pairs=np.zeros((pairs.sum(), 2), np.int16), cosines=np.ones(pairs.sum(), np.float16)))


def _sizes_of_nuclei() -> dict[str, tuple[int, int]]:
    sizes = {}
    for name in nuclei.names('train'):
        with Image.open(nuclei.FOLDER / f'images/{name}.jpg') as image:
            sizes[f'{name}.jpg'] = image.height, image.width
    return sizes


def _boxes(sizes: dict[str, tuple[int, int]]) -> dict[str, Any]:
    """One box of half the sides of each image, whose bytes are unknown."""
    boxes = [(width // 4, height // 4, width // 4 + width // 2, height // 4 + height // 2)
             for height, width in sizes.values()]
    return {'names': np.array(list(sizes)), 'sizes': np.array(list(sizes.values()), np.int32),
            'lengths': np.full(len(sizes), -1), 'offsets': np.arange(len(sizes) + 1),
            'meta': {'folder': 'pictures'}, 'boxes': np.array(boxes, np.int32)}


def _mask(path: Path) -> None:
    """Class 1 in the box, class 0 around it, a column to ignore."""
    x, y, width, height = BOX
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[y:y + height, x:x + width] = 1
    mask[:, 0] = 255
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), mask)


def _coco(root: Path, folders: dict[str, str], name: str, categories: range) -> None:
    from mmdet.datasets import CocoDataset

    names = CocoDataset.METAINFO['classes'] if len(categories) == 80 else '0123456789'
    for split, folder in folders.items():
        _image(root / folder / 'one.jpg')
        _instances(root / f'annotations/instances_{name.format(split)}.json', 'one.jpg',
                   {i: names[i - 1] for i in categories})


def _lvis(root: Path) -> None:
    from mmdet.datasets import LVISV1Dataset

    names = dict(enumerate(LVISV1Dataset.METAINFO['classes'], 1))
    for split in ('train', 'val'):
        _image(root / f'{split}2017/one.jpg')
        _instances(root / f'annotations/lvis_v1_{split}.json', f'{split}2017/one.jpg', names)


def _instances(path: Path, image: str, categories: dict[int, str]) -> None:
    """Annotations of one object of the first category."""
    x, y, width, height = BOX
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({
        'images': [{'id': 1, 'file_name': image, 'width': WIDTH, 'height': HEIGHT,
                    'coco_url': f'http://images.cocodataset.org/{image}'}],  # which LVIS reads
        'annotations': [{
            'id': 1, 'image_id': 1, 'category_id': next(iter(categories)), 'iscrowd': 0,
            'bbox': list(BOX), 'area': width * height,
            'segmentation': [[x, y, x + width, y, x + width, y + height, x, y + height]]}],
        'categories': [{'id': i, 'name': name} for i, name in categories.items()],
    }))


def _cityscapes(root: Path) -> None:
    from mmdet.datasets import CityscapesDataset

    for split in ('train', 'val'):
        _image(root / f'leftImg8bit/{split}/town/town_0_leftImg8bit.png')
        _mask(root / f'gtFine/{split}/town/town_0_gtFine_labelTrainIds.png')
        # Cityscapes counts its classes from 24 on, with gaps.
        _instances(root / f'annotations/instancesonly_filtered_gtFine_{split}.json',
                   'town/town_0_leftImg8bit.png',
                   dict(zip((24, 25, 26, 27, 28, 31, 32, 33),
                            CityscapesDataset.METAINFO['classes'], strict=True)))


def _nyu(root: Path) -> None:
    """Frames of the camera's own size: the metric crops them. The host asks for a number in names.
    """
    rng = np.random.default_rng(0)
    for split in ('train', 'test'):
        for kind, frame in (('images', rng.integers(0, 256, (480, 640, 3), dtype=np.uint8)),
                            ('annotations', rng.integers(0, 10000, (480, 640), dtype=np.uint16))):
            path = root / kind / split / ('study_1' + {'images': '.jpg'}.get(kind, '.png'))
            path.parent.mkdir(parents=True)
            assert cv2.imwrite(str(path), frame)


def _imagenet(root: Path) -> None:
    """The eighth class alone, the lists of subsets, and two other classes as reassessed labels."""
    images = {'train': 'n01514668/one.jpg', 'val': 'n01514668/ILSVRC2012_val_00000001.JPEG'}
    for split, line in images.items():
        _image(root / split / line)
    (root / 'meta').mkdir()
    for name in ('train', 'val', *(f'train_{part}_labels' for part in (
            '1percent', '10percent', '1p', '10p', '100')), 'val_100_labels'):
        (root / f'meta/{name}.txt').write_text(f'{images[name.split("_")[0]]} 7\n')
    (root / 'meta/train_100.txt').write_text(f'{images["train"]}\n')
    (root / 'meta/real.json').write_text(json.dumps([[8, 9], *[[]] * 49_999]))
    (root / 'meta/classes_100.txt').write_text(''.join(f'n{i:08}\n' for i in range(100)))


def _places205(root: Path) -> None:
    _image(root / 'images256/a/arch/one.jpg')
    (root / 'trainvalsplit_places205').mkdir()
    for split in ('train', 'val'):
        (root / f'trainvalsplit_places205/{split}_places205.csv').write_text('a/arch/one.jpg 7\n')


def _inat18(root: Path) -> None:
    _image(root / 'train_val2018/Aves/7/one.jpg')
    (root / 'meta').mkdir()
    for split in ('train', 'val'):
        (root / f'meta/{split}.txt').write_text('train_val2018/Aves/7/one.jpg 7\n')
    (root / 'meta/classes.txt').write_text(''.join(f'species {i}\n' for i in range(8142)))


def _coco128(root: Path) -> None:
    _coco(root, {'train': 'images', 'val': 'images'}, '{0}', range(1, 81))
    for i in range(127):  # and one.jpg
        (root / f'images/{i:03}.jpg').hardlink_to(root / 'images/one.jpg')


def _camvid(root: Path) -> None:
    _masks(root, {'images/train': 'masks/train', 'images/test': 'masks/test'}, '.jpg')
    for i in range(366):  # and one.jpg
        for path in (root / 'images/train/one.jpg', root / 'masks/train/one.png'):
            path.with_stem(f'{i:03}').hardlink_to(path)


def _masks(root: Path, folders: dict[str, str], suffix: str) -> None:
    for images, masks in folders.items():
        _image(root / images / f'one{suffix}')
        _mask(root / masks / 'one.png')


def _voc(root: Path) -> None:
    x, y, width, height = BOX
    _image(root / 'JPEGImages/one.jpg')
    _mask(root / 'SegmentationClass/one.png')
    _mask(root / 'SegmentationClassAug/one.png')
    for task, splits in (('Main', ('trainval', 'test')),
                         ('Segmentation', ('train', 'aug', 'val', 'trainval'))):
        (root / 'ImageSets' / task).mkdir(parents=True)
        for split in splits:
            (root / f'ImageSets/{task}/{split}.txt').write_text('one\n')
    (root / 'Annotations').mkdir()
    (root / 'Annotations/one.xml').write_text(
        f'<annotation><size><width>{WIDTH}</width><height>{HEIGHT}</height><depth>3</depth></size>'
        '<object><name>cat</name><difficult>0</difficult><bndbox>'
        f'<xmin>{x}</xmin><ymin>{y}</ymin><xmax>{x + width}</xmax><ymax>{y + height}</ymax>'
        '</bndbox></object></annotation>')

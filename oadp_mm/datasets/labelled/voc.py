"""A folder of VOC's form: an XML of boxes for each image, and lists of images."""
from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from PIL import Image

from oadp_mm.datasets.image_files import images_below
from oadp_mm.datasets.image_header import DAMAGE
from oadp_mm.datasets.labelled.objects import Source
from oadp_mm.files.whole_module import listing


def is_voc(root: Path) -> bool:
    """Whether a folder holds `Annotations/*.xml`."""
    return any((root / 'Annotations').glob('*.xml'))


def read_voc(root: Path) -> tuple[Source, Source | None, list[str]]:
    """Its images to train on and to measure on, and a sentence on what is left out.

    `ImageSets/Main` lists them: `test.txt` is measured on and `trainval.txt` (or `train.txt`)
    trained on, else `val.txt` and `train.txt`. Without such lists the first holds all images with
    an XML. What is `difficult` is neither learned nor counted, as in VOC, and so a crowd of COCO's.

    Args:
        root: with `Annotations` and `JPEGImages` (or `images`).

    Raises:
        FileNotFoundError: no images, or some that a list names are missing.
        ValueError: an XML of another form, or none with a box.
    """
    folder = next((root / name for name in ('JPEGImages', 'images') if (root / name).is_dir()),
                  None)
    if folder is None:
        raise FileNotFoundError(f'{root} has Annotations but no JPEGImages: put the images there')
    files = {Path(path).stem: Path(path).name for path in images_below(folder, recursive=False)}
    told = {path.stem for path in (root / 'Annotations').glob('*.xml')}
    train, test = _lists(root / 'ImageSets/Main')
    notes = []
    if train is None:
        train = sorted(told & files.keys())
        if lost := len(files.keys() ^ told):
            notes.append(f'{lost} files of {root} are images without an XML or the reverse: left '
                         'out')
    missing = sorted({*train, *(test or ())} - (told & files.keys()))
    if missing:
        raise FileNotFoundError(f'{len(missing)} images that {root}/ImageSets/Main lists have no '
                                f'image or no XML: {listing(missing, 5)}')
    parts = [[_read(root / f'Annotations/{name}.xml', folder / files[name]) for name in names]
             for names in (train, test) if names is not None]
    classes = sorted({each['name'] for part in parts for image in part for each in image[1]})
    if not classes:
        raise ValueError(f'{root}/Annotations has no boxes: give each object a name and a bndbox')
    sources = [Source(_content(part, classes), folder, None, f'{root.name}') for part in parts]
    return sources[0], sources[1] if len(sources) > 1 else None, notes


def _lists(folder: Path) -> tuple[list[str] | None, list[str] | None]:
    def names(split: str) -> list[str] | None:
        path = folder / f'{split}.txt'
        # In VOC's lists of a class a number follows the name.
        return [line.split()[0] for line in path.read_text('utf-8').splitlines() if line.strip()
                ] if path.is_file() else None

    train, trainval = names('train'), names('trainval')
    if (test := names('test')) is not None:
        return trainval or train, test
    if (val := names('val')) is not None and train is not None:
        return train, val
    return trainval or train, None


def _read(path: Path, image: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """An image, and its objects with their names, in COCO's form but for numbers."""
    try:
        root = ElementTree.fromstring(path.read_bytes())
        size = [int(float(root.findtext(f'size/{key}') or 0)) for key in ('width', 'height')]
        objects = []
        for each in root.iter('object'):
            # The first pixel is 1 in VOC, and the last belongs to the box.
            x1, y1, x2, y2 = (float(each.findtext(f'bndbox/{key}') or '')
                              for key in ('xmin', 'ymin', 'xmax', 'ymax'))
            objects.append({'name': (each.findtext('name') or '').strip(),
                            'bbox': [x1 - 1, y1 - 1, x2 - x1 + 1, y2 - y1 + 1],
                            'iscrowd': int(each.findtext('difficult') or 0)})
        if not all(each['name'] for each in objects):
            raise ValueError('an object has no name')
        if not all(size):
            with Image.open(image) as file:
                size = list(file.size)
    except (ElementTree.ParseError, AttributeError, TypeError, *DAMAGE) as error:
        raise ValueError(f'{path} is not of VOC\'s form ({error}): it needs objects with name and '
                         'bndbox (xmin, ymin, xmax, ymax)') from error
    return {'file_name': image.name, 'width': size[0], 'height': size[1]}, objects


def _content(part: list, classes: list[str]) -> dict[str, Any]:
    annotations = [
        {'id': 0, 'image_id': i, 'category_id': 1 + classes.index(each['name']),
         'bbox': each['bbox'], 'area': each['bbox'][2] * each['bbox'][3],
         'iscrowd': each['iscrowd']}
        for i, (_, objects) in enumerate(part) for each in objects]
    return {'images': [{'id': i, **image} for i, (image, _) in enumerate(part)],
            'annotations': [{**each, 'id': i} for i, each in enumerate(annotations, 1)],
            'categories': [{'id': i, 'name': name} for i, name in enumerate(classes, 1)]}

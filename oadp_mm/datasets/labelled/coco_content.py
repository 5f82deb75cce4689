"""The content of a json of COCO's form: read, mended where that is safe, and split."""
from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from statistics import median
from typing import Any

from oadp_mm.files.whole_module import listing

#: Pixels that a box may reach out of its image by rounding.
SLACK = 1.0


def read_content(path: Path) -> dict[str, Any]:
    """`images`, `annotations` and `categories` of a json, and nothing else of it.

    Raises:
        FileNotFoundError: there is none.
        ValueError: it has another form, no image, no box, the same image or category twice, or
            boxes of images or categories that it does not list.
    """
    try:
        content = json.loads(path.read_bytes())
        content = {key: content[key] for key in ('images', 'annotations', 'categories')}
        images = Counter(each['id'] for each in content['images']
                         if each['file_name'] and each['height'] and each['width'])
        names = Counter(each['name'] for each in content['categories'])
        known = {each['id'] for each in content['categories']}
        boxed = [each for each in content['annotations'] if _is_box(each.get('bbox'))]
        lost = [each for each in boxed if each['image_id'] not in images]
        unlisted = [each for each in boxed if each['category_id'] not in known]
    except FileNotFoundError as error:
        raise FileNotFoundError(f'there are no annotations {path}: check the path') from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError(
            f"{path} is not in the form of COCO's instances ({error}): it needs lists of 'images' "
            "with id, file_name, height and width, 'annotations' with bbox, image_id and "
            "category_id, and 'categories' with id and name") from error
    for what, counts in (('image id', images), ('category', names)):
        if twice := [str(key) for key, count in counts.items() if count > 1]:
            raise ValueError(f'{path} lists the {what} {twice[0]} twice: give each its own')
    if not boxed:
        raise ValueError(f'{path} has no boxes, so that there is nothing to learn or to measure: '
                         "give annotations with 'bbox' and 'category_id'")
    for what, those in (('image_id', lost), ('category_id', unlisted)):
        if those:
            raise ValueError(f'{len(those)} boxes in {path} have an {what} that it does not list, '
                             f'the first {those[0][what]!r}: add it, or take them out')
    return content


def mended(content: Mapping[str, Any], name: str) -> tuple[dict[str, Any], list[str]]:
    """The content with boxes that lie in their images, and a sentence on what was changed.

    A box that reaches out is clipped, one that lies outside or is thinner than a pixel is left
    out, and so is what has no box of four numbers; an area that is missing is the box's. Polygons
    of fewer than three points are no masks, and an object with none but those is left out where
    others have masks. Annotations are numbered from 1 unless each has a number of its own above 0:
    COCO's evaluation takes a match with the object 0 for none.

    Args:
        content: of a json.
        name: of its file, for the sentences.
    """
    sizes = {each['id']: (each['width'], each['height']) for each in content['images']}
    kept, clipped, dropped, boxless, maskless = [], 0, 0, 0, 0
    masks = any(_is_whole(each.get('segmentation')) for each in content['annotations'])
    for each in content['annotations']:
        if not _is_box(each.get('bbox')):
            boxless += 1
            continue
        outline = each.get('segmentation')
        if masks and outline and not _is_whole(outline):
            maskless += 1
            continue
        (x, y, w, h), (width, height) = each['bbox'], sizes[each['image_id']]
        x1, y1, x2, y2 = max(x, 0), max(y, 0), min(x + w, width), min(y + h, height)
        if x2 - x1 < 1 or y2 - y1 < 1:
            dropped += 1
            continue
        change: dict[str, Any] = {}
        if max(x1 - x, y1 - y, x + w - x2, y + h - y2) > SLACK:
            clipped += 1
            change['bbox'] = [x1, y1, x2 - x1, y2 - y1]
        if 'area' not in each:
            change['area'] = (x2 - x1) * (y2 - y1)
        if isinstance(outline, list) and not all(map(_is_polygon, outline)):
            change['segmentation'] = [polygon for polygon in outline if _is_polygon(polygon)]
        kept.append({**each, **change} if change else each)
    notes = [f'{count} {what}' for count, what in (
        (clipped, f'boxes of {name} reach out of their images and were clipped'),
        (dropped, f'boxes of {name} lie outside of their images or are thinner than a pixel: left '
                  'out'),
        (boxless, f'annotations of {name} have no box of four numbers: left out'),
        (maskless, f'objects of {name} have a mask of fewer than three points: left out')) if count]
    if len({each.get('id') for each in kept if _is_id(each.get('id'))}) < len(kept):
        kept = [{**each, 'id': number} for number, each in enumerate(kept, 1)]
        notes.append(f'annotations of {name} were numbered anew, since some ids are missing, '
                     'doubled or not above 0')
    return {**content, 'annotations': kept}, notes


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and value > 0


def _is_box(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 4 and _finite(value)


def _is_polygon(value: Any) -> bool:
    return isinstance(value, list) and len(value) >= 6 and len(value) % 2 == 0 and _finite(value)


def _is_whole(outline: Any) -> bool:
    """Whether it is a mask: runs, or polygons of which one at least is no line."""
    return any(map(_is_polygon, outline)) if isinstance(outline, list) else bool(outline)


def _finite(numbers: list) -> bool:
    return all(isinstance(each, int | float) and isfinite(each) for each in numbers)


def category_names(content: Mapping[str, Any]) -> tuple[str, ...]:
    """Their names in the order of the json, in which hosts number them."""
    return tuple(each['name'] for each in content['categories'])


def renamed(content: Mapping[str, Any], classes: Sequence[str]) -> dict[str, Any]:
    """The content with just these categories in this order, numbered from 1."""
    new = {each['id']: 1 + classes.index(each['name']) for each in content['categories']}
    return {**content,
            'annotations': [{**each, 'category_id': new[each['category_id']]}
                            for each in content['annotations']],
            'categories': [{'id': i, 'name': name} for i, name in enumerate(classes, 1)]}


def some_images(content: Mapping[str, Any], numbers: Sequence[int]) -> dict[str, Any]:
    """The content of the images at these places of its list, in their order there."""
    images = [content['images'][i] for i in sorted(numbers)]
    kept = {each['id'] for each in images}
    return {**content, 'images': images,
            'annotations': [each for each in content['annotations'] if each['image_id'] in kept]}


def classes_shown(content: Mapping[str, Any]) -> list[frozenset[int]]:
    """Of each image the classes of its objects, as numbers from 0; a crowd is none."""
    place = {each['id']: i for i, each in enumerate(content['categories'])}
    found: dict[Any, set[int]] = {each['id']: set() for each in content['images']}
    for each in content['annotations']:
        if not each.get('iscrowd'):
            found[each['image_id']].add(place[each['category_id']])
    return [frozenset(found[each['id']]) for each in content['images']]


def outlined(content: Mapping[str, Any]) -> bool:
    """Whether each object has a mask."""
    return all(each.get('segmentation') for each in content['annotations'])


def unseen(classes: Sequence[str], present: Sequence[frozenset[int]]) -> list[str]:
    """A sentence on classes that no train image shows, if there are any."""
    absent = [name for i, name in enumerate(classes) if not any(i in each for each in present)]
    return [f'no train image shows {listing(absent, 8)}, so that nothing is learned of '
            f'{"it" if len(absent) == 1 else "them"}'] if absent else []


def object_side(content: Mapping[str, Any]) -> float:
    """Median square root of the boxes' areas, as a share of their images' shorter sides."""
    shorter = {each['id']: min(each['height'], each['width']) for each in content['images']}
    sides = [(each['bbox'][2] * each['bbox'][3]) ** 0.5 / shorter[each['image_id']]
             for each in content['annotations'] if not each.get('iscrowd')]
    return median(sides) if sides else 0.0

"""What a json of COCO's form says of its boxes."""
from __future__ import annotations

import json
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple


class Annotations(NamedTuple):
    """A summary of a json.

    Args:
        categories: names in their order.
        boxes: how many there are of each category that has some.
        unlisted: boxes of a category_id that is none of the categories'.
        without_mask: boxes without a segmentation.
    """

    categories: tuple[str, ...]
    boxes: Counter[str]
    unlisted: int
    without_mask: int


def read_annotations(path: Path) -> Annotations:
    """Read a json, or give what was read before if it has not changed since.

    Raises:
        FileNotFoundError: there is none.
        ValueError: it is no json, or not of COCO's form.
    """
    try:
        state = path.stat()
    except OSError as error:
        raise FileNotFoundError(f'there are no annotations {path}: check ann_file and data_root '
                                '(OADP_DATA in the configs of this package)') from error
    return _read(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=16)
def _read(path: Path, mtime_ns: int, size: int) -> Annotations:
    try:
        content = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise ValueError(f'{path} is not JSON ({error}): give annotations in the form of '
                         "COCO's instances") from error
    try:
        names = {category['id']: category['name'] for category in content['categories']}
        boxed = [(one['category_id'], one.get('segmentation'))
                 for one in content.get('annotations', ()) if one.get('bbox')]
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(
            f"{path} is not in the form of COCO's instances ({error} is missing or of another "
            "kind): it needs lists of 'images', 'annotations' with bbox and category_id, and "
            "'categories' with id and name") from error
    listed = Counter(names[category] for category, _ in boxed if category in names)
    return Annotations(tuple(names.values()), listed, len(boxed) - listed.total(),
                       sum(not mask for _, mask in boxed))

"""Whether a detector's config and its annotations speak of the same classes.

mmdet drops each box whose category is not among the configured names, and numbers the others in the
order of the json, both without a word: boxes of one's own classes train COCO's 80, or nothing.
"""
from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mmengine.logging import print_log
from mmengine.registry import DATASETS

from oadp_mm.datasets.coco_json import Annotations, read_annotations
from oadp_mm.files.whole_module import listing


def check_classes(dataset: Any) -> None:
    """Raise unless the annotations of a data set give what its config says of them.

    A json of COCO's form is read once. Data sets that are not mmdet's `CocoDataset`, or that read
    their annotations in a way of their own, are none of this module's business.

    Args:
        dataset: a data set's config, wrappers such as `RepeatDataset` or `ConcatDataset` included.

    Raises:
        FileNotFoundError: there are no annotations.
        ValueError: they are not of COCO's form, have no boxes to train on, have boxes of classes
            that nobody chose to leave out, list the classes in another order, or lack masks where
            the pipeline loads them.
    """
    for config in _coco_datasets(dataset):
        path = Path(config.get('data_root') or '', config['ann_file'])
        found = read_annotations(path)
        if not config.get('test_mode'):
            _check_boxes(path, found)
        chosen = configured_classes(config)
        if chosen is not None and (found.boxes or found.unlisted):
            _check_names(path, found, chosen, 'classes' in (config.get('metainfo') or {}))
        masks = any(step.get('with_mask') for step in _dicts(config.get('pipeline')))
        if masks and found.without_mask:
            raise ValueError(
                f'{found.without_mask} of {sum(found.boxes.values())} boxes in {path} have no mask '
                "('segmentation'), but the pipeline loads masks (with_mask=True): add them, or "
                'train a detector of boxes')


def check_heads(model: Any, dataset: Any) -> None:
    """Raise ValueError unless each head of a detector has as many classes as its data set.

    Args:
        model: a detector's config.
        dataset: see `check_classes`.
    """
    for config in _coco_datasets(dataset):
        names = configured_classes(config)
        heads = {key: head['num_classes'] for node in _dicts(model) for key, head in node.items()
                 if key.endswith('_head') and isinstance(head, Mapping) and 'num_classes' in head}
        wrong = {key: count for key, count in heads.items()
                 if names is not None and count != len(names)}
        if names is not None and wrong:
            told = ', '.join(f'{key} has {count}' for key, count in wrong.items())
            raise ValueError(
                f'the data set has {len(names)} classes ({listing(names, 8)}), but {told}: set '
                f'num_classes={len(names)} there')


def configured_classes(config: Mapping[str, Any]) -> list[str] | None:
    """The names that a data set's config, or else its class, gives; None if neither does."""
    names = (config.get('metainfo') or {}).get('classes')
    if names is None:
        names = getattr(_class_of(config), 'METAINFO', {}).get('classes')
    if isinstance(names, str):  # a file of names for mmengine, one a line, or one name
        names = Path(names).read_text('utf-8').split('\n') if os.path.isfile(names) else [names]
    return None if names is None else [name for name in names if name]


def _check_boxes(path: Path, found: Annotations) -> None:
    if not found.boxes and not found.unlisted:
        raise ValueError(f'{path} has no boxes, so that nothing can be trained: give annotations '
                         "with 'bbox' and 'category_id'")


def _check_names(path: Path, found: Annotations, chosen: Sequence[str], explicit: bool) -> None:
    if found.unlisted:
        raise ValueError(f"{found.unlisted} boxes in {path} have a category_id that 'categories' "
                         'does not list: add it there')
    total = sum(found.boxes.values())
    lost = sum(count for name, count in found.boxes.items() if name not in chosen)
    absent = [name for name in chosen if name not in found.categories]
    if lost and not (explicit and not absent):
        raise ValueError(
            f'{lost} of {total} boxes in {path} are of classes that the config lacks: the json has '
            f'{listing(found.categories, 8)}, the config {listing(chosen, 8)}: '
            + _what_to_write(found.categories))
    if lost:
        print_log(f'{lost} of {total} boxes in {path} are of other classes than the chosen '
                  f'{listing(chosen, 8)} and left out', logger='current')
    numbered = [name for name in found.categories if name in chosen]
    if numbered != list(chosen):
        raise ValueError(
            f'{path} lists its categories as {listing(numbered, 8)}, but the config as '
            f'{listing(chosen, 8)}, and mmdet numbers those that are in the json in its order: '
            + _what_to_write(numbered))


def _what_to_write(names: Sequence[str]) -> str:
    """All of them, however many: to be copied."""
    return (f'copy the config (oadp-mm config --copy NAME DIR), write metainfo=dict(classes='
            f'{tuple(names)}) in both data sets of the copy and num_classes={len(names)} in its '
            'heads, and train the copy')


def _coco_datasets(config: Any) -> Iterator[Mapping[str, Any]]:
    if not isinstance(config, Mapping):
        return
    for inner in (config.get('dataset'), *(config.get('datasets') or ())):
        yield from _coco_datasets(inner)
    local = '://' not in f'{config.get("data_root")}{config.get("ann_file")}'
    if config.get('ann_file') and local and _reads_coco(_class_of(config)):
        yield config


def _class_of(config: Mapping[str, Any]) -> Any:
    kind = config.get('type')
    if not isinstance(kind, str):
        return kind
    with DATASETS.switch_scope_and_registry(None) as registry:
        return registry.get(kind)


def _reads_coco(kind: Any) -> bool:
    """Whether it is mmdet's CocoDataset or reads its json as that does."""
    coco = next((base for base in getattr(kind, '__mro__', ()) if base.__name__ == 'CocoDataset'),
                None)
    return coco is not None and all(getattr(kind, name) is getattr(coco, name)
                                    for name in ('load_data_list', 'parse_data_info'))


def _dicts(node: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(node, Mapping):
        yield node
        node = list(node.values())
    if isinstance(node, (list, tuple)):
        for child in node:
            yield from _dicts(child)

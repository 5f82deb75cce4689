"""Folders of images and of masks with the same names."""
from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from oadp_mm.datasets.image_files import images_below
from oadp_mm.datasets.labelled.coco_content import unseen
from oadp_mm.datasets.labelled.coco_layout import TESTS
from oadp_mm.datasets.labelled.files_digest import files_digest
from oadp_mm.datasets.labelled.labelled import SPLITS, Labelled, Maps, Split
from oadp_mm.datasets.labelled.maps import map_classes, read_maps, write_list
from oadp_mm.datasets.labelled.subset import refuse_common, train_test_split


class Pairs(NamedTuple):
    """Images with masks.

    Args:
        names: relative to both folders, without endings.
        images: folder.
        masks: folder.
        ending: of the images.
        left_out: images without a mask.
    """

    names: list[str]
    images: Path
    masks: Path
    ending: str
    left_out: int


def mask_folders(root: Path) -> tuple[tuple[Path, Path], tuple[Path, Path] | None] | None:
    """Folders of images and masks to train on and to measure on, None if there are none.

    They are `SPLIT/images` and `SPLIT/masks`, or `images/SPLIT` and `masks/SPLIT`, or `images` and
    `masks`, which nobody split.
    """
    for form in ('{split}/{kind}', '{kind}/{split}'):
        def folders(split: str, form: str = form) -> tuple[Path, Path] | None:
            both = [root / form.format(split=split, kind=kind) for kind in ('images', 'masks')]
            return (both[0], both[1]) if all(folder.is_dir() for folder in both) else None

        if train := folders('train'):
            return train, next(filter(None, map(folders, TESTS)), None)
    plain = root / 'images', root / 'masks'
    return (plain, None) if all(folder.is_dir() for folder in plain) else None


def labelled_maps(root: Path, train: tuple[Path, Path], test: tuple[Path, Path] | None, out: Path,
                  seed: int = 0) -> Labelled:
    """Images and masks to train a segmenter on and to measure it on.

    Args:
        root: folder of all.
        train: folders of images and of masks.
        test: likewise; None splits `train`.
        out: folder for lists.
        seed: of the split.

    Raises:
        ValueError: images without masks, of several endings, or in both splits; masks of another
            form.
    """
    pairs = [_pairs(*folders) for folders in (train, test) if folders]
    notes = [f'{each.left_out} images in {each.images} have no mask in {each.masks}: left out'
             for each in pairs if each.left_out]
    if test is None:
        parts: Sequence[list[int]] = train_test_split([True] * len(pairs[0].names), seed)
        notes.append(f'{root} has no images to measure on: {len(parts[1])} of '
                     f'{len(pairs[0].names)} were drawn for it with the seed {seed}')
        pairs = [pairs[0]._replace(names=[pairs[0].names[i] for i in part]) for part in parts]
    paths = [[each.images / f'{name}{each.ending}' for name in each.names] for each in pairs]
    refuse_common(paths[0], paths[1], [str(each.images) for each in pairs])
    maps: dict[Split, Maps] = {
        split: write_list(each.names, each.images, each.masks, each.ending, out, split)
        for split, each in zip(SPLITS, pairs, strict=True)}
    shown = {split: read_maps(maps[split]) for split in SPLITS}
    classes = map_classes([root], list(shown.values()))
    if not any(shown['test'].classes):
        raise ValueError(f'the test masks of {root} are 255 everywhere, which stands for no class: '
                         'give masks with classes to measure on')
    return Labelled(
        str(root), None, (), False, maps, classes, shown['train'].classes, len(pairs[1].names),
        int(median(shown['train'].sides)), ' '.join([*(each.digest for each in shown.values()),
                                                 *map(files_digest, paths)]),
        (*notes, *unseen(classes, shown['train'].classes)))


def _pairs(images: Path, masks: Path) -> Pairs:
    files = [Path(path).relative_to(images) for path in images_below(images)]
    names = [file.with_suffix('').as_posix() for file in files]
    kept = [name for name in names if (masks / f'{name}.png').is_file()]
    if not kept:
        raise ValueError(f'none of {len(names)} images in {images} has a mask in {masks}: give '
                         'each a PNG of the same name')
    endings = Counter(file.suffix for file in files)
    if len(endings) > 1:
        told = ' and '.join(f'{count} in {ending}' for ending, count in endings.most_common(2))
        raise ValueError(f'the images in {images} end differently ({told}), and a list of mmseg '
                         'has one ending: convert the fewer ones')
    return Pairs(kept, images, masks, next(iter(endings)), len(names) - len(kept))

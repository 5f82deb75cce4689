"""Where people keep annotations in COCO's form, and their images."""
from __future__ import annotations

from pathlib import Path

#: Names of the part that is measured on, the first that is there.
TESTS = ('test', 'val', 'val2017', 'val2014')


def annotation_files(folder: Path) -> tuple[Path, Path | None] | None:
    """The jsons of a folder's train and test images, None without one to train on.

    Args:
        folder: holds `instances_train*.json` and maybe `instances_{test,val,...}.json`.
    """
    # instances_train_16.json is a subset of instances_train.json, and longer.
    train = min(folder.glob('instances_train*.json'), key=lambda path: len(path.name),
                default=None)
    tests = (folder / f'instances_{name}.json' for name in TESTS)
    return (train, next((path for path in tests if path.is_file()), None)) if train else None


def image_folder(path: Path, name: str) -> Path:
    """Where the images of a json lie, of which one is called `name`.

    For `annotations/instances_train.json`: `train/images`, `train`, `images` or nothing beside
    `annotations`; or the json's own folder.

    Raises:
        FileNotFoundError: in none of them.
    """
    split, above = path.stem.removeprefix('instances_'), path.parent.parent
    places = (above / split / 'images', above / split, above / 'images', above, path.parent)
    for place in places:
        if (place / name).is_file():
            return place
    raise FileNotFoundError(f'{name} of {path} is in none of '
                            f'{", ".join(dict.fromkeys(map(str, places)))}: put '
                            'its images into one of them')

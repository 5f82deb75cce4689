"""The files of commands that draw one picture an image: which, their names, one sheet of all."""
from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from oadp_mm.datasets.image_files import images_below
from oadp_mm.files.shown import shown


def chosen_images(paths: Sequence[Path], most: int) -> tuple[dict[Path, str], list[str]]:
    """Image files with the names that their pictures are given.

    Args:
        paths: image files, named by their stems; and folders, each of which stands for the first
            `most` images below it, sorted by path and named by their places in it.
        most: images of a folder, above 0.

    Returns:
        The names by file, and a sentence for each folder that holds more.

    Raises:
        ValueError: `most` is below 1.
        FileNotFoundError: a folder holds no image.
    """
    if most < 1:
        raise ValueError(f'--most must be at least 1, got {most}')
    names, notes = {}, []
    for path in paths:
        if not path.is_dir():
            names[path] = path.stem
            continue
        found = [Path(image) for image in images_below(path)]
        if not found:
            raise FileNotFoundError(f'folder {shown(path)} holds no image: give one that does, or '
                                    'image files')
        if len(found) > most:
            notes.append(f'{shown(path)}: the first {most} of {len(found)} images, --most N for '
                         'more')
        stems = Counter(image.with_suffix('') for image in found[:most])
        for image in found[:most]:  # a mask may lie beside its photo
            alone = image.with_suffix('') if stems[image.with_suffix('')] == 1 else image
            names[image] = '-'.join(alone.relative_to(path).parts)
    return names, notes


def picture_files(names: Mapping[Path, str], out: Path, ending: str) -> list[Path]:
    """Where the picture of each image goes: OUT/NAME-ENDING.png.

    Raises:
        ValueError: two images of one name, whose pictures would overwrite each other.
    """
    targets = [out / f'{name}-{ending}.png' for name in names.values()]
    twice = next((target for target in targets if targets.count(target) > 1), None)
    if twice is not None:
        both = ' and '.join(shown(image) for image, target in zip(names, targets, strict=True)
                            if target == twice)
        raise ValueError(f'{both} would be drawn into one file, {shown(twice.name)}: draw them in '
                         'calls of their own with another --out each')
    return targets


def write_sheet(pictures: Sequence[Path], target: Path, columns: int | None = None,
                colours: int | None = 256) -> None:
    """Put pictures into one PNG.

    Args:
        pictures: image files, in reading order.
        target: file to write.
        columns: pictures in a row; None: all.
        colours: of the sheet, for a small file; None: all.
    """
    from PIL import Image

    loaded = [Image.open(path).convert('RGB') for path in pictures]
    columns = columns or len(loaded)
    width, height = (max(sides) for sides in zip(*(one.size for one in loaded), strict=True))
    sheet = Image.new('RGB', (width * columns, height * math.ceil(len(loaded) / columns)), 'white')
    for number, picture in enumerate(loaded):
        row, column = divmod(number, columns)
        sheet.paste(picture, (width * column, height * row))
    target.parent.mkdir(parents=True, exist_ok=True)
    (sheet.quantize(colours) if colours else sheet).save(target, optimize=True)

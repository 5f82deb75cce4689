"""The files of commands that draw one picture an image: which, their names, one sheet of all."""
from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from oadp_mm.datasets import LoadImage
from oadp_mm.datasets.decoding import UnreadableImage
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


def picture_files(names: Mapping[Path, str], out: Path, ending: str) -> dict[Path, Path]:
    """Where the picture of each image goes: OUT/NAME-ENDING.png.

    Raises:
        ValueError: two images of one name, whose pictures would overwrite each other.
    """
    images: dict[Path, Path] = {}
    for image, name in names.items():
        target = out / f'{name}-{ending}.png'
        if target in images:
            raise ValueError(f'{shown(images[target])} and {shown(image)} would be drawn into one '
                             f'file, {shown(target.name)}: draw them in calls of their own with '
                             'another --out each')
        images[target] = image
    return {image: target for target, image in images.items()}


def read_each(images: Sequence[Path], asked: Sequence[Path], load: LoadImage, notes: list[str],
              ) -> Iterator[tuple[Path, np.ndarray]]:
    """Images and their pixels as `load` has them; why some of a folder have none is noted.

    Raises:
        UnreadableImage: one that was `asked` for cannot be read, or none can.
    """
    read = 0
    for path in images:
        try:
            pixels = load({'img_path': str(path)})['img']
        except UnreadableImage as error:
            if path in asked or (path == images[-1] and not read):
                raise
            notes.append(str(error))
            continue
        read += 1
        yield path, pixels


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

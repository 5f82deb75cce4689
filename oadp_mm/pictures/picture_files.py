"""The files of commands that draw one picture an image: their names, and one sheet of all."""
from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path


def picture_files(images: Sequence[Path], out: Path, ending: str) -> list[Path]:
    """Where the picture of each image goes: OUT/IMAGE-ENDING.png.

    Raises:
        ValueError: two images of one name, whose pictures would overwrite each other.
    """
    targets = [out / f'{path.stem}-{ending}.png' for path in images]
    twice = next((target for target in targets if targets.count(target) > 1), None)
    if twice is not None:
        both = ' and '.join(str(image) for image, target in zip(images, targets, strict=True)
                            if target == twice)
        raise ValueError(f'{both} would be drawn into one file, {twice.name}: draw them in calls '
                         'of their own with another --out each')
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

"""What the images of a folder are: readable, large enough, of which channels and depth."""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np
from PIL import ExifTags

from oadp_mm.datasets.decoding import lost_to_range
from oadp_mm.datasets.image_files import read_image
from oadp_mm.datasets.image_folder import tolerated
from oadp_mm.datasets.image_header import DAMAGE, UnreadableImage, open_image
from oadp_mm.doctor.finding import Finding, counted, such_as
from oadp_mm.files.shown import shown

#: Decoded no smaller than this: enough to tell that an image is whole.
_SIDE = 64
#: Images that are a single colour are as good as missing: of a camera that was covered.
_FLAT = 1
_CHANNELS = {'L': 'gray', 'I;16': 'gray', 'I;16B': 'gray', 'I': 'gray', 'F': 'gray', '1': 'gray',
             'LA': 'gray with alpha', 'RGB': 'colour', 'YCbCr': 'colour', 'CMYK': 'CMYK',
             'RGBA': 'colour with alpha', 'P': 'palette', 'PA': 'palette'}


class Look(NamedTuple):
    """What one file holds.

    Args:
        path: its own.
        sides: height and width in pixels, upright; (0, 0) where it cannot be read.
        channels: in words.
        bits: that the brightest pixel of a 16-bit image takes, 0 of others.
        flat: whether all pixels are alike.
        reason: a sentence on why it cannot be read, else ''.
    """

    path: str
    sides: tuple[int, int] = (0, 0)
    channels: str = ''
    bits: int = 0
    flat: bool = False
    reason: str = ''


def look_at_file(path: str) -> Look:
    """Read and decode one file, a large JPEG at a fraction of its size."""
    try:
        pixels = read_image(path, sixteen_bit=None, min_side=_SIDE)
    except UnreadableImage as error:
        return Look(path, reason=str(error))
    sides, channels = pixels.shape[:2], 'colour'
    with suppress(*DAMAGE), open_image(Path(path).read_bytes()) as image:  # not the pixels again
        if max(image.size) > max(sides):  # a JPEG, decoded smaller and upright
            lying = image.getexif().get(ExifTags.Base.Orientation, 1) > 4
            sides = image.size if lying else image.size[::-1]
        channels = _CHANNELS.get(image.mode, image.mode)
    bits = int(pixels.max()).bit_length() if pixels.dtype == np.uint16 else 0
    flat = int(pixels.max()) - int(pixels.min()) <= _FLAT
    return Look(path, (sides[0], sides[1]), channels, bits, flat)


def image_findings(looks: Sequence[Look], total: int, size: int) -> Iterator[Finding]:
    """All of them, of images that were looked at.

    Args:
        looks: at some or all images, one at least.
        total: images of the folder.
        size: of a side of the views, in pixels.
    """
    good = [look for look in looks if not look.reason]
    if len(good) < len(looks):
        yield unreadable_finding([look for look in looks if look.reason], len(looks), total)
    if not good:
        return
    yield size_finding(good, size)
    yield channel_finding(good)
    for find in (sixteen_bit_finding, flat_finding):
        yield from find(good)


def unreadable_finding(bad: Sequence[Look], looked: int, total: int) -> Finding:
    """What a training makes of images that cannot be read: it passes over a few.

    Args:
        bad: the unreadable ones.
        looked: images looked at.
        total: images of the folder.
    """
    items = tuple(shown(look.reason) for look in bad)
    told = f'{len(bad):,} of {counted(looked, "image")} cannot be read, the first: {items[0]}'
    share = len(bad) / looked
    if len(bad) == looked or round(share * total) > tolerated(total):
        return Finding('problem', 'unreadable', f'{told}; a training would stop: repair or remove '
                       'them (--json FILE lists all)', items)
    return Finding('note', 'unreadable', f'{told}; a training leaves them out: repair or remove '
                   'them (--json FILE lists all)', items)


def size_finding(looks: Sequence[Look], size: int) -> Finding:
    """How large images are beside the views that are cut out of them.

    Args:
        looks: at readable ones.
        size: of a side of the views, in pixels.
    """
    shorter = [min(look.sides) for look in looks]
    least, most = (choose(looks, key=lambda look: look.sides[0] * look.sides[1]).sides
                   for choose in (min, max))
    told = (f'shorter side {round(median(shorter))} px (median), from {_by(least)} to {_by(most)}, '
            'height x width')
    small = [look for look in looks if min(look.sides) < size]
    if len(small) > len(looks) / 20:
        fits = max(32, int(sorted(shorter)[len(shorter) // 20]) // 32 * 32)
        return Finding('note', 'sizes', f'{told}; {len(small):,} of {len(looks):,} are smaller '
                       f'than views of {size} px and would be enlarged: type --size {fits}'
                       + (' --last-stride 1' if fits <= 128 else ''),
                       tuple(shown(look.path) for look in small))
    return Finding('ok', 'sizes', told)


def channel_finding(looks: Sequence[Look]) -> Finding:
    """Gray or colour, or a mixture, which is two kinds of images perhaps."""
    kinds = Counter(look.channels for look in looks)
    told = ', '.join(f'{count:,} {kind}' for kind, count in kinds.most_common())
    alpha = sum(count for kind, count in kinds.items() if 'alpha' in kind)
    if alpha:
        return Finding('note', 'channels', f'{told}: transparency is dropped, so that what it '
                       'hides is seen; paint a background first if that matters')
    return Finding('ok', 'channels', told)


def sixteen_bit_finding(looks: Sequence[Look]) -> Iterator[Finding]:
    """16-bit images whose high bits are empty come out black, unless stretched."""
    deep = [look for look in looks if look.bits]
    if deep and (lost := lost_to_range(max(look.bits for look in deep))):
        yield Finding('problem', '16-bit', f'{counted(len(deep), "image")} of {len(looks):,}: '
                      f'{lost}: add --cfg-options '
                      'train_dataloader.dataset.dataset.pipeline.0.sixteen_bit=minmax',
                      tuple(shown(look.path) for look in deep))
    elif deep:
        yield Finding('ok', '16-bit', f'{counted(len(deep), "image")}, of which the 8 high bits '
                      'are taken')


def flat_finding(looks: Sequence[Look]) -> Iterator[Finding]:
    """Images of one colour teach nothing, and a folder of them a collapse."""
    flat = [look for look in looks if look.flat]
    if flat:
        names = tuple(shown(look.path) for look in flat)
        yield Finding('problem' if len(flat) > len(looks) / 2 else 'note', 'one colour',
                      f'{len(flat):,} of {counted(len(looks), "image")} are of one colour, such as '
                      f'{such_as(names)}: nothing can be learned from them, remove them', names)


def look_at_files(paths: Sequence[str], advance: Callable[[str, int], None]) -> list[Look]:
    """Look at each.

    Args:
        paths: of images.
        advance: called after each, with its name and 1.
    """
    looks = []
    for path in paths:
        looks.append(look_at_file(path))
        advance(shown(Path(path).name), 1)
    return looks


def _by(sides: tuple[int, int]) -> str:
    return f'{sides[0]}x{sides[1]}'

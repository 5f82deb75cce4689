"""Backbones and images among what a user typed, told by what the files hold."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from oadp_mm.datasets.image_files import EXTENSIONS
from oadp_mm.datasets.image_header import DAMAGE
from oadp_mm.files.run_folder import run_checkpoints, runs_in
from oadp_mm.files.shown import shown
from oadp_mm.probes.networks import Network, is_random


def tell_apart(words: Sequence[str]) -> tuple[list[str], list[Path]]:
    """The words that name backbones (see `read_networks`), and the paths of images or folders.

    A folder with checkpoints is a training's, and so is one with folders that have some (of which
    whoever reads it asks for one); any other is of images. A file that is called like
    an image but begins as none is an image, too, so that whoever reads it says what is wrong.

    Raises:
        FileNotFoundError: there is no such file or folder.
        ValueError: a file is neither.
    """
    networks: list[str] = []
    images: list[Path] = []
    for word in words:
        path = Path(word).expanduser()
        if is_random(word):
            networks.append(word)
        elif path.is_dir():
            if run_checkpoints(path) or runs_in(path):  # of which there is none in images
                networks.append(word)
            else:
                images.append(path)
        elif not path.exists():
            raise FileNotFoundError(f'there is no {shown(word)}: give checkpoints, work_dirs of '
                                    'trainings or random, and image files or folders of them')
        elif _is_checkpoint(path):
            networks.append(word)
        elif _is_image(path):
            images.append(path)
        else:
            raise ValueError(f'{shown(word)} is neither a checkpoint nor an image: give files of '
                             'torch.save or safetensors, and images')
    return networks, images


def column_titles(networks: Sequence[Network]) -> list[str]:
    """Names that tell backbones apart: as much of the ends of their paths as it takes.

    A training's work_dir is followed by the epoch that was taken.
    """
    parts = [Path(network.name).parts or ('.',) for network in networks]
    length = next(count for count in range(1, 2 + max(map(len, parts)))
                  if len({each[-count:] for each in parts}) == len({*parts}))
    return [shown('/'.join(each[-length:])) + (
        f', epoch {network.origin["epoch"]}'
        if 'epoch' in network.origin and Path(network.name).expanduser().is_dir() else '')
        for each, network in zip(parts, networks, strict=True)]


def _is_checkpoint(path: Path) -> bool:
    """By its first bytes: torch's zip or pickle, or the json of a safetensors file."""
    with path.open('rb') as file:
        start = file.read(9)
    return start.startswith((b'PK\3\4', b'\x80')) or start[8:] == b'{'


def _is_image(path: Path) -> bool:
    if path.suffix.lower() in EXTENSIONS:
        return True
    try:
        with Image.open(path):  # reads no pixels
            return True
    except DAMAGE:
        return False

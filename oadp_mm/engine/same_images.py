"""All processes of a training see the same images, or it does not begin."""
from __future__ import annotations

import hashlib
import socket
from pathlib import PurePath
from typing import Any

from mmengine.dataset import BaseDataset
from mmengine.dist import all_gather_object, get_world_size

from oadp_mm.engine.hooks.dataset_walk import reachable
from oadp_mm.engine.roll_call import named

#: Of a longer list as many names are compared, at equal distances.
PLACES = 10_000


def check_same_images(dataset: Any) -> None:
    """Compare the images of all processes, by their number and by their names.

    Processes with epochs of different lengths would wait for each other without end.

    Args:
        dataset: of the training.

    Raises:
        ValueError: in every process, if one has other images.
    """
    if get_world_size() == 1:
        return
    groups: dict[tuple[int, str], list[int]] = {}
    hosts: list[str] = []
    for rank, (images, digest, host) in enumerate(all_gather_object(
            (len(dataset), _digest(dataset), socket.gethostname()))):
        groups.setdefault((images, digest), []).append(rank)
        hosts.append(host)
    if len(groups) == 1:
        return
    found = '; '.join(
        f'{images} images with the digest {digest} in {named(ranks)} on '
        f'{", ".join(dict.fromkeys(hosts[rank] for rank in ranks))}'
        for (images, digest), ranks in groups.items())
    raise ValueError(f'the processes would train on different images ({found}): give every node '
                     'the same files under the same names')


def _digest(dataset: Any) -> str:
    """Of the files' names; where they are mounted may differ."""
    digest = hashlib.sha256()
    for node in reachable(dataset):
        if isinstance(node, BaseDataset):
            for place in range(0, len(node), max(1, len(node) // PLACES)):
                path = str(node.get_data_info(place).get('img_path', ''))
                digest.update(PurePath(path).name.encode('utf-8', 'surrogateescape') + b'\n')
    return digest.hexdigest()[:8]

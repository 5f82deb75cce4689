"""Object proposals of the images of a pretraining, made before it begins where nobody gave any."""
from __future__ import annotations

import os
from functools import partial
from pathlib import Path

from rich.console import Console

from oadp_mm.datasets.nuclei import nuclei
from oadp_mm.datasets.proposals.finished import finished
from oadp_mm.datasets.proposals.image_list import ImageList, list_images
from oadp_mm.datasets.proposals.making import Task, make_proposals
from oadp_mm.datasets.proposals.methods import engine_of
from oadp_mm.files.proposal_file import FORM, read_index
from oadp_mm.files.proposals import ProposalIndex
from oadp_mm.files.shown import shown
from oadp_mm.journey.asked import NUCLEI
from oadp_mm.reports.progress import Progress
from oadp_mm.stages.interrupts import end_as_interrupt

#: The engine, and the file in a pretraining's folder.
METHOD, NAME = 'fast', 'proposals.npz'


def images_of(folder: str | Path) -> ImageList:
    """The images of a folder, or of the word `nuclei`.

    Raises:
        FileNotFoundError: there is no such folder, or no image below it.
    """
    if str(folder) == NUCLEI:
        names = sorted(f'{name}.jpg' for name in nuclei.names('train'))
        return ImageList(nuclei.FOLDER / 'images', tuple(names))
    return list_images(Path(folder))


def cores() -> int:
    """Processes that can work at once."""
    return os.cpu_count() or 1


def make(task: Task, out: Path, processes: int) -> ProposalIndex:
    """Make a file and show how far it is; what a stopped call left is kept (`make_proposals`)."""
    total = len(task.images.names)
    with end_as_interrupt(), Progress(total, Console(stderr=True)) as progress:
        progress.begin('proposals')
        return make_proposals(task, out, processes, progress.reach,
                              partial(progress.advance, 'images'),
                              partial(progress.again, 'writing'))


def provide(folder: str, out: Path) -> None:
    """Have a file of the images of a folder; one of other images, or a damaged one, is replaced."""
    task = Task(images_of(folder), METHOD, engine_of(METHOD, {}))
    try:
        there = finished(out, task, read_index, FORM)
    except ValueError:
        there = None
    if there is None:
        print(f'proposals of {len(task.images.names)} images first, into {shown(out)}', flush=True)
        make(task, out, cores())

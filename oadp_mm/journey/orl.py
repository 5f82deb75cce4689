"""ORL's three stages as a plan of commands (Xie et al., NeurIPS 2021, section 3.2).

A BYOL on the images; then, by what it has learned, each image's neighbours and the pairs of regions
that correspond; then a training from scratch on whole images, on regions, and on these pairs.
"""
from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from oadp_mm.files.run_folder import newest_checkpoint, run_checkpoints
from oadp_mm.files.shown import shown
from oadp_mm.journey.asked import Asked
from oadp_mm.journey.work_dir import look
from oadp_mm.stages.stage import Stage, read_state, stage_key
from oadp_mm.stages.training import threads

#: The stages' folders, in order, and what each leaves beside its log.
STAGES = STAGE1, PROPOSALS, NEIGHBOURS, CORRESPONDENCES, STAGE3 = (
    'stage1', 'proposals', 'neighbours', 'correspondences', 'stage3')
TRAININGS = STAGE1, STAGE3
#: Share of the trained passes that patches add, four of 96 px beside two views of 224.
_PATCHES = 2 * (96 / 224) ** 2
# Of two cores and a ResNet-18, as in comparing.py: they only weigh the stages in the time to go.
_START, _STEP, _LOOK, _PROPOSAL, _BOXES = 10, 0.04, 0.007, 0.1, 40


@dataclass(frozen=True)
class Discovery:
    """What is asked of stage 2.

    Args:
        min_side: least side of a box, in pixels of the image.
        neighbours: of an image.
        stage1: a work dir or a file, absolute, whose network finds them; '' for one that is
            trained first.
    """

    min_side: int = 96
    neighbours: int = 10
    stage1: str = ''


def stages(asked: Asked, discovery: Discovery, images: int, content: str, work_dir: Path,
           workers: int, salt: str = '') -> list[Stage]:
    """What is to be run, each keyed by its words, the images and what goes before.

    Args:
        asked: the training of stage 3; stage 1 has the same but for the method.
        discovery: see there.
        images: how many there are.
        content: stands for them.
        work_dir: absolute folder of all stages.
        workers: processes that load images, for each one that trains.
        salt: stands for whatever else the keys are to notice, such as the weights of stage 1.
    """
    pixels = (asked.size / 96) ** 2
    source = discovery.stage1 or str(work_dir / STAGE1)
    files = {name: file_of(name, work_dir) for name in (PROPOSALS, NEIGHBOURS, CORRESPONDENCES)}
    made: dict[str, Stage] = {}

    def add(name: str, title: str, seconds: float, output: Path, words: Sequence[object],
            after: Sequence[str] = (), epochs: int = 0, unkeyed: Sequence[str] = ()) -> None:
        typed = tuple(map(str, words))
        told = [word.replace(str(work_dir), '') for word in typed]  # where they lie changes nothing
        key = stage_key(salt, content, told, [made[each].key for each in after])
        made[name] = Stage(name, title, (sys.executable, '-m', 'oadp_mm', *typed, *unkeyed),
                           _START + seconds * images, key, env=threads(), outputs=(output,),
                           epochs=epochs)

    def train(name: str, title: str, wanted: Asked, passes: float) -> None:
        folder = work_dir / name
        add(name, title, passes * _STEP * pixels * wanted.epochs,
            folder / f'epoch_{wanted.epochs}.pth', shlex.split(wanted.command(folder))[1:],
            list(made), wanted.epochs, ('--workers', str(workers)))

    def find(name: str, title: str, seconds: float, *options: object) -> None:
        add(name, title, seconds * pixels, files[name], (
            name, asked.folder, '--from', source, *options, '--size', asked.size, '--out',
            files[name], '--sheet', files[name].with_suffix('.png')), list(made))

    first, third = both(asked, work_dir)
    if not discovery.stage1:
        train(STAGE1, 'stage 1: BYOL on whole images', first, 1)
    add(PROPOSALS, 'stage 2: object proposals', _PROPOSAL, files[PROPOSALS],
        (PROPOSALS, asked.folder, '--out', files[PROPOSALS]))
    find(NEIGHBOURS, 'stage 2: neighbours of each image', _LOOK, '--neighbours',
         discovery.neighbours)
    find(CORRESPONDENCES, 'stage 2: regions that correspond', _BOXES * _LOOK, '--neighbours',
         files[NEIGHBOURS], '--proposals', files[PROPOSALS], '--min-side', discovery.min_side)
    train(STAGE3, f'stage 3: {asked.method} from scratch', third, 1 + _PATCHES)
    return list(made.values())


def file_of(name: str, work_dir: Path) -> Path:
    """What a part of stage 2 writes."""
    return work_dir / name / f'{name}.npz'


def both(asked: Asked, work_dir: Path) -> tuple[Asked, Asked]:
    """The trainings of stage 1 and stage 3."""
    file = file_of(CORRESPONDENCES, work_dir)
    return replace(asked, method='orl-stage1'), replace(asked, correspondences=str(file))


def refuse_other_work(made: Sequence[Stage], asked: Asked, work_dir: Path) -> None:
    """Refuse to throw a training away that was asked for otherwise; files are made anew.

    Raises:
        ValueError: a folder holds checkpoints of other settings, images or earlier stages.
    """
    there = {stage.name: stage for stage in made}
    for name, wanted in zip(TRAININGS, both(asked, work_dir), strict=True):
        folder = work_dir / name
        if name not in there or not folder.is_dir() or not run_checkpoints(folder):
            continue
        look(folder, wanted)
        if read_state(folder).get('key') != there[name].key:
            kept = f', and --stage1 {shown(folder)} to keep its first stage' if (
                name == STAGE1) else ''
            raise ValueError(
                f'{shown(folder)} was trained before the images of {shown(asked.folder)}, or what '
                f'goes before it, became others: give another --work-dir{kept}')


def identity(stage1: str) -> str:
    """Stands for the weights that a file or a work dir has now, '' for none.

    Raises:
        FileNotFoundError: there is neither.
        CheckpointError: see `newest_checkpoint`.
    """
    if not stage1:
        return ''
    path = Path(stage1)
    path = newest_checkpoint(path).path if path.is_dir() else path
    if not path.is_file():
        raise FileNotFoundError(f'{shown(path)} does not exist: check the path of --stage1')
    told = path.stat()
    return f'{path.name} {told.st_size} {told.st_mtime_ns}'

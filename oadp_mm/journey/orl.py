"""ORL's three stages as a plan of commands (Xie et al., NeurIPS 2021, section 3.2).

A BYOL on the images; then, by what it has learned, each image's neighbours and the pairs of regions
that correspond; then a training from scratch on whole images, on regions, and on these pairs.
"""
from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from oadp_mm.files.backbone_file import sha256_of
from oadp_mm.files.run_folder import newest_checkpoint, run_checkpoints
from oadp_mm.files.shown import shown
from oadp_mm.journey.asked import Asked
from oadp_mm.journey.work_dir import asked_before
from oadp_mm.stages.log_lines import share_done
from oadp_mm.stages.stage import Stage, is_finished, read_state, stage_key
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
        weights: stands for those of `stage1`, see `digest_of`.
        proposals: file of object proposals, absolute; '' for one that is made.
    """

    min_side: int = 96
    neighbours: int = 10
    stage1: str = ''
    weights: str = ''
    proposals: str = ''


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
        salt: stands for whatever else the keys are to notice.
    """
    pixels = (asked.size / 96) ** 2
    source = discovery.stage1 or str(work_dir / STAGE1)
    files = {name: file_of(name, work_dir) for name in (NEIGHBOURS, CORRESPONDENCES)}
    proposals = Path(discovery.proposals or file_of(PROPOSALS, work_dir))
    made: dict[str, Stage] = {}

    def add(name: str, title: str, seconds: float, output: Path, words: Sequence[object],
            after: Sequence[str] = (), epochs: int = 0, unkeyed: Sequence[str] = ()) -> None:
        typed = tuple(map(str, words))
        told = [word.replace(str(work_dir), '') for word in typed]  # where they lie changes nothing
        weights = discovery.weights * ('--from' in typed)
        key = stage_key(salt, weights, content, told, [made[each].key for each in after])
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
    if not discovery.proposals:
        add(PROPOSALS, 'stage 2: object proposals', _PROPOSAL, proposals,
            (PROPOSALS, asked.folder, '--out', proposals))
    find(NEIGHBOURS, 'stage 2: neighbours of each image', _LOOK, '--neighbours',
         discovery.neighbours)
    find(CORRESPONDENCES, 'stage 2: regions that correspond', _BOXES * _LOOK, '--neighbours',
         files[NEIGHBOURS], '--proposals', proposals, '--min-side', discovery.min_side)
    train(STAGE3, f'stage 3: {asked.method} from scratch', third, 1 + _PATCHES)
    return list(made.values())


def file_of(name: str, work_dir: Path) -> Path:
    """What a part of stage 2 writes."""
    return work_dir / name / f'{name}.npz'


def both(asked: Asked, work_dir: Path) -> tuple[Asked, Asked]:
    """The trainings of stage 1 and stage 3."""
    file = file_of(CORRESPONDENCES, work_dir)
    return replace(asked, method='orl-stage1'), replace(asked, correspondences=str(file))


def found(stage: Stage, work_dir: Path) -> list[str]:
    """What a part of stage 2 said of its result, and its notes; nothing of a training."""
    if stage.name in TRAININGS:
        return []
    lines = (work_dir / stage.name / 'log.txt').read_text('utf-8', 'replace').splitlines()
    # the first line is the command, and lines of progress are shown as it goes
    return [line for line in lines if not line.startswith('#') and share_done(line) is None]


def refuse_other_work(made: Sequence[Stage], asked: Asked, work_dir: Path) -> None:
    """Refuse to throw a training away that was asked for otherwise; files are made anew.

    Raises:
        ValueError: a folder holds checkpoints of other settings, images or earlier stages.
    """
    there, advice = {stage.name: stage for stage in made}, 'give another --work-dir'
    if STAGE1 in there and is_finished(there[STAGE1], work_dir):
        advice += (f', and --stage1 {shown(shlex.quote(str(work_dir / STAGE1)))} to keep its first '
                   'stage')
    for name, wanted in zip(TRAININGS, both(asked, work_dir), strict=True):
        folder = work_dir / name
        if (name in there and folder.is_dir() and run_checkpoints(folder)
                and read_state(folder).get('key') != there[name].key):
            raise ValueError(f'{shown(folder)} was trained '
                             f'{_difference(folder, wanted, made)}: {advice}')


def _difference(folder: Path, wanted: Asked, made: Sequence[Stage]) -> str:
    """The first word that an earlier call of the plan had otherwise, or else what it saw."""
    before = asked_before(folder)
    pairs = before.differences(
        replace(wanted, correspondences=before.correspondences)) if before else []
    for stage in made:
        if stage.name in (NEIGHBOURS, CORRESPONDENCES):
            then = _options(shlex.split(read_state(folder.parent / stage.name).get('command', '')))
            now = _options(stage.command)
            pairs += [(f'{name} {value}', f'{name} {now.get(name)}')
                      for name, value in then.items() if now.get(name) != value]
    return 'with {}, and with {} it would be another'.format(*pairs[0]) if pairs else (
        'on other images, or by another stage 1')


def _options(words: Sequence[str]) -> dict[str, str]:
    """The options of a command that have one word each."""
    return {name: value for name, value in pairwise(words) if name.startswith('--')}


def digest_of(stage1: str) -> str:
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
    return sha256_of(path)[:16]

"""What trainings of the protocol stand on: images, and the networks that they all start from."""
from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from benchmarks.evidence.protocol import BATCH, PARTS, ROWS, SEEDS
from benchmarks.evidence.work import FIRST, Given, Work
from oadp_mm.cli import pretrain
from oadp_mm.files.recipe import architecture
from oadp_mm.journey.comparing import link_images
from oadp_mm.journey.images import look_at
from oadp_mm.journey.pretraining import plan_pretraining
from oadp_mm.journey.schedule import least_box_side
from oadp_mm.journey.starts import RANDOM, Start, drawn
from oadp_mm.probes.read_data import read_data


def provide(out: Path, data: Path) -> Work:
    """Folders of links to the train images of each part, and untrained networks beside them.

    Args:
        out: absolute folder of the work.
        data: folder of the labelled data.
    """
    given = {}
    for name in PARTS:
        folder = out / name / 'images'
        work = Work(out, data, given)
        if not folder.is_dir():
            folder.parent.mkdir(parents=True, exist_ok=True)
            parts = [read_data([work.word(each)], out / 'data' / each)
                     for each in PARTS[name].probes]
            link_images([path for each in parts for path in each.train.paths], folder)
        seen = look_at(str(folder))
        given[name] = Given(seen.number, least_box_side(seen.sides))
        start = Start(RANDOM, RANDOM, _architecture(name, seen.number))
        for seed in range(SEEDS):
            drawn(start, seed, work.untrained(name, seed).parent)
    return Work(out, data, given)


def _architecture(part: str, images: int) -> dict:
    """Of the backbone that the trainings of a part build."""
    parser = ArgumentParser()
    pretrain.add_arguments(parser)
    args = parser.parse_args(['images', *PARTS[part].network, '--batch', str(BATCH), *ROWS[FIRST],
                              '--work-dir', 'unused'])
    planned = plan_pretraining(pretrain.asked_of(args), images, {}, 1)
    return architecture(planned.config.model.to_dict())

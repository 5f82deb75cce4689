from __future__ import annotations

import shlex
from argparse import ArgumentParser
from pathlib import Path

import pytest

from oadp_mm.cli import pretrain
from oadp_mm.journey.asked import Asked

ALL = Asked('/my photos', method='byol', backbone='resnet34', width=32, last_stride=1, epochs=3,
            size=96, batch=8, gpus=2, augment='mild', seed=4, lr=0.1, stem_lr=0.5, amp=True,
            keep_steps=(250, 1000), options=('a.b=1', 'c=[1, 2]'), probe_every=2,
            probe_data=('/my/a.json', '/my/b.json'), probe_families='dense')


def typed(line: str) -> Asked:
    """What the command makes of a line."""
    parser = ArgumentParser()
    pretrain.add_arguments(parser)
    return pretrain.asked_of(parser.parse_args(shlex.split(line)[2:]))


@pytest.mark.parametrize('asked', [Asked('nuclei'), ALL])
def test_the_command_asks_for_the_same(asked):
    assert typed(asked.command(Path('runs/a b'))) == asked


@pytest.mark.parametrize('asked', [Asked('nuclei'), ALL])
def test_a_text_carries_it(asked):
    assert Asked.read(asked.as_dict()) == asked


def test_no_two_that_are_the_same_differ():
    assert ALL.differences(ALL) == []


def test_differences_are_told_as_they_are_typed():
    assert Asked('nuclei', amp=True).differences(Asked('/photos', epochs=5, lr=0.5)) == [
        ('nuclei', '/photos'), ('--epochs 200', '--epochs 5'), ('no --lr', '--lr 0.5'),
        ('--amp', 'no --amp')]

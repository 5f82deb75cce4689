"""Proposals that a pretraining makes for itself."""
from __future__ import annotations

import numpy as np
import pytest

from oadp_mm.datasets.nuclei import nuclei
from oadp_mm.datasets.proposals import making
from oadp_mm.files.proposal_file import read_proposals
from oadp_mm.journey import proposals
from tests.journey.tiny_folder import write_images


@pytest.fixture
def made(monkeypatch):
    """How often something was made."""
    calls, real = [], making.make_proposals

    def count(*args):
        calls.append(args)
        return real(*args)

    monkeypatch.setattr(proposals, 'make_proposals', count)
    monkeypatch.setattr(proposals, 'cores', lambda: 1)
    return calls


def test_they_are_of_the_images_and_made_once(tmp_path, made):
    folder, out = write_images(tmp_path / 'images'), tmp_path / 'run/proposals.npz'
    for _ in range(2):
        proposals.provide(str(folder), out)
    assert len(made) == 1
    file = read_proposals(out)
    assert file.names.tolist() == [f'{number}.png' for number in range(8)]
    assert (file.sizes == (72, 80)).all() and np.diff(file.offsets).min() > 0


def test_those_of_other_images_and_damaged_ones_are_replaced(tmp_path, made):
    """The file is the pretraining's own, which has not begun."""
    folder, out = write_images(tmp_path / 'images'), tmp_path / 'proposals.npz'
    proposals.provide(str(folder), out)
    (folder / '0.png').unlink()
    proposals.provide(str(folder), out)
    assert len(made) == 2
    assert len(read_proposals(out)) == 7
    out.write_bytes(b'damaged')
    proposals.provide(str(folder), out)
    assert len(read_proposals(out)) == 7


def test_the_nuclei_are_those_to_train_on():
    images = proposals.images_of('nuclei')
    assert {name.removesuffix('.jpg') for name in images.names} == set(nuclei.names('train'))
    assert list(images.names) == sorted(images.names)
    assert all((images.folder / name).is_file() for name in images.names)

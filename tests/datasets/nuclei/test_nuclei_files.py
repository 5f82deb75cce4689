from __future__ import annotations

import json

import cv2
import numpy as np
import pytest
from pycocotools.coco import COCO

from oadp_mm.cli import main
from oadp_mm.datasets.nuclei import nuclei_files
from oadp_mm.datasets.nuclei.nuclei import names, scene, subset


@pytest.fixture
def few(monkeypatch):
    """The first 70 train and 2 test images, as all of them take a quarter of a minute."""
    monkeypatch.setattr(nuclei_files, 'names', lambda split: names(split)[
        :{'train': 70, 'test': 2}[split]])
    monkeypatch.setattr(nuclei_files, 'subset', lambda count, seed: [
        number for number in subset(count, seed) if number < 70])


@pytest.mark.usefixtures('few')
def test_labels_and_masks_are_those_of_the_scenes(tmp_path, capsys):
    assert main(['nuclei', str(tmp_path / 'out')]) == 0
    assert 'written' in capsys.readouterr().out
    coco = COCO(str(tmp_path / 'out/annotations/instances_train.json'))
    expected = scene('train', 3)
    found = [coco.annToMask(each) for each in coco.imgToAnns[3]]
    assert np.array_equal(np.stack(found).astype(bool), expected.masks)
    mask = cv2.imread(str(tmp_path / 'out/train/masks/000003.png'), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(mask, np.where(expected.border, 2, expected.semantic))
    assert [*coco.cats.values()] == [{'id': 1, 'name': 'nucleus'}]
    names_of = json.loads((tmp_path / 'out/classes.json').read_text())
    assert names_of['semantic'] == ['background', 'nucleus', 'border']
    part = COCO(str(tmp_path / 'out/annotations/instances_train_64.json'))
    assert part.getImgIds() == [number for number in subset(64) if number < 70]
    assert main(['nuclei', str(tmp_path / 'out')]) == 0
    assert 'were there already' in capsys.readouterr().out


@pytest.mark.usefixtures('few')
def test_another_seed_needs_a_word(tmp_path, capsys):
    assert main(['nuclei', str(tmp_path / 'out')]) == 0
    assert main(['nuclei', str(tmp_path / 'out'), '--seed', '1']) == 2
    assert 'differ in seed' in capsys.readouterr().err
    assert main(['nuclei', str(tmp_path / 'out'), '--seed', '1', '--overwrite']) == 0

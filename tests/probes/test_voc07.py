"""The documented command for VOC07's figure, from files to the mean average precision."""
from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from oadp_mm.cli import main
from oadp_mm.probes.backbones import random_backbone
from tests.oracles import voc07_svm as oracle
from tests.probes.tiny_network import BACKBONE, write_checkpoint

CLASSES = ('bird', 'cat', 'dog')
DOCS = Path(__file__).parents[2] / 'docs/probes.md'


@pytest.fixture(scope='module')
def voc(tmp_path_factory) -> Path:
    """90 images of other proportions; what they show tints them, but not by much."""
    root = tmp_path_factory.mktemp('voc') / 'VOC2007'
    for folder in ('Annotations', 'JPEGImages', 'ImageSets/Main'):
        (root / folder).mkdir(parents=True)
    rng = np.random.default_rng(0)
    names = [f'{i:06}' for i in range(90)]
    for name in names:
        shape = rng.integers(60, 110, 2)
        shown = rng.random(3) < .4
        pixels = rng.integers(0, 256, (*shape, 3)) + rng.normal(0, 25, 3) + 70 * (shown - .5)
        Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(
            root / f'JPEGImages/{name}.jpg', quality=95)
        hard = rng.random(3) < .25
        objects = ''.join(
            f'<object><name>{kind}</name><difficult>{int(difficult)}</difficult><bndbox><xmin>3'
            '</xmin><ymin>3</ymin><xmax>30</xmax><ymax>30</ymax></bndbox></object>'
            for kind, here, difficult in zip(CLASSES, shown, hard, strict=True) if here)
        (root / f'Annotations/{name}.xml').write_text(
            f'<annotation><size><width>{shape[1]}</width><height>{shape[0]}</height></size>'
            f'{objects}</annotation>')
    for split, some in (('trainval', names[:60]), ('test', names[60:])):
        (root / f'ImageSets/Main/{split}.txt').write_text('\n'.join(some) + '\n')
    return root


def test_the_documented_command_gives_what_the_protocol_does(voc, tmp_path, capsys):
    [command] = re.findall('```bash\n(oadp-mm probe .*--families svm.*)\n```', DOCS.read_text())
    write_checkpoint(tmp_path / 'run/epoch_3.pth')
    words = shlex.split(command)[1:]
    words[1:3] = [str(tmp_path / 'run')]  # without `random`
    words[words.index('--data') + 1] = str(voc)
    assert main([*words, '--size', '96', '--work-dir', str(tmp_path / 'work')]) == 0
    [probed] = json.loads((tmp_path / 'work/probe.json').read_text())['probed']
    figures = {each['name']: each for each in probed['figures']['svm']}

    backbone = random_backbone(BACKBONE, 1)
    splits = [(voc / f'ImageSets/Main/{split}.txt').read_text().split()
              for split in ('trainval', 'test')]
    (train, told), (test, truth) = (
        (oracle.features(backbone, [voc / f'JPEGImages/{name}.jpg' for name in names], 96,
                         (1., 2., 3.), (4., 5., 6.)), oracle.labels(voc, names, CLASSES))
        for names in splits)
    assert (told == -1).any() and (truth == -1).any()
    expected = 100 * oracle.mean_average_precision(train, told, test, truth)
    assert figures['mAP']['value'] == pytest.approx(expected, abs=.01)
    guess = 100 * np.mean([(each == 1).sum() / (each != -1).sum() for each in truth.T])
    assert figures['guess']['value'] == pytest.approx(guess)
    assert expected > guess + 5
    assert figures['1 shot']['deviation'] > 0  # of five samples

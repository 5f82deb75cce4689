"""The plan of ORL's stages: what each is told, what it depends on, what is never thrown away."""
from __future__ import annotations

import json
import re
import shlex
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from oadp_mm.journey import orl
from oadp_mm.journey.asked import Asked
from oadp_mm.journey.orl import Discovery
from oadp_mm.stages.stage import Stage

ASKED = Asked('/photos', method='orl', backbone='resnet18', epochs=3, size=96, batch=4)
WORK = Path('/runs/o r l')
FOUND = Discovery(24, 5)


def plan(asked: Asked = ASKED, discovery: Discovery = FOUND, content: str = 'c',
         work_dir: Path = WORK, workers: int = 0, salt: str = '') -> dict[str, Stage]:
    made = orl.stages(asked, discovery, 8, content, work_dir, workers, salt)
    return {stage.name: stage for stage in made}


def words(stage: Stage) -> str:
    return shlex.join(stage.command[3:]).replace(shlex.quote(str(WORK)), 'W').replace(
        str(WORK), 'W').replace("'", '')


def test_each_stage_is_what_one_types():
    assert [words(stage) for stage in plan().values()] == [
        'pretrain /photos --method orl-stage1 --backbone resnet18 --epochs 3 --size 96 --batch 4 '
        '--work-dir W/stage1 --workers 0',
        'proposals /photos --out W/proposals/proposals.npz',
        'neighbours /photos --from W/stage1 --neighbours 5 --size 96 --out '
        'W/neighbours/neighbours.npz --sheet W/neighbours/neighbours.png',
        'correspondences /photos --from W/stage1 --neighbours W/neighbours/neighbours.npz '
        '--proposals W/proposals/proposals.npz --min-side 24 --size 96 --out '
        'W/correspondences/correspondences.npz --sheet W/correspondences/correspondences.png',
        'pretrain /photos --method orl --backbone resnet18 --epochs 3 --size 96 --batch 4 '
        '--correspondences W/correspondences/correspondences.npz --work-dir W/stage3 --workers 0']
    assert tuple(plan()) == orl.STAGES
    outputs = [stage.outputs[0].relative_to(WORK).as_posix() for stage in plan().values()]
    assert outputs == ['stage1/epoch_3.pth', 'proposals/proposals.npz', 'neighbours/neighbours.npz',
                       'correspondences/correspondences.npz', 'stage3/epoch_3.pth']


def test_a_given_network_takes_the_place_of_stage_1():
    made = plan(discovery=Discovery(24, 5, '/byol/run'))
    assert list(made) == list(orl.STAGES[1:])
    assert [name for name in made if '--from /byol/run' in words(made[name])] == [
        'neighbours', 'correspondences']


def test_given_proposals_are_not_made(tmp_path):
    made = plan(discovery=replace(FOUND, proposals='/p.npz'))
    assert list(made) == ['stage1', 'neighbours', 'correspondences', 'stage3']
    assert '--proposals /p.npz' in words(made['correspondences'])


def test_what_stage_2_found_is_told_without_its_progress(tmp_path):
    stage = plan(work_dir=tmp_path)['neighbours']
    (tmp_path / 'neighbours').mkdir()
    (tmp_path / 'neighbours/log.txt').write_text(
        '# the command\n 40 %  embeddings: 8; about 4 s to go\n8 images\nnote: one is broken\n')
    assert orl.found(stage, tmp_path) == ['8 images', 'note: one is broken']
    assert orl.found(plan(work_dir=tmp_path)['stage3'], tmp_path) == []


CHANGES = {
    'images': (dict(content='d'), set(orl.STAGES)),
    'code': (dict(salt='x'), set(orl.STAGES)),
    'weights of stage 1': (dict(discovery=replace(FOUND, weights='x')),
                           {'neighbours', 'correspondences', 'stage3'}),
    'epochs': (dict(asked=replace(ASKED, epochs=4)), set(orl.STAGES) - {'proposals'}),
    'neighbours': (dict(discovery=Discovery(24, 6)), {'neighbours', 'correspondences', 'stage3'}),
    'boxes': (dict(discovery=Discovery(25, 5)), {'correspondences', 'stage3'}),
    'SCD': (dict(asked=replace(ASKED, method='scd-orl')), {'stage3'}),
    'place': (dict(work_dir=Path('/elsewhere')), set()),
    'workers': (dict(workers=2), set()),
}


@pytest.mark.parametrize('change', CHANGES)
def test_a_change_is_noticed_by_what_depends_on_it_alone(change):
    changes, noticing = CHANGES[change]
    before, after = plan(), plan(**changes)
    assert {name for name in before if before[name].key != after[name].key} == noticing


def leave(work_dir: Path, stage: Stage, asked: Asked | None = None, done: bool = False) -> None:
    """What a stage that was stopped leaves, or one that is done."""
    folder = work_dir / stage.name
    folder.mkdir(parents=True)
    (folder / 'stage.json').write_text(json.dumps(
        {'key': stage.key, 'finished': done, 'command': stage.shell()}))
    if asked:
        (folder / 'pretrain.py').write_text(f'asked = {asked.as_dict()!r}\n')
        torch.save({'state_dict': {'a': torch.zeros(1)}}, folder / 'epoch_1.pth')


@pytest.fixture
def work_dir(tmp_path: Path) -> Path:
    """A first stage that is done, and a third that was stopped."""
    made, (first, third) = plan(work_dir=tmp_path), orl.both(ASKED, tmp_path)
    leave(tmp_path, made['stage1'], first, done=True)
    made['stage1'].outputs[0].touch()
    for name in ('neighbours', 'correspondences'):
        leave(tmp_path, made[name], done=True)
    leave(tmp_path, made['stage3'], third)
    return tmp_path


def refuse(work_dir: Path, asked: Asked = ASKED, **changes) -> None:
    orl.refuse_other_work(
        list(plan(asked, work_dir=work_dir, **changes).values()), asked, work_dir)


def test_the_same_call_may_go_on_wherever_its_folder_lies(work_dir):
    refuse(work_dir)
    refuse(work_dir.rename(work_dir.with_name('moved')))


REFUSED = {
    'epochs': (dict(asked=replace(ASKED, epochs=4)),
               'stage1 was trained with --epochs 3, and with --epochs 4 it would be another: give '
               'another --work-dir'),
    'images': (dict(content='d'), 'stage1 was trained on other images, or by another stage 1: give '
               'another --work-dir'),
    'boxes': (dict(discovery=Discovery(9, 5)), 'stage3 was trained with --min-side 24, and with '
              '--min-side 9 it would be another: give another --work-dir, and --stage1 '
              '{}/stage1 to keep its first stage'),
    'neighbours': (dict(discovery=Discovery(24, 6)), 'stage3 was trained with --neighbours 5, and '
                   'with --neighbours 6 it would be another: give another --work-dir, and --stage1 '
                   '{}/stage1 to keep its first stage'),
    'SCD': (dict(asked=replace(ASKED, method='scd-orl')), 'stage3 was trained with --method orl, '
            'and with --method scd-orl it would be another: give another --work-dir, and --stage1 '
            '{}/stage1 to keep its first stage'),
    'another stage 1': (dict(discovery=Discovery(24, 5, '/byol', 'w')), 'stage3 was trained with '
                        '--from {}/stage1, and with --from /byol it would be another: give another '
                        '--work-dir'),
}


@pytest.mark.parametrize('change', REFUSED)
def test_a_training_is_never_thrown_away(work_dir, change):
    changes, sentence = REFUSED[change]
    with pytest.raises(ValueError, match=re.escape(sentence.format(work_dir)) + '$'):
        refuse(work_dir, **changes)


def test_weights_are_known_by_the_newest_checkpoint(tmp_path):
    assert orl.digest_of('') == ''
    file = tmp_path / 'epoch_1.pth'
    torch.save({'state_dict': {'a': torch.zeros(1)}}, file)
    before = orl.digest_of(str(tmp_path))
    assert before == orl.digest_of(str(file))
    torch.save({'state_dict': {'a': torch.zeros(2)}}, tmp_path / 'epoch_2.pth')
    assert orl.digest_of(str(tmp_path)) != before

"""The plan of ORL's stages: what each is told, what it depends on, what is never thrown away."""
from __future__ import annotations

import json
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


CHANGES = {
    'images': (dict(content='d'), set(orl.STAGES)),
    'weights of stage 1': (dict(salt='x'), set(orl.STAGES)),
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


def leave(work_dir: Path, stage: Stage, asked: Asked) -> None:
    """What a training that was stopped leaves."""
    folder = work_dir / stage.name
    folder.mkdir(parents=True)
    (folder / 'stage.json').write_text(json.dumps({'key': stage.key, 'finished': False}))
    (folder / 'pretrain.py').write_text(f'asked = {asked.as_dict()!r}\n')
    torch.save({'state_dict': {'a': torch.zeros(1)}}, folder / 'epoch_1.pth')


def test_a_training_is_never_thrown_away(tmp_path):
    made = plan(work_dir=tmp_path)
    first, third = orl.both(ASKED, tmp_path)
    leave(tmp_path, made['stage1'], first)
    leave(tmp_path, made['stage3'], third)
    orl.refuse_other_work(list(made.values()), ASKED, tmp_path)
    longer = replace(ASKED, epochs=4)
    with pytest.raises(ValueError, match='with --epochs 3, and with --epochs 4 it would be anot'):
        orl.refuse_other_work(list(plan(longer, work_dir=tmp_path).values()), longer, tmp_path)
    with pytest.raises(ValueError, match=r'stage1 was trained before the images of /photos, .* bec'
                                         r'ame others: give another --work-dir, and --stage1 \S+'):
        orl.refuse_other_work(list(plan(content='d', work_dir=tmp_path).values()), ASKED, tmp_path)
    with pytest.raises(ValueError, match=r'stage3 was trained before .* another --work-dir$'):
        orl.refuse_other_work(list(plan(discovery=Discovery(9), work_dir=tmp_path).values()), ASKED,
                              tmp_path)
    given = plan(discovery=Discovery(24, 5, '/byol'), work_dir=tmp_path)
    with pytest.raises(ValueError, match='stage3 was trained before'):
        orl.refuse_other_work(list(given.values()), ASKED, tmp_path)


def test_weights_are_known_by_the_newest_checkpoint(tmp_path):
    assert orl.identity('') == ''
    file = tmp_path / 'epoch_1.pth'
    torch.save({'state_dict': {'a': torch.zeros(1)}}, file)
    before = orl.identity(str(tmp_path))
    assert before == orl.identity(str(file))
    torch.save({'state_dict': {'a': torch.zeros(2)}}, tmp_path / 'epoch_2.pth')
    assert orl.identity(str(tmp_path)) != before

"""`oadp-mm train` and `test` hand what was asked to the runner and do nothing themselves."""
from __future__ import annotations

import signal
from pathlib import Path

import pytest
from mmengine.registry import RUNNERS
from mmengine.runner import Runner

from oadp_mm import cli

CONFIG = """
model = dict(type='M', width=1)
optim_wrapper = dict(type='OptimWrapper', optimizer={})
"""


class Recorder:
    """Stands for a runner: the configs it was built from and the methods called on it."""

    seen: list

    def __init__(self, cfg) -> None:
        self.seen.append(cfg)

    @classmethod
    def from_cfg(cls, cfg) -> Recorder:
        return cls(cfg)

    def train(self) -> None:
        self.seen.append('train')

    def test(self) -> None:
        self.seen.append('test')


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Run a command on a small config; returns the runner's config and the methods called on it."""
    monkeypatch.setenv('LOCAL_RANK', '0')
    monkeypatch.chdir(tmp_path)  # where work_dirs/ is made
    monkeypatch.setattr(Runner, 'from_cfg', Recorder)

    def run(command: str, *options: str, text: str = CONFIG):
        Recorder.seen = []
        (tmp_path / 'small.py').write_text(text)
        assert cli.main([command, str(tmp_path / 'small.py'), *options]) == 0
        return Recorder.seen

    return run


def test_plain_training(run) -> None:
    cfg, called = run('train')
    assert called == 'train'
    assert cfg.work_dir == 'work_dirs/small' and cfg.launcher == 'none'
    assert cfg.optim_wrapper.type == 'OptimWrapper' and not cfg.get('resume')


def test_every_option_of_training(run, monkeypatch) -> None:
    monkeypatch.setenv('RANK', '0')
    text = CONFIG + "auto_scale_lr = dict(base_batch_size=256)\nwork_dir = 'theirs'\n"
    options = ['--work-dir', 'ours', '--amp', '--auto-scale-lr', '--launcher', 'pytorch']
    options += ['--cfg-options', 'model.width=[2,3]', 'model.name=x']
    cfg, _ = run('train', *options, text=text)
    assert cfg.work_dir == 'ours' and cfg.launcher == 'pytorch'
    assert cfg.model == dict(type='M', width=[2, 3], name='x')
    assert cfg.auto_scale_lr == dict(base_batch_size=256, enable=True)
    assert run('train', text=text)[0].work_dir == 'theirs'


@pytest.mark.parametrize('hooks', ['', "custom_hooks = [dict(type='oadp_mm.FastStepHook')]\n"])
def test_mixed_precision_is_the_hosts_on_a_gpu_and_ours_on_a_cpu(run, monkeypatch, hooks) -> None:
    from oadp_mm.engine import arithmetic

    monkeypatch.setattr(arithmetic, 'get_device', lambda: 'cuda')
    cfg, _ = run('train', '--amp', text=CONFIG + hooks)
    assert cfg.optim_wrapper.type == 'AmpOptimWrapper'
    assert cfg.optim_wrapper.loss_scale == 'dynamic'
    monkeypatch.setattr(arithmetic, 'get_device', lambda: 'cpu')
    cfg, _ = run('train', '--amp', text=CONFIG + hooks)
    assert cfg.optim_wrapper.type == 'OptimWrapper'
    assert cfg.custom_hooks == [dict(
        type='oadp_mm.FastStepHook', bfloat16=True, **({} if hooks else {'channels_last': False}))]


@pytest.mark.parametrize(('options', 'load_from'), [
    (['--resume'], None),
    (['--resume', 'epoch_3.pth'], 'epoch_3.pth'),
])  # fmt: skip
def test_resuming(run, options: list[str], load_from: str | None) -> None:
    cfg, _ = run('train', *options)
    assert cfg.resume is True and cfg.load_from == load_from


def test_an_unwritable_work_directory_stops_before_anything_is_built(run, tmp_path: Path) -> None:
    (tmp_path / 'file').touch()
    with pytest.raises(OSError, match=r'cannot write to .*file/runs \(Not a directory\): give'):
        run('train', '--work-dir', str(tmp_path / 'file/runs'), '--traceback')


def test_a_work_directory_of_someone_else_stops_too(run, monkeypatch) -> None:
    """Played, because root may write anywhere."""
    def refuse(dir: str) -> None:
        raise PermissionError(13, 'Permission denied', dir)

    monkeypatch.setattr('tempfile.TemporaryFile', refuse)
    with pytest.raises(OSError, match=r'cannot write to .*theirs \(Permission denied\): give'):
        run('train', '--work-dir', 'theirs', '--traceback')


def test_scaling_by_nothing_is_refused(run) -> None:
    with pytest.raises(ValueError, match=r'small\.py sets no auto_scale_lr\.base_batch_size'):
        run('train', '--auto-scale-lr', '--traceback')


def test_testing_loads_the_checkpoint(run) -> None:
    cfg, called = run('test', 'best.pth', '--cfg-options', 'model.width=4',
                      text=CONFIG + 'test_cfg = dict()\n')
    assert called == 'test'
    assert cfg.load_from == 'best.pth' and cfg.model.width == 4


def test_a_pretraining_cannot_be_tested_but_is_told_what_measures_it(run) -> None:
    with pytest.raises(ValueError, match=r'small\.py has no test_cfg.* oadp-mm compare'):
        run('test', 'best.pth', '--traceback')
    with pytest.raises(ValueError, match='has no test_cfg'):
        run('test', 'best.pth', '--traceback', text=CONFIG + 'test_cfg = None\n')


@pytest.mark.parametrize(('words', 'told'), [
    (['--resume', 'a_config'], True), ([], False), (['a_config', '--amp', '--epochs'], False)])
def test_a_config_that_resume_took_for_a_checkpoint_is_told_its_place(capsys, words, told) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(['train', *words])
    assert end.value.code == 2
    assert ('CONFIG (put it before --resume' in capsys.readouterr().err) == told


def test_an_interrupt_is_told_how_to_go_on(run, capsys, monkeypatch) -> None:
    def stop(self) -> None:
        signal.raise_signal(signal.SIGTERM)

    before = signal.getsignal(signal.SIGCHLD)
    monkeypatch.setattr(Recorder, 'train', stop)
    try:
        with pytest.raises(AssertionError, match='130'):  # of `run`, which expects 0
            run('train')
    finally:
        signal.signal(signal.SIGCHLD, before)
    assert capsys.readouterr().err == ('oadp-mm: stopped; the same command with --resume goes on '
                                       'from the newest checkpoint\n')


def test_a_launcher_that_is_not_there_is_told_how_to_start(run, monkeypatch) -> None:
    monkeypatch.delenv('RANK', raising=False)
    with pytest.raises(ValueError, match=r'torchrun .* -m oadp_mm train .*small'):
        run('train', '--launcher', 'pytorch', '--traceback')


def test_a_runner_of_another_type_is_built_as_the_hosts_build_it(run) -> None:
    with RUNNERS.switch_scope_and_registry(None):
        RUNNERS.register_module(name='Recorder', module=Recorder, force=True)
    cfg, called = run('train', text=CONFIG + "runner_type = 'Recorder'\n")
    assert called == 'train' and cfg.runner_type == 'Recorder'


@pytest.mark.parametrize(('typed', 'value'), [
    ("it's my images", "it's my images"),
    ('two  blanks', 'two  blanks'),
    ('back\\slash', 'back\\slash'),
    ('a=b', 'a=b'),
    ('3', 3),
    ('2e-1', .2),
    ('True', True),
    ('None', None),
    ('[1, 2]', [1, 2]),
    ('(192, 128)', (192, 128)),
    ('a,b', ['a', 'b']),
])
def test_an_option_keeps_blanks_and_is_otherwise_as_mmengine_reads_it(run, typed, value) -> None:
    cfg, _ = run('train', '--cfg-options', f'model.name={typed}')
    assert cfg.model.name == value


def test_an_option_without_a_value_is_told_how_it_is_typed(run, capsys) -> None:
    with pytest.raises(SystemExit):
        run('train', '--cfg-options', 'model.name')
    assert "--cfg-options: 'model.name' is not KEY=VALUE" in capsys.readouterr().err


def test_a_shipped_config_is_found_by_its_name(monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr('oadp_mm.engine.build_runner.build_runner', Recorder)
    Recorder.seen = []
    assert cli.main(['train', 'oadp_resnet18_1xb32-coslr-7e_digits']) == 0
    assert Recorder.seen[0].work_dir == 'work_dirs/oadp_resnet18_1xb32-coslr-7e_digits'
    assert Recorder.seen[0].model.type == 'oadp_mm.OADP'

"""One run: what it trains on, and that it goes on where it was stopped."""
from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.hooks import Hook
from mmengine.registry import HOOKS

from oadp_mm.comparison import run
from oadp_mm.comparison.plan import Job
from oadp_mm.files.checkpoint import read_checkpoint
from oadp_mm.probes.backbones import build_preprocessor, normalised, random_backbone
from oadp_mm.probes.features import centre
from oadp_mm.probes.labelled_images import read_labelled_images
from tests.comparison.tiny_comparison import write_config, write_images

EPOCHS, STEPS = 3, 2  # of 8 images in batches of 4


class Witness(Hook):
    """Notes the epochs that begin, and stops the training before one of them."""

    seen: list[int] = []
    stop_before: int | None = None

    def before_train_epoch(self, runner) -> None:
        if runner.epoch == self.stop_before:
            raise KeyboardInterrupt
        self.seen.append(runner.epoch)


@pytest.fixture
def witness(monkeypatch: pytest.MonkeyPatch) -> type[Witness]:
    monkeypatch.setitem(HOOKS._module_dict, 'Witness', Witness)
    monkeypatch.setattr(Witness, 'seen', [])
    monkeypatch.setattr(Witness, 'stop_before', None)
    return Witness


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    monkeypatch.setenv('OADP_EPOCHS', str(EPOCHS))
    config = write_config(tmp_path / 'tiny.py', "custom_hooks = [dict(type='Witness')]\n")
    folder = tmp_path / 'work/tiny/seed0'
    folder.mkdir(parents=True)
    return Job(str(write_images(tmp_path / 'data')), -1, 32, EPOCHS, 4, 0, str(config), str(folder))


@pytest.fixture
def probed(monkeypatch: pytest.MonkeyPatch) -> list[torch.nn.Module]:
    """The backbones that were probed, each found to be 50 and 60 per cent good."""
    seen = []

    def probe(backbone: torch.nn.Module, *_) -> tuple[float, float]:
        seen.append(backbone)
        return 50., 60.

    monkeypatch.setattr(run, 'probe', probe)
    return seen


def result(job: Job) -> dict:
    return json.loads((Path(job.folder) / 'result.json').read_text())


def test_a_stopped_run_goes_on_after_its_last_epoch(job, witness):
    witness.stop_before = 2
    with pytest.raises(KeyboardInterrupt):
        run.main(job, resume=False)
    assert not (Path(job.folder) / 'result.json').exists()
    witness.stop_before = None
    run.main(job, resume=True)
    assert witness.seen == [0, 1, 2]
    assert result(job)['steps'] == EPOCHS * STEPS


@pytest.mark.parametrize(('older', 'again'), [(True, [2]), (False, [0, 1, 2])])
def test_a_damaged_checkpoint_is_passed_over(job, witness, older, again):
    """Even one that a finished training left: what comes before it is kept if it is there."""
    folder = Path(job.folder)
    witness.stop_before = 2
    with pytest.raises(KeyboardInterrupt):
        run.main(job, resume=False)
    kept = (folder / 'epoch_2.pth').read_bytes()
    witness.stop_before = None
    run.main(job, resume=True)
    good = result(job)
    witness.seen.clear()
    if older:
        (folder / 'epoch_2.pth').write_bytes(kept)
    (folder / 'epoch_3.pth').write_bytes(kept[:1000])
    run.main(job, resume=True)
    assert witness.seen == again
    assert result(job)['knn'] == good['knn'] and result(job)['steps'] == EPOCHS * STEPS


def test_a_run_stopped_while_probing_trains_no_more(job, witness, monkeypatch):
    def stop(*args):
        raise KeyboardInterrupt

    probe = run.probe
    monkeypatch.setattr(run, 'probe', stop)
    with pytest.raises(KeyboardInterrupt):
        run.main(job, resume=False)
    monkeypatch.setattr(run, 'probe', probe)
    cost = json.loads((Path(job.folder) / 'training.json').read_text())
    run.main(job, resume=True)
    assert witness.seen == [0, 1, 2]
    assert cost.items() <= result(job).items()


def test_the_trained_backbone_is_probed(job, witness, probed):
    run.main(job, resume=False)
    trained = read_checkpoint(Path(job.folder) / f'epoch_{EPOCHS}.pth').tensors
    for key, tensor in probed[0].state_dict().items():
        assert torch.equal(tensor, trained[f'backbone.{key}'])
    assert (result(job)['knn'], result(job)['linear']) == (50, 60)


def test_the_floor_is_the_untrained_backbone_of_its_seed(job, witness, probed):
    run.main(replace(job, epochs=0, seed=3), resume=True)
    untrained = random_backbone(Config.fromfile(job.config).model.backbone, 3)
    for key, tensor in untrained.state_dict().items():
        assert torch.equal(probed[0].state_dict()[key], tensor)
    assert witness.seen == []
    assert result(job) == {'knn': 50, 'linear': 60, 'seconds_per_step': None,
                           'seconds_waiting': None, 'peak_memory_mb': None, 'steps': 0}


def test_of_a_configs_data_only_the_augmentation_stays(job):
    config = Config.fromfile(job.config)
    before = config.train_dataloader.dataset.copy()
    config.train_dataloader.update(batch_size=99, drop_last=True)
    config.merge_from_dict(dict(val_cfg=dict(), val_evaluator=dict(type='Accuracy')))
    config.merge_from_dict(run.overrides(config, job, Path(job.data)))
    loader = config.train_dataloader
    assert loader.dataset.views == before.views
    assert loader.dataset.dataset.pipeline == before.dataset.pipeline
    assert (loader.batch_size, loader.get('drop_last')) == (4, None)
    assert (loader.dataset.dataset.data_root, loader.dataset.dataset.list_file) == (
        job.data, f'{job.folder}/images.txt')
    assert config.val_cfg is config.val_evaluator is None
    assert config.randomness.seed == job.seed
    # What makes a killed run go on, bit-equal, stays too.
    assert loader.worker_init_fn.type == 'oadp_mm.seed_worker'
    assert config.default_hooks.checkpoint.type == 'oadp_mm.CheckpointHook'


class Normed(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm = torch.nn.BatchNorm2d(3)

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor]:
        return (self.norm(images),)


def test_probes_use_the_statistics_of_clean_train_images(job, monkeypatch):
    """Of the first norm they are the moments of all pixels that the network is shown."""
    images = read_labelled_images(job.data, job.label_column)
    preprocessor = build_preprocessor({'type': 'oadp_mm.ViewsDataPreprocessor'})
    monkeypatch.setattr(run, 'knn_accuracies', lambda *data, neighbours: {20: 0.})
    monkeypatch.setattr(run, 'linear_accuracy', lambda *data: 0.)
    backbone = Normed()
    backbone.norm.running_mean.fill_(9.)
    run.probe(backbone, preprocessor, images, 32)
    shown = normalised(preprocessor, torch.stack(
        [centre(images.root / path, 32) for path in images.train.paths]))
    variance, mean = torch.var_mean(shown, (0, 2, 3))
    torch.testing.assert_close(backbone.norm.running_mean, mean, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(backbone.norm.running_var, variance, rtol=1e-4, atol=1e-5)

"""mmengine's runner, for runs that are stopped, moved, resumed and read by people."""
from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any

import mmengine
import torch
from mmengine.config import Config
from mmengine.dist import is_distributed, master_only
from mmengine.model import MMDistributedDataParallel, revert_sync_batchnorm
from mmengine.runner import BaseLoop
from mmengine.runner import Runner as HostRunner
from mmengine.utils.dl_utils import collect_env
from torch import nn
from torch.distributed import distributed_c10d
from torch.utils.data import DataLoader

from oadp_mm.datasets.annotated_classes import check_classes, check_heads
from oadp_mm.engine.arithmetic import asks_for_channels_last
from oadp_mm.engine.quiet import import_quietly, quieten
from oadp_mm.engine.random_start import randomly_started
from oadp_mm.engine.roll_call import RollCall, has_waited, named
from oadp_mm.engine.run_length import images_a_step
from oadp_mm.engine.same_images import check_same_images
from oadp_mm.errors import end_in_a_sentence
from oadp_mm.files.lock import hold
from oadp_mm.files.run_folder import newest_checkpoint, run_checkpoints
from oadp_mm.files.whole_file import remove_partials, replace_file
from oadp_mm.registry import RUNNERS
from oadp_mm.version import __version__


@RUNNERS.register_module()
class Runner(HostRunner):
    """What `runner_type = 'oadp_mm.Runner'` puts in place of mmengine's, in every host's script.

    - `--resume` goes on from the newest checkpoint that can be read, whatever `last_checkpoint`
      says, and refuses to start anew where none of several can be; it reads no weights beside;
    - resumed behind its last step, a training validates, which mmengine's does not;
    - a checkpoint appears whole or not at all, and no second training writes into the folder;
    - `--auto-scale-lr` counts accumulated batches too: `base_batch_size` is images a step;
    - without CUDA, several processes talk over gloo, and each keeps its own batch statistics;
    - several processes train on the same images or not at all, and one that waits in vain for
      `env_cfg.dist_cfg.timeout` seconds says for whom (`engine/roll_call.py`);
    - `num_workers=0` needs no other option;
    - the checkpoint `random` is none (`engine/random_start.py`);
    - annotations whose classes are not the config's are refused (`datasets/annotated_classes.py`);
    - the config is written to the work directory when the training begins, not by a refused run,
      nor over one that lies there;
    - the log begins with the training: environment and config lie in files beside it;
    - an error that is the caller's ends the process in one sentence, its trace in error.txt.

    Arguments, and errors, are those of mmengine's.
    """

    _load_from: str | None
    _resume: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        import_quietly(kwargs.get('default_scope') or 'mmengine')
        super().__init__(*args, **kwargs)
        check_heads(self.cfg.get('model'), self.cfg.get('train_dataloader', {}).get('dataset'))

    @classmethod
    def from_cfg(cls, cfg: Config) -> HostRunner:
        cfg, untrained = randomly_started(cfg)
        runner = super().from_cfg(cfg)
        if untrained:
            runner.logger.info(f'random weights, as asked for: {", ".join(untrained)}')
        return runner

    def setup_env(self, env_cfg: dict) -> None:
        # mmengine's own start of torch's launcher selects a CUDA device before all else.
        if self.launcher == 'pytorch' and not is_distributed() and not torch.cuda.is_available():
            seconds = env_cfg.get('dist_cfg', {}).get('timeout')
            torch.distributed.init_process_group(
                'gloo', timeout=timedelta(seconds=seconds) if seconds else None)
        super().setup_env(env_cfg)

    def wrap_model(self, model_wrapper_cfg: dict | None, model: nn.Module) -> nn.Module:
        if self.distributed and asks_for_channels_last(self.cfg):
            # torch's wrapper remembers how gradients lie, and mixes up those that lie otherwise.
            model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        if torch.cuda.is_available() or not self.distributed or model_wrapper_cfg:
            return super().wrap_model(model_wrapper_cfg, model)
        # Neither synchronised batch norm, the default of mmpretrain's necks, nor `device_ids` exist
        # on a CPU.
        return MMDistributedDataParallel(
            module=revert_sync_batchnorm(model), broadcast_buffers=False,
            find_unused_parameters=self.cfg.get('find_unused_parameters', False))

    @staticmethod
    def build_dataloader(dataloader: DataLoader | dict, seed: int | None = None,
                         diff_rank_seed: bool = False) -> DataLoader:
        if isinstance(dataloader, Mapping):
            dataloader = dict(dataloader)
            check_classes(dataloader.get('dataset'))
            if not dataloader.get('num_workers'):
                dataloader.update(persistent_workers=False)
            if not torch.cuda.is_available():
                dataloader.update(pin_memory=False)
        return HostRunner.build_dataloader(dataloader, seed, diff_rank_seed)

    def scale_lr(self, optim_wrapper: Any, auto_scale_lr: Mapping | None = None) -> None:
        if not auto_scale_lr or not auto_scale_lr.get('enable'):
            return
        images, planned = images_a_step(self), auto_scale_lr['base_batch_size']
        self.logger.info(f'the learning rate is for {planned} images a step, of which there are '
                         f'{images}: it is multiplied by {images / planned:g}')
        for group in optim_wrapper.optimizer.param_groups:
            group['lr'] *= images / planned

    def train(self) -> nn.Module:
        folder = Path(self.work_dir)
        with hold(folder, 'training') if self.rank == 0 else nullcontext():
            if self.rank == 0:
                remove_partials(folder)
            if not self._resume and (earlier := run_checkpoints(folder)):
                self.logger.warning(
                    f'{earlier[0]} is of an earlier training, over which this one writes: --resume '
                    'goes on from there, another --work-dir keeps it')
            return self._train_together() if self.distributed else super().train()

    def _train_together(self) -> nn.Module:
        with RollCall(distributed_c10d._get_default_store(), self.rank, self.world_size,
                      self.logger.error) as roll:
            try:
                return super().train()
            except RuntimeError as error:
                if not has_waited(error):
                    raise
                missing = roll.missing()
                raise ConnectionError(
                    f'process {self.rank} waited in iteration {self.iter} of {self.max_iters} for '
                    f'{named(missing) if missing else "another, though all give signs of life"}: '
                    'see what has stopped it, and go on by the same command with --resume, or let '
                    'them wait longer by --cfg-options env_cfg.dist_cfg.timeout=SECONDS'
                ) from error

    def build_train_loop(self, loop: BaseLoop | dict) -> BaseLoop:
        built = super().build_train_loop(loop)
        check_same_images(built.dataloader.dataset)
        return built

    def _init_model_weights(self) -> None:
        # What goes on has all its weights in the checkpoint; what it began from may be gone.
        self._choose_checkpoint()
        if not self._resume:
            super()._init_model_weights()

    def load_or_resume(self) -> None:
        self._choose_checkpoint()
        super().load_or_resume()

    def _choose_checkpoint(self) -> None:
        if self._resume and self._load_from is None and not self._has_loaded:
            self._load_from = self._newest()
            self._resume = self._load_from is not None

    def _newest(self) -> str | None:
        folder = Path(self.work_dir)
        if not run_checkpoints(folder):
            self.logger.warning(f'{folder} holds no checkpoint to resume: the training begins')
            return None
        path, passed_over = newest_checkpoint(folder)
        for reason in passed_over:
            self.logger.warning(f'{reason}; an earlier checkpoint takes its place')
        return str(path)

    @master_only
    def save_checkpoint(self, out_dir: str, filename: str, *args: Any, **kwargs: Any) -> None:
        if '://' in str(out_dir):  # a storage that has no half-written files
            super().save_checkpoint(out_dir, filename, *args, **kwargs)
        else:
            write, others = super().save_checkpoint, Path(out_dir).glob('*.pth')
            replace_file(Path(out_dir) / filename,
                         lambda part: write(out_dir, part.name, *args, **kwargs),
                         max((other.stat().st_size for other in others), default=0))

    def call_hook(self, fn_name: str, **kwargs: Any) -> None:
        if fn_name == 'before_train':
            self._done_before = self.iter
        elif fn_name == 'after_train' and self._done_before == self.max_iters and self.val_loop:
            self.logger.info('no step is left of the training, which may have been stopped in its '
                             'last validation: it validates now')
            self.val_loop.run()
        super().call_hook(fn_name, **kwargs)
        if fn_name == 'before_train' and not self._reads_its_own():  # every hook has agreed
            super().dump_config()

    def _reads_its_own(self) -> bool:
        """Whether the config lies in the work directory, whose notes a dump would take away."""
        return self.cfg.filename is not None and (
            Path(self.cfg.filename).resolve().parent == Path(self.work_dir).resolve())

    def dump_config(self) -> None:
        """Not yet: see `call_hook`."""

    def _log_env(self, env_cfg: dict) -> None:
        device = (torch.cuda.get_device_name() if torch.cuda.is_available()
                  else f'CPU, {torch.get_num_threads()} threads')
        self.logger.info(
            f'oadp_mm {__version__}, mmengine {mmengine.__version__}, torch {torch.__version__}; '
            f'{self.world_size} x {device}; seed {self.seed}; all of it in {self.log_dir}')
        if self.rank == 0:
            told = {**collect_env(), **env_cfg, 'seed': self.seed, 'launcher': self.launcher}
            (Path(self.log_dir) / 'environment.txt').write_text(
                '\n'.join(f'{name}: {value}' for name, value in told.items()), encoding='utf-8')

    def get_hooks_info(self) -> str:
        return ', '.join(type(hook).__name__ for hook in self.hooks)

    def build_logger(self, *args: Any, **kwargs: Any) -> Any:
        logger = super().build_logger(*args, **kwargs)
        quieten(logger)
        end_in_a_sentence(Path(self.log_dir))
        return logger

"""Train from a config: pretraining, or fine-tuning with the host the config names.

    python tools/train.py CONFIG [--work-dir DIR] [--resume [CKPT]] [--amp] [--auto-scale-lr]
        [--launcher pytorch|slurm|mpi] [--cfg-options key=value ...]
"""
from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path


class DictAction(argparse.Action):
    """mmengine's, imported only when the option is used: `-h` stays quick, and mim asks for it."""

    def __call__(self, parser, namespace, values, option_string=None) -> None:
        from mmengine.config import DictAction

        DictAction(self.option_strings, self.dest)(parser, namespace, values, option_string)


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or '').partition('\n')[0])
    parser.add_argument('config', help='path of a config file')
    parser.add_argument('--work-dir', help='for logs and checkpoints; default work_dirs/<config>')
    parser.add_argument('--resume', nargs='?', const='auto', metavar='CKPT', help='or the newest')
    parser.add_argument('--amp', action='store_true', help='automatic mixed precision')
    parser.add_argument('--auto-scale-lr', action='store_true', help='scale the lr with the batch')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction, default={}, metavar='KEY=V')
    parser.add_argument('--launcher', choices=('none', 'pytorch', 'slurm', 'mpi'), default='none')
    parser.add_argument('--local-rank', '--local_rank', default='0', help='set by the launcher')
    return parser.parse_args()


def check_writable(folder: str) -> None:
    """Exit with one sentence unless files can be written to the folder, which is made."""
    try:
        os.makedirs(folder, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise SystemExit(f'cannot write to the work directory {folder} ({error.strerror}): give '
                         'another one with --work-dir.') from error


def main() -> None:
    args = parse_args()
    os.environ.setdefault('LOCAL_RANK', args.local_rank)

    from mmengine.config import Config
    from mmengine.runner import Runner

    cfg = Config.fromfile(args.config)
    cfg.merge_from_dict(args.cfg_options)
    cfg.launcher = args.launcher
    cfg.work_dir = args.work_dir or cfg.get('work_dir') or f'work_dirs/{Path(args.config).stem}'
    check_writable(cfg.work_dir)
    if args.amp:
        cfg.optim_wrapper.type = 'AmpOptimWrapper'
        cfg.optim_wrapper.setdefault('loss_scale', 'dynamic')
    if args.auto_scale_lr:
        if 'base_batch_size' not in cfg.get('auto_scale_lr', {}):
            raise SystemExit(f'{args.config} sets no auto_scale_lr.base_batch_size to scale by.')
        cfg.auto_scale_lr.enable = True
    if args.resume:
        cfg.resume = True
        cfg.load_from = None if args.resume == 'auto' else args.resume
    Runner.from_cfg(cfg).train()


if __name__ == '__main__':
    main()

"""`oadp-mm train`: train from a config, given by its path or by the name of one that ships.

The same as `tools/train.py`, which `mim train oadp_mm` and torch's launcher run.
"""
from __future__ import annotations

import argparse
import os
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:  # slow imports: only when run, since mim asks for -h first
    from mmengine.config import Config

HELP = 'train from a config: pretraining, or fine-tuning with the host the config names'


class Resume(argparse.Action):
    """A checkpoint, or else the newest; says so where the word behind it was the config."""

    def __call__(self, parser, namespace, values, option_string=None) -> None:
        setattr(namespace, self.dest, values)
        plain = parser.error

        def error(message: str) -> NoReturn:
            if message.endswith('required: CONFIG'):
                message += f' (put it before {option_string}, which takes the next word for CKPT)'
            plain(message)

        parser.error = error


class Options(argparse.Action):
    """mmengine's `DictAction`, which drops blanks, but not from a text: `data_root=my images`."""

    def __call__(self, parser, namespace, values, option_string=None) -> None:
        from mmengine.config import DictAction

        read: dict = {}
        for word in values:
            key, equals, value = word.partition('=')
            if not equals:
                parser.error(f'argument {option_string}: {word!r} is not KEY=VALUE')
            text = ' ' in value and not set(value) & set('[](),')
            read[key] = value if text else DictAction._parse_iterable(value)
        setattr(namespace, self.dest, {**getattr(namespace, self.dest), **read})


def add_run_arguments(parser: argparse.ArgumentParser) -> None:
    """What a training and a test have in common."""
    parser.add_argument('--work-dir', metavar='DIR',
                        help='for logs and checkpoints; default work_dirs/NAME')
    parser.add_argument('--cfg-options', nargs='+', action=Options, default={}, metavar='KEY=V',
                        help='settings of the config to override')
    parser.add_argument('--launcher', choices=('none', 'pytorch', 'slurm', 'mpi'), default='none',
                        help='who started the processes, of which there are several')
    parser.add_argument('--local-rank', '--local_rank', default='0', help=argparse.SUPPRESS)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('config', metavar='CONFIG', help='path or name (see `oadp-mm config`)')
    add_run_arguments(parser)
    parser.add_argument('--resume', nargs='?', const='auto', action=Resume, metavar='CKPT',
                        help='or the newest')
    parser.add_argument('--amp', action='store_true', help='automatic mixed precision')
    parser.add_argument('--auto-scale-lr', action='store_true', help='scale the lr with the batch')


def run(args: argparse.Namespace) -> int:
    from oadp_mm.stages.interrupts import end_as_interrupt

    # A launcher ends its processes in a way of its own; one that waits for others hears no signal.
    with end_as_interrupt() if args.launcher == 'none' else nullcontext():
        try:
            _train(args)
        except KeyboardInterrupt:
            print('oadp-mm: stopped; the same command with --resume goes on from the newest '
                  'checkpoint', file=sys.stderr)
            return 130
    return 0


def _train(args: argparse.Namespace) -> None:
    cfg = read_run_config(args)
    check_writable(cfg.work_dir)
    if args.amp:
        from oadp_mm.engine.arithmetic import put_mixed_precision

        put_mixed_precision(cfg)
    if args.auto_scale_lr:
        if 'base_batch_size' not in cfg.get('auto_scale_lr', {}):
            raise ValueError(f'{args.config} sets no auto_scale_lr.base_batch_size to scale by: '
                             'leave out --auto-scale-lr')
        cfg.auto_scale_lr.enable = True
    if args.resume:
        cfg.resume = True
        cfg.load_from = None if args.resume == 'auto' else args.resume
    from oadp_mm.engine.build_runner import build_runner

    build_runner(cfg).train()


def read_run_config(args: argparse.Namespace) -> Config:
    """The config that `args` name, with what they override.

    Raises:
        ValueError: torch's launcher is named and did not start us.
    """
    if args.launcher == 'pytorch' and 'RANK' not in os.environ:
        raise ValueError('--launcher pytorch is for a process that torchrun started: type torchrun '
                         f'--nproc_per_node=GPUS -m oadp_mm {args.command} {args.config} '
                         '--launcher pytorch')
    os.environ.setdefault('LOCAL_RANK', args.local_rank)

    from mmengine.config import Config

    from oadp_mm.files.configs import find_config

    path = find_config(args.config)
    cfg = Config.fromfile(path)
    cfg.merge_from_dict(args.cfg_options)
    cfg.launcher = args.launcher
    cfg.work_dir = args.work_dir or cfg.get('work_dir') or f'work_dirs/{path.stem}'
    return cfg


def check_writable(folder: str) -> None:
    """Make the folder; one sentence unless files can be written to it."""
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise OSError(f'cannot write to the work directory {folder} ({error.strerror}): give '
                      'another one with --work-dir') from error

"""`oadp-mm test`: evaluate a checkpoint with the test settings of a config."""
from __future__ import annotations

import argparse

from oadp_mm.cli.train import add_run_arguments, read_run_config

HELP = 'evaluate a checkpoint with the test settings of a config'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('config', metavar='CONFIG', help='path or name (see `oadp-mm config`)')
    parser.add_argument('checkpoint', metavar='CKPT', help='path of a checkpoint file')
    add_run_arguments(parser)


def run(args: argparse.Namespace) -> int:
    from oadp_mm.engine.build_runner import build_runner

    cfg = read_run_config(args)
    if cfg.get('test_cfg') is None:
        raise ValueError(f'{args.config} has no test_cfg, as pretrainings have none: they are '
                         "measured by fine-tuning (or oadp-mm compare), so give a fine-tuning's "
                         'config and its checkpoint')
    cfg.load_from = args.checkpoint
    build_runner(cfg).test()
    return 0

"""The command `oadp-mm`: one module per subcommand, imported only when it is asked for.

A subcommand module has `HELP` (one line), `add_arguments(parser)` and `run(args) -> exit status`,
and keeps its top free of heavy imports so that `--help` stays quick.
"""
from __future__ import annotations

import argparse
import io
import os
import shlex
import sys
from collections.abc import Sequence
from importlib import import_module

from oadp_mm.errors import own_sentence, wait_for_the_first_to_say_it
from oadp_mm.files.shown import shown
from oadp_mm.version import __version__

#: What one types, which is the name of its module here, too.
COMMANDS = ('compare', 'config', 'correspondences', 'demo', 'doctor', 'draw', 'export', 'finetune',
            'heat', 'neighbours', 'nuclei', 'orl', 'pretrain', 'probe', 'proposals', 'report',
            'saliency', 'scenes', 'test', 'train')


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand.

    Args:
        argv: The arguments after the program's name; those of the process if None.

    Returns:
        The exit status: the subcommand's own, 2 for a mistake of the caller's (the error's sentence
        is printed; `--traceback` shows where it came from), 130 when interrupted. What else goes
        wrong keeps its trace.
    """
    argv = sys.argv[1:] if argv is None else list(argv)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors='backslashreplace')  # a file's name may be no text
    parser = argparse.ArgumentParser(prog='oadp-mm', description='Tools around oadp_mm.')
    parser.add_argument('--version', action='version', version=f'oadp-mm {__version__}')
    trace = 'show where an error came from'
    parser.add_argument('--traceback', action='store_true', help=trace)
    subparsers = parser.add_subparsers(metavar='COMMAND', required=True)
    asked = next((word for word in argv if not word.startswith('-')), None)
    for name in [asked] if asked in COMMANDS else COMMANDS:
        module = import_module(f'oadp_mm.cli.{name}')
        subparser = subparsers.add_parser(name, help=module.HELP, description=module.HELP)
        module.add_arguments(subparser)
        subparser.add_argument('--traceback', action='store_true', help=trace,
                               default=argparse.SUPPRESS)
        subparser.set_defaults(run=module.run, command=name)
    args = parser.parse_args(argv)
    args.typed = shown(shlex.join([parser.prog, *argv]))  # for what tells how it was made
    try:
        return args.run(args)
    except BrokenPipeError:  # who reads has seen enough, as `head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        sentence = own_sentence(error)
        if sentence is None or args.traceback:
            raise
        wait_for_the_first_to_say_it()
        print(f'oadp-mm: error: {shown(sentence)}', file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print('oadp-mm: interrupted', file=sys.stderr)
        return 130


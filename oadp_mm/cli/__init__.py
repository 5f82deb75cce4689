"""The command `oadp-mm`: one module per subcommand, imported only when it is asked for.

A subcommand module has `HELP` (one line), `add_arguments(parser)` and `run(args) -> exit status`,
and keeps its top free of heavy imports so that `--help` stays quick.
"""
from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence
from importlib import import_module

from oadp_mm.files.shown import shown
from oadp_mm.version import __version__

#: What one types -> its module here.
COMMANDS = {'compare': 'compare', 'demo': 'demo', 'draw': 'draw', 'export': 'export',
            'report': 'demo_report', 'saliency': 'saliency', 'scenes': 'scenes'}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand.

    Args:
        argv: The arguments after the program's name; those of the process if None.

    Returns:
        The exit status: the subcommand's own, 2 for a mistake of the caller's (the error's sentence
        is printed; `--traceback` shows where it came from), 130 when interrupted.
    """
    argv = sys.argv[1:] if argv is None else list(argv)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors='backslashreplace')  # a file's name may be no text
    parser = argparse.ArgumentParser(prog='oadp-mm', description='Tools around oadp_mm.')
    parser.add_argument('--version', action='version', version=f'oadp-mm {__version__}')
    parser.add_argument('--traceback', action='store_true', help='show where an error came from')
    subparsers = parser.add_subparsers(metavar='COMMAND', required=True)
    asked = next((word for word in argv if not word.startswith('-')), None)
    for name in [asked] if asked in COMMANDS else COMMANDS:
        module = import_module(f'oadp_mm.cli.{COMMANDS[name]}')
        subparser = subparsers.add_parser(name, help=module.HELP, description=module.HELP)
        module.add_arguments(subparser)
        subparser.set_defaults(run=module.run)
    args = parser.parse_args(argv)
    try:
        return args.run(args)
    except (ValueError, OSError) as error:
        if args.traceback:
            raise
        print(f'oadp-mm: error: {shown(_sentence(error))}', file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print('oadp-mm: interrupted', file=sys.stderr)
        return 130


def _sentence(error: ValueError | OSError) -> str:
    """The error's own, or one for what the system said about a path."""
    if isinstance(error, OSError) and error.filename is not None:
        return (f'cannot use {error.filename} ({error.strerror}): check the path and who may read '
                'and write there')
    return str(error)

"""`oadp-mm report DIR`: one page of all runs below a folder."""
from __future__ import annotations

import argparse
from pathlib import Path

from oadp_mm.files.shown import shown

HELP = 'write one page of all runs below a folder: losses, health, probes, fine-tunings, pictures'
EXAMPLE = """
example:
  oadp-mm report runs/

DIR holds, at any place below it, work_dirs of trainings, probe.json of oadp-mm probe,
finetune.json of oadp-mm finetune and comparison.json of oadp-mm compare, finished or not; what is
missing is said.
The page is one file that loads nothing: send it to whom you like.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLE
    parser.add_argument('folder', type=Path, metavar='DIR', help='where the runs are')
    parser.add_argument('--out', type=Path, metavar='FILE',
                        help='the page (default: DIR/report.html)')


def run(args: argparse.Namespace) -> int:
    from oadp_mm.journey.report import write_report  # slow imports: only when run

    print(shown(write_report(args.folder, args.out)))
    return 0

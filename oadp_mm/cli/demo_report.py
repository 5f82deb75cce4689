"""`oadp-mm report DIR`: write the demo's report anew from what its stages left in DIR."""
from __future__ import annotations

import argparse
from pathlib import Path

HELP = "write a demo's report from what its stages left behind"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('work_dir', type=Path, metavar='DIR', help="the demo's work directory")


def run(args: argparse.Namespace) -> int:
    from oadp_mm.demo.report import write_demo_report  # slow imports: only when run

    print(write_demo_report(args.work_dir))
    return 0

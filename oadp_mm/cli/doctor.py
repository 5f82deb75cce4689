"""`oadp-mm doctor`: what stands between these images, this machine, and a training."""
from __future__ import annotations

import argparse
import json
import platform
from pathlib import Path

HELP = 'examine the machine, a folder of images and what a config would do, before a training does'
EXAMPLE = """
examples:
  oadp-mm doctor
  oadp-mm doctor photos/
  oadp-mm doctor photos/ --config oadp_resnet50_1xb32-accum8-coslr-200e_folder

FOLDER holds images, labelled or not, in any form that pretrain, probe or finetune take. CFG is a
config's path or name: its training is begun in a process of its own and ended after a step or two.

Each line is one finding: a problem makes a command stop, or its figures wrong; a note is worth a
thought. The exit status is 1 if there is a problem. docs/doctor.md lists all that is looked for.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLE
    parser.add_argument('folder', nargs='?', metavar='FOLDER', help='of images, or the word nuclei')
    parser.add_argument('--config', metavar='CFG', help='of a training, by path or name')
    parser.add_argument('--work-dir', type=Path, default=Path('work_dirs'), metavar='DIR',
                        help='whose disk is looked at (%(default)s)')
    parser.add_argument('--size', type=int, default=0, metavar='PX',
                        help='of a side of the views (default: the config\'s, else 224)')
    parser.add_argument('--looks', type=int, default=2000, metavar='N',
                        help='images that are decoded, from all over the folder; 0: all '
                        '(%(default)s)')
    parser.add_argument('--limit', type=float, default=300, metavar='SECONDS',
                        help='after which the trial of a config is ended (%(default)s)')
    parser.add_argument('--json', type=Path, metavar='FILE',
                        help='for all findings, with all that each is about')


def run(args: argparse.Namespace) -> int:
    for name, least in (('size', 0), ('looks', 0), ('limit', 1)):
        if getattr(args, name) < least:
            raise ValueError(f'--{name} must be {least} or more, got {getattr(args, name)}')
    from rich.console import Console  # slow imports: only when run

    from oadp_mm.doctor.finding import as_json, lines
    from oadp_mm.doctor.folder import folder_findings
    from oadp_mm.doctor.machine import (
        BATCH,
        CHECKPOINT,
        disk_finding,
        free_disk,
        machine_findings,
    )
    from oadp_mm.doctor.packages import package_findings
    from oadp_mm.doctor.training import schedule_table, training_findings
    from oadp_mm.doctor.trying import Tried, try_out
    from oadp_mm.files.configs import find_config
    from oadp_mm.files.shown import shown
    from oadp_mm.files.whole_file import write_text
    from oadp_mm.journey.memory import available
    from oadp_mm.reports.tables import terminal_table

    console = Console(stderr=True, highlight=False)
    tried = Tried('done', {})
    if args.config:
        console.print(f'beginning {args.config}, for a step or two ...', markup=False)
        folder = args.folder and args.folder != 'nuclei' and str(Path(args.folder).absolute())
        tried = try_out(find_config(args.config), folder or '', args.limit)
    told = tried.told
    findings = [*package_findings(platform.python_version()),
                *machine_findings(told.get('step', {}).get('batch_bytes', BATCH),
                                  told.get('workers', {}).get('number')),
                disk_finding(*free_disk(args.work_dir),
                             told.get('checkpoint', {}).get('bytes', CHECKPOINT))]
    if args.folder:
        size = args.size or told.get('layout', {}).get('side', 224)
        findings += folder_findings(args.folder, size, args.looks, console)
    if args.config:
        findings += training_findings(tried, available(), args.limit)
    for line in lines(findings):
        print(shown(line))
    if course := told.get('course'):
        Console(highlight=False).print(terminal_table(schedule_table(course), 'Schedule', ''))
    if args.json:
        write_text(args.json, json.dumps(
            {'findings': as_json(findings), 'schedule': course or {}}, indent=1))
    return int(any(finding.mark == 'problem' for finding in findings))


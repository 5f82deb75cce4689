"""Pretrains, probes and fine-tunes by the protocol of docs/evidence.md, and makes its tables.

    python -m benchmarks.evidence run [PART ...] [--jobs 2]     # make evidence PART=...
    python -m benchmarks.evidence tell                          # write tables and plots anew

`run` goes on with what was stopped, however it was stopped: trainings from their newest checkpoint.
The figures of what is finished are kept in docs/evidence, from which `tell` makes the page.
"""
from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT)]

from benchmarks.evidence.protocol import PARTS, TUNINGS
from benchmarks.evidence.running import run

FIGURES, PAGE = ROOT / 'docs/evidence', ROOT / 'docs/evidence.md'


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('action', choices=('run', 'tell'))
    parser.add_argument('parts', nargs='*', metavar='PART', default=[*PARTS, *TUNINGS],
                        help=f'of {", ".join((*PARTS, *TUNINGS))} (all)')
    parser.add_argument('--out', type=Path, default=ROOT / 'work_dirs/evidence',
                        help='folder of the work (%(default)s)')
    parser.add_argument('--jobs', type=int, default=os.cpu_count() or 1,
                        help='commands at once, a core each (%(default)s)')
    args = parser.parse_args()
    if strange := [part for part in args.parts if part not in (*PARTS, *TUNINGS)]:
        parser.error(f'{strange[0]} is no part: choose from {", ".join((*PARTS, *TUNINGS))}')
    if args.action == 'run':
        data = Path(os.environ.get('OADP_DATA', ROOT.parent / 'shared/data')).resolve()
        return min(1, run(args.out.resolve(), data, FIGURES, args.parts, args.jobs))
    from benchmarks.evidence.telling import tell

    tell(FIGURES, PAGE)
    return 0


if __name__ == '__main__':
    sys.exit(main())

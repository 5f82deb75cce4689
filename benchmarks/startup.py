"""How long one waits: for `import oadp_mm`, and for the first iteration of the demo's pretraining.

    python benchmarks/startup.py [--runs 3] [--imports 11]

Prints the median milliseconds that `import oadp_mm` adds to a bare interpreter and whether it
brought torch along; then the median seconds from the demo's command to the log line of its first
finished iteration, with numba's cache empty (the first run on a machine) and filled (all others).
"""
from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from oadp_mm.demo.plan import QUICK, plan
from oadp_mm.stages import child_process
from oadp_mm.stages.stage import Stage

child_process.POLL_SECONDS = 0.02  # how late the log line may be read


def interpreter(code: str) -> tuple[float, str]:
    """Seconds that a fresh interpreter takes for `code`, and what it printed."""
    start = time.perf_counter()
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)
    return time.perf_counter() - start, done.stdout


def first_iteration(stage: Stage, folder: Path) -> float:
    """Seconds from a training's command to its first iteration; the training ends there."""
    folder.mkdir()
    start = time.perf_counter()

    def listen(line: str) -> None:
        if 'Epoch(train) [1][1/' in line:
            raise StopIteration(time.perf_counter() - start)

    try:
        status = child_process.follow(stage.command, stage.env, folder / 'log.txt', listen)
    except StopIteration as started:
        return started.value
    raise SystemExit(f'the training ended before its first iteration (exit {status}):\n'
                     + (folder / 'log.txt').read_text())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--runs', type=int, default=3, help='trainings with either cache')
    parser.add_argument('--imports', type=int, default=11, help='interpreters of either kind')
    args = parser.parse_args()

    bare, ours = [], []
    for _ in range(args.imports + 1):
        bare.append(interpreter('pass')[0])
        seconds, torch = interpreter('import sys, oadp_mm; print("torch" in sys.modules)')
        ours.append(seconds)
    added = statistics.median(ours[1:]) - statistics.median(bare[1:])  # the first read the disk
    print(f'import oadp_mm       {1000 * added:5.0f} ms, medians of {args.imports}; '
          f'torch imported: {torch.strip()}')

    cold, warm = [], []
    for _ in range(args.runs):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            stage = next(stage for stage in plan(folder, QUICK, 0) if stage.name == 'pretrain')
            stage = replace(stage, command=(*stage.command, 'default_hooks.logger.interval=1'),
                            env={**stage.env, 'NUMBA_CACHE_DIR': str(folder / 'numba')})
            cold.append(first_iteration(stage, folder / 'cold'))
            warm.append(first_iteration(stage, folder / 'warm'))
    for label, seconds in (('empty', cold), ('filled', warm)):
        print(f'first iteration      {statistics.median(seconds):5.1f} s with numba\'s cache '
              f'{label}, {min(seconds):.1f} to {max(seconds):.1f} s in {args.runs} runs')


if __name__ == '__main__':
    main()

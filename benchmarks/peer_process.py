"""The processes of `benchmarks/peers.py`, and the environment that lightly has to itself."""
from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

WORKER = Path(__file__).with_name('peer_worker.py')
#: With what of its requirements the parts that are compared import; it names pytorch_lightning too.
LIGHTLY = ('lightly==1.6.0', 'lightning-utilities==0.15.3')


class Process:
    """A `peer_worker.py` that waits for questions; a context manager that ends it.

    Args:
        python: of the environment that has the package.
        spec: module, method, depth, size, batch and threads.
        log: what the packages print.
    """

    def __init__(self, python: str | Path, spec: dict, log: Path) -> None:
        self.spec, self.log = spec, log
        threads = {name: str(spec['threads']) for name in ('OMP_NUM_THREADS', 'MKL_NUM_THREADS')}
        with log.open('w') as stream:
            self.process = subprocess.Popen(
                [python, WORKER, json.dumps(spec)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=stream, text=True, env={**os.environ, **threads, 'CUDA_VISIBLE_DEVICES': ''})

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *unused: object) -> None:
        self.process.kill()
        self.process.wait()

    def ask(self, question: str, value: object) -> dict:
        """Ask for one of the worker's answers and wait.

        Raises:
            RuntimeError: the worker has died; with the last line that it wrote.
        """
        try:
            print(json.dumps({question: value}), file=self.process.stdin, flush=True)
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ''
        if not line:
            raise RuntimeError(f'{self.spec["module"]} ended when it was asked for {question} of '
                               f'{self.spec["method"]}: {last_line(self.log.read_text())}')
        return json.loads(line)


def lightly_python(folder: Path, given: Path | None = None) -> Path:
    """The Python of an environment with lightly and, unless one is given, with this one's torch.

    It is made in `folder` unless it is there. What runs this reads nothing of it; what it lacks
    itself it reads here.

    Raises:
        RuntimeError: the one given has no lightly, or one cannot be made.
    """
    python = given or folder / 'bin/python'
    try:
        run(python, '-c', 'import lightly.transforms')
    except RuntimeError:
        if given:
            raise
        print(f'Making {folder} with {LIGHTLY[0]}', file=sys.stderr, flush=True)
        run(sys.executable, '-m', 'venv', folder)
        site = run(python, '-c', 'import sysconfig; print(sysconfig.get_path("purelib"))')
        (Path(site) / 'torch_of.pth').write_text(sysconfig.get_path('purelib') + '\n')
        run(python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input',
            '--no-deps', *LIGHTLY)
    return python


def run(*command: str | Path) -> str:
    """What a command prints.

    Raises:
        RuntimeError: it failed.
    """
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except OSError as error:
        raise RuntimeError(f'{command[0]}: {error.strerror}') from error
    if done.returncode:
        raise RuntimeError(f'{" ".join(map(str, command))}: {last_line(done.stderr)}')
    return done.stdout.strip()


def last_line(text: str) -> str:
    return (text.strip().splitlines() or ['it said nothing'])[-1]

"""Make or complete the virtual environment of the Makefile's targets; standard library only.

`.venv/.stamp` has two lines: for which Python and folder the environment was made (written when it
is made) and the digest of everything that defines it (written last). A matching file means there is
nothing to do; a file without the second line is a half-built environment, which pip completes; an
environment made for another Python or folder is made anew.
"""
from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / 'requirements'
SUPPORTED = ((3, 10), (3, 11), (3, 12))
FOLDERS = {'full': '.venv', 'light': '.venv-light', 'docs': '.venv-docs'}
MMCV_BUILD_CORE_SECONDS = 1200


class SetupError(Exception):
    """What went wrong and what to do, in one sentence."""


class Environment:
    """A virtual environment and the log of what was installed into it."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.folder, self.kind, self.light = folder, kind, kind == 'light'
        self.python = folder / 'bin' / 'python'
        self.stamp = folder / '.stamp'
        self.log = folder / 'setup.log'

    def recorded(self) -> list[str]:
        """The stamp's lines; empty if there is no environment or its Python does not run."""
        if not self.stamp.is_file():
            return []
        try:
            subprocess.run([self.python, '-c', ''], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            return []
        return self.stamp.read_text().splitlines()

    def digest(self) -> str:
        """Of all files that decide what is installed."""
        digest = hashlib.sha256(self.kind.encode())
        docs = REQUIREMENTS / 'docs.txt'
        if self.kind == 'docs':
            sources = [docs, REQUIREMENTS / 'constraints.txt']
        else:
            sources = [path for path in sorted(REQUIREMENTS.glob('*.txt')) if path != docs]
            sources += [ROOT / 'setup.cfg', ROOT / 'setup.py']
        for path in [*sources, Path(__file__)]:
            digest.update(path.name.encode() + b'\0' + path.read_bytes())
        return digest.hexdigest()

    def make(self, identity: str) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        done = subprocess.run([sys.executable, '-m', 'venv', self.folder], capture_output=True)
        if done.returncode:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise SetupError(
                f'{sys.executable} cannot make a virtual environment: install its venv module '
                '(on Debian and Ubuntu: apt install python3-venv) and run the same command again.'
            )
        self.stamp.write_text(identity + '\n')

    def run(self, title: str, seconds: float, arguments: list[str], **variables: str) -> None:
        """Run the environment's Python quietly, showing the time it takes against what is usual."""
        start, tty = time.monotonic(), sys.stdout.isatty()
        usual = f'{seconds:.0f} s' if seconds < 100 else f'{seconds / 60:.0f} min'
        print(f'{title} (about {usual})', end='' if tty else '\n', flush=True)
        with self.log.open('ab') as log:
            process = subprocess.Popen(
                [self.python, *arguments], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, env={**os.environ, **variables},
            )  # fmt: skip
            try:
                while process.poll() is None:
                    try:
                        process.wait(timeout=1 if tty else 60)
                    except subprocess.TimeoutExpired:
                        spent = clock(time.monotonic() - start)
                        line = f'\r{title} (about {usual}): {spent}' if tty else f'    {spent}'
                        print(line, end='' if tty else '\n', flush=True)
            finally:
                process.kill()
        print(f'\r\033[K{title}' if tty else '    done', f'in {clock(time.monotonic() - start)}')
        if process.returncode:
            tail = self.log.read_text(errors='replace').splitlines()[-30:]
            print(*tail, sep='\n', file=sys.stderr)
            raise SetupError(
                f'"{title}" failed: see above and {self.log}; once the cause is gone, the same '
                'command goes on from here.'
            )

    def pip(self, title: str, seconds: float, arguments: list[str], **variables: str) -> None:
        quiet = ['--disable-pip-version-check', '--no-input', '--progress-bar=off']
        constraint = {'PIP_CONSTRAINT': str(REQUIREMENTS / 'constraints.txt')}
        command = ['-m', 'pip', 'install', *quiet, *arguments]
        self.run(title, seconds, command, **constraint, **variables)

    def has_operators(self) -> bool:
        """Whether mmcv's compiled part is there and fits the installed torch."""
        command = [self.python, '-c', 'import torch, mmcv._ext']
        return subprocess.run(command, capture_output=True).returncode == 0

    def install_mmcv(self, title: str) -> None:
        mmcv = files('mmcv')
        if self.light:
            # An isolated build sees no torch and so compiles nothing. Uncached: pip would otherwise
            # hand this wheel to a full installation, or a full one's to this.
            self.pip(title, 60, ['--no-cache-dir', *mmcv])
            return
        cores = os.cpu_count() or 1
        variables = {'MAX_JOBS': str(cores)}
        if not (shutil.which('nvcc') or os.environ.get('CUDA_HOME')):
            variables['CUDA_VISIBLE_DEVICES'] = ''  # mmcv compiles for any GPU that torch sees
        seconds = 60 + MMCV_BUILD_CORE_SECONDS / cores
        title += ', unless pip has kept it'
        self.pip(title, seconds, ['--no-build-isolation', *mmcv], **variables)
        if not self.has_operators():  # pip kept a wheel without operators, or one for another torch
            self.run('  forget the kept mmcv', 1, ['-m', 'pip', 'cache', 'remove', 'onedl_mmcv'])
            again = ['--no-build-isolation', '--force-reinstall', '--no-deps', *mmcv]
            self.pip(title, seconds, again, **variables)

    def install(self) -> None:
        if self.kind == 'docs':  # the pages are made from text: nothing of what they tell is needed
            shared = [part for name in ('build', 'runtime')
                      for part in ('-c', str(REQUIREMENTS / f'{name}.txt'))]
            self.pip('[1/1] Sphinx', 15, [*files('docs'), *shared])
            return
        self.pip('[1/5] build tools', 15, files('build'))
        self.pip('[2/5] torch', 120, files('torch'))
        self.install_mmcv(f'[3/5] mmcv{"" if self.light else " with its operators compiled"}')
        rest = ['pretrain', 'runtime'] + ([] if self.light else ['openmmlab', 'tests'])
        self.pip('[4/5] OpenMMLab and the rest', 90, ['--no-build-isolation', *files(*rest)])
        own = ['--no-build-isolation', '--no-deps', '--editable', '.']
        self.pip('[5/5] oadp_mm itself, editable', 10, own)


def files(*names: str) -> list[str]:
    return [part for name in names for part in ('-r', str(REQUIREMENTS / f'{name}.txt'))]


def clock(seconds: float) -> str:
    return f'{int(seconds) // 60}:{int(seconds) % 60:02d}'


def setup(kind: str, remake: bool) -> None:
    version = sys.version_info[:2]
    if kind == 'docs' and version == (3, 10):
        raise SetupError(
            f'{sys.executable} is Python 3.10, but Sphinx needs 3.11 or 3.12: name one, as in '
            'make docs PYTHON=python3.11.'
        )
    if version not in SUPPORTED:
        raise SetupError(
            f'{sys.executable} is Python {version[0]}.{version[1]}, but 3.10, 3.11 or 3.12 is '
            'needed: name one, as in make env PYTHON=python3.11.'
        )
    environment = Environment(ROOT / FOLDERS[kind], kind)
    identity = f'Python {version[0]}.{version[1]} in {ROOT}'
    recorded, digest = environment.recorded(), environment.digest()
    others = {f'Python {major}.{minor} in {ROOT}' for major, minor in SUPPORTED}
    usable = recorded and recorded[0] in ({identity} if remake else others)
    if usable and recorded[1:] == [digest]:
        return
    compilers = (os.environ.get('CXX', ''), 'c++', 'g++', 'clang++')
    if kind == 'full' and not any(map(shutil.which, compilers)):
        raise SetupError(
            'no C++ compiler found, and mmcv is compiled here: install one (on Debian and Ubuntu: '
            'apt install g++) or set up pretraining alone with make light.'
        )
    start, name = time.monotonic(), environment.folder.name
    print(f'{"Completing" if usable else "Making"} {name} (log: {name}/setup.log)', flush=True)
    if usable:
        identity = recorded[0]
        environment.stamp.write_text(identity + '\n')
    else:
        environment.make(identity)
    environment.install()
    environment.stamp.write_text(f'{identity}\n{digest}\n')
    print(f'{name} is ready after {clock(time.monotonic() - start)}', flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or '').partition('\n')[0])
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument('--light', action='store_const', dest='kind', const='light', default='full',
                       help='pretraining only, into .venv-light')
    kinds.add_argument('--docs', action='store_const', dest='kind', const='docs', default='full',
                       help='what builds the site, into .venv-docs')
    parser.add_argument(
        '--remake', action='store_true', help='make it anew if it was made by another Python'
    )
    args = parser.parse_args()
    try:
        setup(args.kind, args.remake)
    except SetupError as error:
        print(f'make env: {error}', file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print('\nmake env: stopped; the same command goes on from here.', file=sys.stderr)
        return 130
    return 0


if __name__ == '__main__':
    sys.exit(main())

"""A stage: one command in its own folder, with a log, a memory of what it did, and a clean end.

A stage's folder holds `log.txt` (everything its command printed) and `stage.json` (its key, the
seconds spent over all attempts, whether it finished). The key stands for all that goes into the
stage; another key means other work, so whatever lies in the folder is thrown away, while the same
key means the stage is skipped when it finished and resumed when it did not.
"""
from __future__ import annotations

import hashlib
import json
import shlex
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from oadp_mm.files.configs import PACKAGE
from oadp_mm.files.whole_file import write_text
from oadp_mm.stages.child_process import Listener, follow


class StageFailed(Exception):
    """A stage's command ended badly; the message names the log and ends with its last lines."""


@dataclass(frozen=True)
class Stage:
    """One command.

    Args:
        name: the stage's folder inside the work directory.
        title: what the user reads.
        command: the program and its arguments.
        seconds: expected duration on two cores, its weight in the overall progress.
        key: stands for everything that goes into the stage, see `stage_key`.
        env: variables set on top of the environment.
        outputs: paths that must exist for the stage to count as finished.
        lacks: what else it must have left behind and did not, '' if nothing.
        epochs: epochs of a training that counts in epochs; 0 for everything else.
        val_share: the part of a training's time that its validation at the end takes.
        resume: arguments added when the stage's folder holds a half-done training.
    """

    name: str
    title: str
    command: tuple[str, ...]
    seconds: float
    key: str
    env: Mapping[str, str] = field(default_factory=dict)
    outputs: tuple[Path, ...] = ()
    lacks: Callable[[], str] = str
    epochs: int = 0
    val_share: float = 0.0
    resume: tuple[str, ...] = ()

    def shell(self) -> str:
        """The command as one types it."""
        words = [f'{name}={shlex.quote(value)}' for name, value in self.env.items()]
        return ' '.join(words + [shlex.quote(word) for word in self.command])

    def missing(self) -> str:
        """What a command that ended well did not leave behind, '' if nothing."""
        paths = [str(path) for path in self.outputs if not path.exists()]
        return ', '.join(paths) or self.lacks()


def stage_key(*parts: object) -> str:
    """A short fingerprint of whatever goes into a stage (JSON-able parts, keys of earlier ones)."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def fingerprint_of_code() -> str:
    """Stands for every line of the package: figures of different code are no comparison."""
    sources = sorted(PACKAGE.rglob('*.py'))
    return stage_key(*(hashlib.sha256(path.read_bytes()).hexdigest() for path in sources))


def read_state(folder: Path) -> dict:
    """What `stage.json` in `folder` says; empty when the file is absent or was cut short."""
    try:
        return json.loads((folder / 'stage.json').read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}


def is_finished(stage: Stage, work_dir: Path) -> bool:
    """Whether this very stage ran to its end and what it left is still there."""
    state = read_state(work_dir / stage.name)
    return (
        state.get('key') == stage.key
        and bool(state.get('finished'))
        and not stage.missing()
    )


def can_resume(stage: Stage, work_dir: Path) -> bool:
    """Whether this very stage was stopped half-way and left something to go on from."""
    folder = work_dir / stage.name
    same = read_state(folder).get('key') == stage.key
    return same and bool(stage.resume) and any(folder.glob('*.pth'))


def run_stage(stage: Stage, work_dir: Path, listen: Listener) -> float:
    """Run a stage to its end and return the seconds it took, earlier attempts included.

    Args:
        stage: what to run.
        work_dir: the folder of all stages.
        listen: called with each line the command prints, and with '' while it prints nothing.

    Raises:
        StageFailed: when the command exits with anything but 0 or leaves something unwritten.
    """
    folder, state = work_dir / stage.name, read_state(work_dir / stage.name)
    if state.get('key') != stage.key:
        shutil.rmtree(folder, ignore_errors=True)
        state = {}
    folder.mkdir(parents=True, exist_ok=True)
    command = stage.command + (stage.resume if can_resume(stage, work_dir) else ())
    spent = float(state.get('seconds', 0.0))
    start = time.monotonic()

    def remember(finished: bool) -> float:
        seconds = spent + time.monotonic() - start
        record = {
            'key': stage.key,
            'title': stage.title,
            'command': stage.shell(),
            'seconds': round(seconds, 1),
            'finished': finished,
        }
        write_text(folder / 'stage.json', json.dumps(record, indent=1) + '\n')
        return seconds

    remember(finished=False)
    try:
        status = follow(command, stage.env, folder / 'log.txt', listen)
    except BaseException:
        remember(finished=False)
        raise
    missing = '' if status else stage.missing()
    if status or missing:
        remember(finished=False)
        why = f'ended with status {status}' if status else f'did not write {missing}'
        raise StageFailed(
            f'stage "{stage.title}" {why}; its log is {folder / "log.txt"} and ends so:\n'
            + _last_lines(folder / 'log.txt')
        )
    return remember(finished=True)


def _last_lines(log: Path, count: int = 12) -> str:
    lines = log.read_text(encoding='utf-8', errors='replace').splitlines()
    return '\n'.join('  ' + line for line in lines[-count:])

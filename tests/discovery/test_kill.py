"""kill -9 at any point of both commands, and the same call again."""
from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from oadp_mm.discovery.correspondences import make_correspondences
from oadp_mm.discovery.neighbours import make_neighbours
from oadp_mm.files.neighbour_file import read_neighbours
from tests.discovery import made

KILLED = """
import os, signal
from pathlib import Path
import pytest
from oadp_mm.discovery.correspondences import make_correspondences
from oadp_mm.discovery.neighbours import make_neighbours
from oadp_mm.files.growing_rows import GrowingRows
from oadp_mm.files.neighbour_file import read_neighbours
from tests.discovery import made
made.in_small_pieces(pytest.MonkeyPatch())
root, append, left = Path({root!r}), GrowingRows.append, [{after}]
def until_killed(self, rows):
    if self._path.name == {name!r}:
        left[0] -= 1
        if left[0] < 0:  # in the midst of it: rows are there that are not counted
            with self._path.open('r+b') as file:
                file.seek(self.done * self._row)
                file.write(b'x' * (len(rows) * self._row // 2))
            os.kill(os.getpid(), signal.SIGKILL)
    append(self, rows)
GrowingRows.append = until_killed
if {name!r} == 'embeddings':
    make_neighbours(made.near_task(root / 'photos'), root / 'o.npz', 2)
else:
    near = read_neighbours(root / 'n.npz')
    make_correspondences(made.pair_task(root / 'photos', near, root / 'p.npz'), root / 'o.npz', 2)
"""


@pytest.mark.integration
@pytest.mark.parametrize(('name', 'after', 'kept'), [
    ('embeddings', 2, 3), ('features', 0, 0), ('features', 3, 21), ('pairs', 2, None)])
def test_a_killed_command_goes_on(name, after, kept, tmp_path, monkeypatch):
    """After so many appended blocks; kept: pictures that are not shown to the network again, of the
    fourth of two images at a time, which cannot be read, none; None: all."""
    made.in_small_pieces(monkeypatch)
    folder = made.write_photos(tmp_path / 'photos')
    make_neighbours(made.near_task(folder), tmp_path / 'n.npz', 1)
    made.write_boxes(folder, tmp_path / 'p.npz')
    code = KILLED.format(root=str(tmp_path), name=name, after=after)
    killed = subprocess.run([sys.executable, '-c', code], cwd=Path(__file__).parents[2],
                            capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert not (tmp_path / 'o.npz').exists() and (tmp_path / 'o.npz.parts').is_dir()

    again, whole = (_make(name, tmp_path, tmp_path / out) for out in ('o.npz', 'whole.npz'))
    assert (tmp_path / 'o.npz').read_bytes() == (tmp_path / 'whole.npz').read_bytes()
    assert not (tmp_path / 'o.npz.parts').exists()
    assert whole - again == (whole - 1 if kept is None else kept)  # one asks for the channels


def _make(name: str, root: Path, out: Path) -> int:
    """Pictures that the network was shown."""
    if name == 'embeddings':
        task = made.near_task(root / 'photos')
        make_neighbours(task, out, 1)
    else:
        task = made.pair_task(root / 'photos', read_neighbours(root / 'n.npz'), root / 'p.npz')
        make_correspondences(task, out, 1)
    return task.encoder.network.backbone.shown

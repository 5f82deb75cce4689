from __future__ import annotations

import io

from rich.console import Console

from oadp_mm.reports import progress
from oadp_mm.reports.progress import Progress


def test_a_file_gets_a_line_now_and_then(monkeypatch):
    now = iter(range(0, 1000, 10))
    monkeypatch.setattr(progress.time, 'monotonic', lambda: next(now))
    told = io.StringIO()
    with Progress(4, Console(file=told, width=80)) as bar:
        bar.begin('a.pth')
        for _ in range(4):
            bar.advance('features', 1)
    lines = told.getvalue().splitlines()
    assert [line[:22] for line in lines] == [' 50 %  a.pth: features', '100 %  a.pth: features']


def test_the_same_units_can_be_counted_anew(monkeypatch):
    """With a time to go that is of the new work."""
    now = iter(range(0, 1000, 10))
    monkeypatch.setattr(progress.time, 'monotonic', lambda: next(now))
    told = io.StringIO()
    with Progress(4, Console(file=told, width=80)) as bar:
        bar.advance('images', 4)
        bar.again('writing')
        bar.advance('images', 1)
        assert not bar._bar.tasks[0].finished
    assert told.getvalue().startswith(' 25 %  writing: images')


def test_what_was_kept_from_before_counts_as_done():
    told = io.StringIO()
    with Progress(4, Console(file=told)) as bar:
        bar.reach(4)
        assert bar._bar.tasks[0].finished

from __future__ import annotations

from pathlib import Path

import pytest

from oadp_mm.journey.run_names import shortest_ends


@pytest.mark.parametrize(('paths', 'names'), [
    (['/r/a/stage3', '/r/b/stage3', '/r/byol'], ['a/stage3', 'b/stage3', 'byol']),
    (['/r/x/a/s', '/r/y/a/s'], ['x/a/s', 'y/a/s']),
    (['/r/stage3', '/r/a/stage3'], ['stage3', 'a/stage3']),  # one is the end of the other
    (['/r', '/r/a'], ['r', 'a']),
    (['/r/a', '/elsewhere/a', 'typed/a'], ['a', 'elsewhere/a', 'typed/a']),
    (['/r/a', '/r/a'], ['a', 'a'])])
def test_an_end_of_a_path_tells_it_from_the_others(paths, names):
    found = shortest_ends(map(Path, paths), Path('/r'))
    assert [found[Path(path)] for path in paths] == names

from __future__ import annotations

import pytest

from oadp_mm.pictures.curves import draw_curves


def test_curves_go_through_the_points():
    figure = draw_curves({'a': [(1, 2.0), (2, 1.0)], 'b': []}, 'loss')
    assert figure.axes[0].lines[0].get_xydata().tolist() == [[1, 2], [2, 1]]
    with pytest.raises(ValueError, match='no values'):
        draw_curves({'a': []}, 'loss')

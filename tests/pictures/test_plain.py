from __future__ import annotations

import io

import numpy as np
import pytest

from oadp_mm.pictures.curves import draw_curves
from oadp_mm.pictures.dots import draw_dots
from oadp_mm.pictures.plain import plain
from oadp_mm.pictures.scenes import grid_of, show_instances

NAME = r'$\frac$'  # a formula that matplotlib cannot read


def grid():
    image = np.zeros((9, 9, 3), np.uint8)
    figure, axes = grid_of([image], [NAME])
    show_instances(axes[0][0], image,
                   [{'bbox': [1, 1, 5, 5], 'category_id': 1}], {1: NAME})
    return figure


@pytest.mark.parametrize('figure', [
    lambda: draw_dots({NAME: {NAME: {NAME: 1.}}}, NAME),
    lambda: draw_curves({NAME: [(1, 2.), (2, 3.)]}, NAME, NAME), lambda: plain(grid())])
def test_a_dollar_begins_no_formula(figure):
    written = io.StringIO()
    figure().savefig(written, format='svg')
    assert NAME in written.getvalue()


def test_without_it_there_is_an_error():
    with pytest.raises(ValueError, match='frac'):
        grid().savefig(io.BytesIO(), format='svg')

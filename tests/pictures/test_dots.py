from __future__ import annotations

import pytest

from oadp_mm.pictures.dots import draw_dots

VALUES = {'a': {'0': 30., '1': 34.}, 'random': {'0': 20., '1': 21.}, 'later': {}}


def test_runs_of_a_seed_are_joined_and_a_bar_is_their_mean():
    ax = draw_dots({'mask AP': VALUES}, '%').axes[0]
    assert [line.get_xydata().tolist() for line in ax.lines] == [
        [[0, 30], [1, 20]], [[0, 34], [1, 21]]]
    heights = [bar.get_segments()[0][0][1] for bar in ax.collections]
    assert heights == [32, 20.5]
    assert [text.get_text() for text in ax.get_xticklabels()] == ['a', 'random', 'later']


def test_small_differences_look_small():
    low, high = draw_dots({'': {'a': {'0': 30.}, 'b': {'0': 30.1}}}, '%').axes[0].get_ylim()
    assert high - low == pytest.approx(10) and low + high == pytest.approx(60.1)


def test_nothing_to_draw_is_said():
    with pytest.raises(ValueError, match='no values to draw'):
        draw_dots({'mask AP': {'a': {}}}, '%')

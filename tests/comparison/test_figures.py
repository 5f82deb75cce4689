from __future__ import annotations

from oadp_mm.comparison.figures import failed_runs, figures_table
from tests.comparison.outcomes import OUTCOMES


def test_figures_are_means_with_the_deviation_of_a_sample():
    """10, 14, 18: mean 14, variance (16 + 0 + 16) / 2 = 16; the median second, the most memory."""
    assert figures_table(OUTCOMES).rows == [
        ['random', '10.0 ± 0.0', '20.0 ± 0.0', '-', '-', '3'],
        ['oadp', '14.0 ± 4.0', '50.0 ± 0.0', '2.00', '300', '3'],
        ['byol', '33.0', '44.0', '0.50', '90', '1 of 3'],
        ['moco', 'failed', 'failed', '-', '-', '0 of 3'],
    ]


def test_failed_runs_are_named():
    assert failed_runs(OUTCOMES) == ['byol, seed 1', 'byol, seed 2', 'moco, seed 0',
                                     'moco, seed 1', 'moco, seed 2']

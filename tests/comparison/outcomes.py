"""What runs of four methods gave: all, all, one and none of them finished."""
from __future__ import annotations

from oadp_mm.comparison.figures import Outcome

OUTCOMES = {
    'random': {0: Outcome(10., 20.), 1: Outcome(10., 20.), 2: Outcome(10., 20.)},
    'oadp': {0: Outcome(10., 50., 1., .1, 100., 6), 1: Outcome(14., 50., 9., .1, 300., 6),
             2: Outcome(18., 50., 2., .1, 200., 6)},
    'byol': {0: Outcome(33., 44., .5, .1, 90., 6), 1: None, 2: None},
    'moco': {0: None, 1: None, 2: None},
}

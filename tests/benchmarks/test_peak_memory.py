from __future__ import annotations

import torch

from benchmarks.peak_memory import PeakMemory


def test_the_peak_of_a_known_chain() -> None:
    with PeakMemory() as memory:
        first = torch.empty(1000, dtype=torch.uint8)
        second = first.long()
        view = second[:10]
        del second
        assert sum(memory.alive.values()) == 9000
        del view
        third = first.int()
    assert sum(memory.alive.values()) == first.nbytes + third.nbytes == 5000
    assert memory.peak == 9000


def test_what_lived_before_counts_once() -> None:
    layer = torch.nn.Linear(3, 5, bias=False)
    rows = torch.empty(2, 3)
    with PeakMemory(layer, [rows, rows[:1]]) as memory:
        layer(rows)
    assert memory.peak == 4 * (15 + 6 + 10)

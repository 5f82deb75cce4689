"""What enters the queues of RegionCL and SCD while they train."""
from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from oadp_mm.models import ContrastiveHead
from tests.models.forms import ALGORITHMS
from tests.models.tiny_pairs import pairs


@pytest.mark.parametrize('name', ['regioncl-moco', 'regioncl-densecl', 'regioncl-moby', 'scd-moco'])
def test_queues_take_the_keys_of_whole_views(name: str) -> None:
    """Of two losses before one step, in their order: pastes and canvases are no keys."""
    model, batches = ALGORITHMS[name].make(), [pairs(), [view.flip(3) for view in pairs()]]
    with torch.no_grad():
        keys = [[model.encode_target(view, model.describe) for view in inputs]
                for inputs in batches]
    for inputs in batches:
        model(inputs, mode='loss')
    model.after_step(0.0)

    def assert_holds(head: ContrastiveHead, view: int, rows: list[Tensor]) -> None:
        expected = F.normalize(torch.cat(rows), dim=1)
        queue = head.queues.queue(view)
        torch.testing.assert_close(queue.rows[:8], expected, rtol=0, atol=1e-12)
        assert queue.pointer.item() == 8

    for view in range(2) if name == 'regioncl-moby' else (1,):
        assert_holds(model.head, view, [both[view]['head'] for both in keys])
    if name == 'regioncl-densecl':
        assert_holds(model.dense_head, 1, [both[1]['dense_head'][0].mean(1) for both in keys])

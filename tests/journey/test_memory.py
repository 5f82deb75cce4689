from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from mmengine.logging import MessageHub
from mmengine.registry import MODELS, init_default_scope
from torch import nn

from oadp_mm.journey import memory
from oadp_mm.journey.asked import Asked
from oadp_mm.journey.methods import METHODS
from oadp_mm.journey.pretraining import plan_pretraining
from tests.configs.noise import noise

ASKED = Asked('nuclei', backbone='resnet18', width=8, last_stride=1, epochs=2, size=64, batch=4)


def plan(asked):
    return plan_pretraining(asked, 544, {}, 0)


def test_what_a_pass_keeps_is_counted_storage_by_storage():
    """The input, each map behind a convolution and each behind a ReLU; a norm's statistics."""
    network = nn.Sequential(nn.Conv2d(3, 5, 3, padding=1, bias=False), nn.BatchNorm2d(5), nn.ReLU(),
                            nn.Conv2d(5, 7, 1, bias=False), nn.BatchNorm2d(7), nn.ReLU())
    cells, statistics, running = 10 * 10, 2 * (5 + 7), 2 * (5 + 7)
    expected = 4 * (cells * (3 + 5 + 5 + 7 + 7) + (statistics + running) / 2)  # of two images
    assert memory._kept(network, (3, 10, 10)) == expected


def test_boxes_are_counted():
    """Of four more boxes in four directions: the box, and what follows each of four convolutions
    and the linear layer."""
    init_default_scope('mmpretrain')
    asked = replace(ASKED, method='soco')
    few, more = plan(asked), plan(asked)
    more.config.train_dataloader.dataset.views.boxes.count = 8
    width, rows = few.config.model.box_head.conv_channels, 4 * 4 * asked.batch
    least = 4 * rows * 49 * width * (1 + 4 * 2)
    grown = memory.needed(asked, more) - memory.needed(asked, few)
    assert least < grown < 1.1 * least


@pytest.mark.parametrize('method', METHODS)
def test_passes_are_those_of_a_loss(method):
    """Counted in a step: the online network sees so many views' pixels with a gradient."""
    init_default_scope('mmpretrain')
    MessageHub.get_current_instance().update_info('max_iters', 10)
    config = plan(replace(ASKED, method=method)).config
    model = MODELS.build(config.model)
    calls = []
    model.backbone.register_forward_hook(lambda _, inputs, __: calls.append(
        torch.is_grad_enabled() * inputs[0].shape[2:].numel() / 64 ** 2))
    model(**model.data_preprocessor(noise(config, 4), True), mode='loss')
    # whole pixels of a patch
    assert sum(calls) == pytest.approx(memory.PASSES.get(method, 2), rel=.02)


def test_maps_grow_with_the_batch():
    needs = [memory.needed(replace(ASKED, batch=batch), plan(ASKED)) for batch in (4, 8, 16)]
    assert needs[2] - needs[1] == pytest.approx(2 * (needs[1] - needs[0]), abs=2)


def test_little_is_told_and_too_much_is_refused(monkeypatch):
    need = memory.needed(ASKED, plan(ASKED))
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: False)
    for have, end in ((2 * need, ' GiB'), (need - 1, 'it may not fit, --batch 2 would')):
        monkeypatch.setattr(memory, 'available', lambda have=have: have)
        assert memory.check_memory(ASKED, plan(ASKED)).endswith(end)
    for share in (3, 30):
        monkeypatch.setattr(memory, 'available', lambda share=share: need // share)
        with pytest.raises(ValueError, match=r'would take about .* GiB: type --batch 2, or a sma'):
            memory.check_memory(ASKED, plan(ASKED))


def test_a_machine_has_some():
    assert memory.available() > memory.GIB // 4

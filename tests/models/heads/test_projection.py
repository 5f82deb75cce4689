from __future__ import annotations

import pytest
import torch
from torch import nn

from oadp_mm.layers.ema import EMACopy
from oadp_mm.models import ContrastiveHead, PredictiveHead
from oadp_mm.models.heads.projection import MapHead, RowHead, build_head

WIDTH = 6
MLP = {'hidden_channels': 8, 'out_channels': 5}
CONFIG = {'type': 'oadp_mm.PredictiveHead', **MLP}


class TestOneProjectorForSeveralPredictors:
    """ORL: a global, an intra-image and an inter-image predictor on one projection."""

    def heads(self) -> nn.ModuleList:
        first = PredictiveHead(WIDTH, **MLP)
        return nn.ModuleList([first, *(PredictiveHead(WIDTH, **MLP, projector=first)
                                       for _ in range(2))]).double()

    def test_they_project_alike_and_predict_each_in_its_own_way(self) -> None:
        heads, rows = self.heads().eval(), torch.randn(4, WIDTH).double()
        assert all(torch.equal(head.project(rows), heads[0].project(rows)) for head in heads)
        assert all(torch.equal(head.target(rows), heads[0].target(rows)) for head in heads)
        assert not torch.equal(heads[0].online(rows), heads[1].online(rows))

    def test_the_projector_is_trained_by_all_and_counted_once(self) -> None:
        heads, rows = self.heads(), torch.randn(4, WIDTH).double()
        for keys in (dict(heads.named_parameters()), heads.state_dict()):
            projectors = [name for name in keys if 'projector' in name]
            assert projectors and all(name.startswith('0.') for name in projectors)
        weight = heads[0].projector[0].weight
        gradients = []
        for head in heads:
            weight.grad = None
            head.loss(head.online(rows), head.target(rows.flip(0))).backward()
            gradients.append(weight.grad.clone())
        weight.grad = None
        sum(head.loss(head.online(rows), head.target(rows.flip(0))) for head in heads).backward()
        torch.testing.assert_close(weight.grad, sum(gradients))

    def test_its_copy_follows_once_a_step(self) -> None:
        heads = self.heads()
        [copy] = [part for part in heads.modules() if isinstance(part, EMACopy)]
        assert copy.online is heads[0].projector

    def test_a_checkpoint_goes_back_into_the_same_heads(self) -> None:
        heads, fresh = self.heads(), self.heads()
        fresh.load_state_dict(heads.state_dict())
        rows = torch.randn(4, WIDTH).double()
        for ours, theirs in zip(heads.eval(), fresh.eval(), strict=True):
            assert torch.equal(ours.online(rows), theirs.online(rows))
            assert theirs.projector is fresh[0].projector


    @pytest.mark.parametrize(('changes', 'words'), [
        ({'in_channels': WIDTH + 1}, 'takes 6 channels and has an EMA copy, but in_channels=7'),
        ({'ema': False}, 'has an EMA copy, but in_channels=6 and ema=False')])
    def test_settings_that_the_shared_projector_contradicts(self, changes, words) -> None:
        with pytest.raises(ValueError, match=words):
            PredictiveHead(**{'in_channels': WIDTH, **MLP, **changes,
                              'projector': PredictiveHead(WIDTH, **MLP)})


def test_parameters_keep_their_order() -> None:
    """By which an optimizer's state is found again in a checkpoint."""
    names = [name.split('.')[0] for name, _ in PredictiveHead(WIDTH, **MLP).named_parameters()]
    assert list(dict.fromkeys(names)) == ['projector', 'predictor', 'target_projector']


def test_without_a_predictor_projections_are_predictions() -> None:
    head, rows = ContrastiveHead(WIDTH, MLP, queue_length=4).eval(), torch.randn(3, WIDTH)
    assert torch.equal(head.online(rows), head.project(rows))


def test_without_a_copy_the_target_is_the_online_projector_and_learns_nothing() -> None:
    head, rows = PredictiveHead(WIDTH, **MLP, ema=False).eval(), torch.randn(3, WIDTH)
    assert torch.equal(head.target(rows), head.project(rows))
    assert not head.target(rows).requires_grad


def test_a_head_is_built_with_what_its_algorithm_sets() -> None:
    head = build_head(CONFIG, RowHead, in_channels=WIDTH, ema=False)
    assert head.target_projector is None
    assert head.projector[0].in_features == WIDTH


def test_a_head_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match='a MapHead belongs here, and PredictiveHead is none'):
        build_head(CONFIG, MapHead, in_channels=WIDTH)

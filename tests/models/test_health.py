"""What is measured, and that measuring changes nothing."""
from __future__ import annotations

from copy import deepcopy

import mmpretrain.models
import pytest
import torch
from torch import nn

from oadp_mm.models import health as ours
from oadp_mm.models.health import health
from oadp_mm.ops.label_free import alignment, spread
from tests.models import forms, tiny_pairs
from tests.models.tiny_pairs import photographs


class Given(nn.Module):
    """A model of a backbone that returns what it is told."""

    def __init__(self, *outputs: torch.Tensor) -> None:
        super().__init__()
        self.outputs = list(outputs)
        self.data_preprocessor = nn.Identity()
        self.backbone = lambda view: self.outputs[int(view)]


def test_levels_of_a_map_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = torch.randn(2, 5, 6, 2, 3)
    found = health(Given((one * 7, one), (other * 7, other)), [0, 1])
    rows = torch.cat([one, other])
    assert found == {
        **spread(rows.mean((2, 3))), 'alignment': alignment(one.mean((2, 3)), other.mean((2, 3))),
        **{f'cell_{name}': value for name, value in spread(
            rows.permute(0, 2, 3, 1).reshape(60, 6)).items()}}
    monkeypatch.setattr(ours, 'CELLS', 30)
    assert health(Given((one,)), [0])['cell_effective_rank'] != found['cell_effective_rank']


def test_vectors_have_no_cells_and_one_view_no_alignment() -> None:
    assert health(Given((torch.eye(3),)), [0]) == spread(torch.eye(3))


def test_tokens_are_a_class_token_and_cells() -> None:
    tokens = torch.randn(4, 10, 6)
    found = health(Given((tokens,)), [0])
    assert found['effective_rank'] == spread(tokens[:, 0])['effective_rank']
    assert found['cell_deviation'] == spread(tokens[:, 1:].flatten(0, 1))['deviation']


def test_what_is_not_finite_has_no_figures() -> None:
    assert health(Given((torch.full((3, 4), torch.nan),)), [0]) == {}


def views(count: int = 4) -> list[torch.Tensor]:
    return [torch.from_numpy(each).permute(0, 3, 1, 2) for each in photographs(count)]


@pytest.mark.parametrize('form', forms.ALGORITHMS)
def test_it_is_what_the_next_step_would_see_and_leaves_no_trace(form: str) -> None:
    """Statistics of the batch, as in training; modes, buffers and generators as they were."""
    model = forms.ALGORITHMS[form].make().float()
    model.backbone.add_module('odd', nn.Dropout().eval())
    step = deepcopy(model)
    state, generator = deepcopy(model.state_dict()), torch.get_rng_state()
    modes = [module.training for module in model.modules()]
    found = health(model, views())
    assert all(torch.equal(value, state[name]) for name, value in model.state_dict().items())
    assert torch.equal(torch.get_rng_state(), generator)
    assert [module.training for module in model.modules()] == modes
    if 'vit' in form:
        return  # the drop path of training is not that of a look
    normal = step.data_preprocessor({'inputs': views()})['inputs']
    rows = torch.cat([step.backbone(view)[-1].mean((2, 3)) for view in normal]).detach()
    assert found['mean_cosine'] == pytest.approx(spread(rows)['mean_cosine'])
    head = next(iter(step.objectives().values()))
    if form.startswith('soco'):  # whose projector reads boxes: see its own tests
        rows = torch.cat([step.project_view(view, step.backbone(view)) for view in normal]).detach()
    else:
        rows = torch.cat([head.project(part) for part in rows.chunk(2)]).detach()
    assert found['projected_deviation'] == pytest.approx(spread(rows)['deviation'])


@pytest.mark.parametrize('neck', [
    {'type': 'NonLinearNeck', 'hid_channels': 8, 'out_channels': 8},
    {'type': 'MoCoV2Neck', 'hid_channels': 8, 'out_channels': 8},
    {'type': 'DenseCLNeck', 'hid_channels': 8, 'out_channels': 8, 'num_grid': None}],
    ids=lambda neck: neck['type'])
def test_projections_of_the_hosts_methods(neck: dict) -> None:
    model = mmpretrain.models.SimSiam(
        backbone=tiny_pairs.QUICK, data_preprocessor=tiny_pairs.PREPROCESSOR,
        neck={**neck, 'type': f'mmpretrain.{neck["type"]}', 'in_channels': 128}, head=None)
    step = deepcopy(model).train()
    found = health(model.train(), views())
    rows = torch.cat([step.neck(step.backbone(view))[0] for view in
                      step.data_preprocessor({'inputs': views()})['inputs']]).detach()
    assert found['projected_deviation'] == pytest.approx(spread(rows)['deviation'])

"""RegionCL's losses against loops from eq. 1-3, and where its gradients stop."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import eq
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from oadp_mm.engine.hooks import seed as seed_hook
from oadp_mm.models import RegionCL
from oadp_mm.models.algorithms import regioncl as module
from oadp_mm.models.view_pairs import BOTH_WAYS, ONE_WAY
from oadp_mm.ops.regions import Region
from tests.models.tiny import SIDE, total
from tests.models.tiny_pairs import FORMS, pairs, regioncl
from tests.oracles import regions as oracle
from tests.oracles.info_nce import best_match, others, surprise, unit

#: Off the middle and not square; the order of the images is not its own inverse.
GRID, BOX, SOURCE = (4, 4), (1, 0, 2, 3), [1, 2, 3, 0]


@pytest.fixture
def drawn(monkeypatch) -> None:
    """The one region and the one order of the images of all draws."""
    monkeypatch.setattr(module, 'random_region', lambda *_: Region(*BOX))
    monkeypatch.setattr(module, 'random_derangement', lambda *_, **__: torch.tensor(SOURCE))


def features(backbone: nn.Module, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A vector an image and its map, apart from what the package makes of the backbone's output."""
    with torch.no_grad():
        out = backbone(torch.from_numpy(images))[-1].numpy()
    if out.ndim == 4:
        return out.mean((2, 3)), out
    side = round((out.shape[1] - 1) ** 0.5)
    positions = out[:, 1:].reshape(len(out), side, side, -1)  # raster order: x runs fastest
    return out[:, 0], np.moveaxis(positions, 3, 1)


def through(body: nn.Module, rows: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        return body(torch.from_numpy(rows)).numpy()


def dense_by_loops(model: RegionCL, online: np.ndarray, target: np.ndarray) -> float:
    """DenseCL, position by position, with the matches and the queue of its own."""
    head = model.dense_head
    queue = head.queues.queue(0).rows.numpy()
    terms = []
    for here, there in zip(online, target, strict=True):
        here, there = here.reshape(len(here), -1).T, there.reshape(len(there), -1).T
        queries = through(head.projector, here)
        keys = through(head.target_projector, there)
        terms += [surprise(query, keys[j], queue, head.temperature)
                  for query, j in zip(queries, best_match(here, there), strict=True)]
    return head.loss_weight * float(np.mean(terms))


def loss_of_one(model: RegionCL, form: str, keys: np.ndarray, view: int) -> Callable[..., float]:
    """The base method's loss of one query, its positive's number and further negatives."""
    head = model.head
    if form == 'simsiam':
        return lambda query, positive, _: 2 - 2 * float(unit(query) @ unit(keys[positive]))
    if form.startswith('mocov3'):
        return lambda query, positive, further: surprise(
            query, keys[positive], [*others(keys, positive), *further], head.temperature)
    queue = head.queues[view if form == 'moby' else 0].rows.numpy()
    return lambda query, positive, further: surprise(
        query, keys[positive], [*queue, *further], head.temperature)


def losses_by_loops(model: RegionCL, form: str, inputs: list[Tensor], *, swap: bool = True,
                    region_weight: float = 1.0, **terms: bool) -> dict[str, float]:
    """Eq. 1-3 image by image; of the package only the backbone and the perceptrons are run."""
    views = [view.numpy() for view in inputs]
    head, sums = model.head, {}
    for a, b in model.pairs:
        target = model.backbone if model.target is None else model.target.module
        projector = head.projector if model.target is None else head.target_projector.module
        whole, online_map = features(model.backbone, views[a])
        target_whole, target_map = features(target, views[b])
        keys = through(projector, target_whole)
        one = loss_of_one(model, form, keys, b)
        queries = through(head.predictor, through(head.projector, whole))
        losses = {'loss_instance': head.loss_weight * float(
            np.mean([one(query, image, []) for image, query in enumerate(queries)]))}
        if region_weight:
            parts, source = region_features(model, views[a], swap)
            rivals = [through(head.projector, part) for part in parts]
            queries = [through(head.predictor, part) for part in rivals]
            losses['loss_region'] = region_weight * head.loss_weight * oracle.region_loss(
                one, queries, rivals, source, **terms)
        if form == 'densecl':
            losses['loss_dense'] = dense_by_loops(model, online_map, target_map)
        sums = {name: sums.get(name, 0) + loss for name, loss in losses.items()}
    return sums


def region_features(model: RegionCL, view: np.ndarray,
                    swap: bool) -> tuple[list[np.ndarray], list[int]]:
    if swap:
        source = SOURCE
        _, maps = features(model.backbone, oracle.composite(view, GRID, BOX, source))
        both = [oracle.pooled(one, GRID, BOX) for one in maps]
        return [np.stack(part) for part in zip(*both, strict=True)], source
    cell, source = SIDE // GRID[0], list(range(len(view)))
    top, left, height, width = (cell * edge for edge in BOX)
    crop = view[:, :, top:top + height, left:left + width]
    black = np.concatenate([view, np.zeros_like(view[:1])])
    erased = oracle.composite(black, GRID, BOX, [len(view)] * len(black))[:len(view)]
    _, maps = features(model.backbone, erased)
    canvases = np.stack([oracle.pooled(one, GRID, BOX)[1] for one in maps])
    return [features(model.backbone, np.ascontiguousarray(crop))[0], canvases], source


@pytest.mark.usefixtures('drawn')
@pytest.mark.parametrize(('form', 'changes'), [
    *((form, {}) for form in FORMS),
    ('moco', {'pairs': BOTH_WAYS}),
    ('moco', {'paste': False}),
    ('moco', {'canvas': False}),
    ('moco', {'negative': False}),
    ('moco', {'paste': False, 'negative': False}),
    ('moco', {'canvas': False, 'negative': False}),
    ('moco', {'swap': False, 'negative': False}),
    ('moco', {'region_weight': 0.3}),
    ('moco', {'region_weight': 0.0}),
    ('moco', {'ema_decay': None}),
    ('mocov3', {'negative': False}),
    ('simsiam', {'pairs': ONE_WAY}),
    ('simsiam', {'swap': False}),
], ids=str)
def test_the_loss_is_the_papers_by_loops(form: str, changes: dict) -> None:
    model = regioncl(form, **changes)
    inputs = pairs()
    ours = model.loss(inputs)
    terms = {'negative': FORMS[form].get('negative', True),
             **{name: on for name, on in changes.items()
                if name in ('paste', 'canvas', 'negative', 'swap', 'region_weight')}}
    expected = losses_by_loops(model, form, inputs, **terms)
    assert {name: loss.item() for name, loss in ours.items()} == pytest.approx(expected, abs=1e-9)


@pytest.mark.usefixtures('drawn')
class TestGradients:
    """Where eq. 2 says stop."""

    def parts(self, monkeypatch, **changes) -> tuple[RegionCL, Tensor, Tensor, Tensor]:
        """A model whose pastes and canvases are leaves, and keys that are one, too."""
        model = regioncl(**changes)
        paste, canvas = (torch.randn(4, 128, dtype=torch.float64, requires_grad=True)
                         for _ in range(2))
        keys = torch.randn(4, 16, dtype=torch.float64)
        monkeypatch.setattr(
            model, 'region_features', lambda _: (paste, canvas, torch.tensor(SOURCE)))
        return model, paste, canvas, keys

    @pytest.mark.parametrize('term', ['paste', 'canvas'])
    def test_a_negative_is_a_constant(self, monkeypatch, term: str) -> None:
        """It changes the other's term, and no gradient goes back through it."""
        only = {'paste': term == 'paste', 'canvas': term == 'canvas'}
        model, paste, canvas, keys = self.parts(monkeypatch, **only)
        mine, other = (paste, canvas) if term == 'paste' else (canvas, paste)
        loss = model.region_loss(torch.zeros(4, 3, SIDE, SIDE), keys, 1)
        own, negative = torch.autograd.grad(loss, [mine, other], allow_unused=True)
        assert own.abs().min() > 0
        assert negative is None or not negative.any()
        with torch.no_grad():
            other.mul_(-1)
        assert model.region_loss(torch.zeros(4, 3, SIDE, SIDE), keys, 1).item() != loss.item()

    def test_both_terms_move_their_own_region_alone(self, monkeypatch) -> None:
        """So the gradients of eq. 2 are those of its terms, one at a time."""
        model, *leaves, keys = self.parts(monkeypatch)
        both = torch.autograd.grad(model.region_loss(torch.zeros(4, 3, SIDE, SIDE), keys, 1),
                                   leaves)
        for leaf, gradient, term in zip(leaves, both, ('paste', 'canvas'), strict=True):
            model.paste, model.canvas = term == 'paste', term == 'canvas'
            alone, = torch.autograd.grad(
                model.region_loss(torch.zeros(4, 3, SIDE, SIDE), keys, 1), leaf)
            torch.testing.assert_close(gradient, alone, rtol=0, atol=1e-12)

    @pytest.mark.parametrize('form', FORMS)
    def test_the_targets_view_is_a_constant(self, form: str) -> None:
        """With SimSiam, whose target is the online network, too."""
        model, inputs = regioncl(form, pairs=ONE_WAY), pairs()
        for view in inputs:
            view.requires_grad_()
        total(model.loss(inputs)).backward()
        assert inputs[0].grad.abs().max() > 0
        assert inputs[1].grad is None
        for name, parameter in model.named_parameters():
            trained = 'target' not in name and name not in (
                'backbone.pos_embed', 'backbone.patch_embed.projection.weight',
                'backbone.patch_embed.projection.bias')
            assert parameter.requires_grad == trained, name
            assert (parameter.grad is not None) == trained, name


class TestDraws:
    """R-8: each process draws its own region at each step, by (seed, process, step) alone."""

    @staticmethod
    def of(monkeypatch, rank: int, steps: Iterable[int], seed: int = 0) -> list[Region]:
        monkeypatch.setattr(seed_hook, 'get_rank', lambda: rank)
        model, drawn = regioncl(), []
        for step in steps:
            seed_hook.SeedHook().before_train_iter(SimpleNamespace(seed=seed, iter=step), 0)
            drawn.append(model.draw((7, 7))[0])
        return drawn

    def test_a_resume_draws_what_the_unbroken_run_drew(self, monkeypatch) -> None:
        whole = self.of(monkeypatch, 1, range(12))
        torch.rand(7)  # whatever was drawn in between
        assert self.of(monkeypatch, 1, range(8, 12)) == whole[8:]
        assert len(set(whole)) > 6

    def test_processes_and_seeds_draw_each_their_own(self, monkeypatch) -> None:
        """Of 9 sizes and up to 25 places: 40 equal draws of two would be no chance."""
        draws = [self.of(monkeypatch, *key) for key in ((0, range(40)), (1, range(40)),
                                                        (0, range(40), 1), (0, range(40)))]
        assert draws[0] == draws[3]
        for i, j in ((0, 1), (0, 2), (1, 2)):
            assert sum(map(eq, draws[i], draws[j])) < 6  # 0.3 to expect

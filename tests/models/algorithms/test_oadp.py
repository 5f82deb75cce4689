"""OADP's whole loss against loops written from the paper."""
from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from mmpretrain.structures import DataSample
from torch import Tensor

from oadp_mm.models import OADP
from oadp_mm.models.view_pairs import BOTH_WAYS, ONE_WAY
from oadp_mm.ops.windows import Window
from tests.models.tiny import GRID, SIDE, K, build, settings, views
from tests.oracles import features as pooled
from tests.oracles import losses as closed
from tests.oracles.matching import first_best, information_table
from tests.oracles.network import perceptron, weights_of
from tests.oracles.objectness import best_first, patch_scores, prominent_pool

LAYERS = ('layer1', 'layer2', 'layer3', 'layer4')
Maps = dict[str, np.ndarray]


def maps_of(backbone: torch.nn.Module, view: Tensor) -> Maps:
    """Every stage's map, caught by hooks so that nothing of OADP's own bookkeeping is trusted."""
    caught: Maps = {}
    handles = [
        getattr(backbone, name).register_forward_hook(
            lambda _module, _inputs, out, name=name: caught.update({name: out.detach().numpy()}))
        for name in LAYERS
    ]
    with torch.no_grad():
        backbone(view)
    for handle in handles:
        handle.remove()
    return caught


def pairs_by_loops(gray: list[Tensor], maps: tuple[Maps, Maps], spans: tuple[int, int],
                   matching: str, bins: int) -> list[list[tuple[int, int]]]:
    """(small, large) raster indices of every image, in any order of the pairs."""
    pairs = []
    for image, (small_view, large_view) in enumerate(zip(*(g.numpy() for g in gray), strict=True)):
        pools = [
            prominent_pool(patch_scores(view, GRID, span, 8 / 255), K)
            for view, span in zip((small_view, large_view), spans, strict=True)
        ]
        if matching == 'mutual_information':
            # The pool is kept best first; of equal matches the first in that order wins.
            pools[1] = best_first(patch_scores(large_view, GRID, spans[1], 8 / 255), pools[1])
            table = information_table(small_view, large_view, *pools, GRID, *spans, bins)
        else:
            rows = [
                [vector / np.linalg.norm(vector) for vector in (
                    pooled.patch_mean(maps[view]['layer4'][image], patch, GRID, spans[view])
                    for patch in pools[view])]
                for view in (0, 1)
            ]
            table = np.array([[float(x @ y) for y in rows[1]] for x in rows[0]])
        pairs.append([(i, pools[1][j]) for i, j in zip(pools[0], first_best(table), strict=True)])
    return pairs


def rows_by_loops(branch: str, maps: Maps, patches: list[list[int]], span: int,
                  changes: dict) -> np.ndarray:
    layers = changes.get('layers', ('layer1', 'layer4'))
    rows = []
    for image, chosen in enumerate(patches):
        last = maps['layer4'][image]
        *fine, coarse = (maps[name][image] for name in layers)
        if branch == 'global':
            as_printed = changes.get('global_feature') == 'gf'
            rows.append(pooled.view_max(fine[0]) if as_printed else pooled.view_mean(last))
        elif branch == 'local':
            rows += [pooled.patch_mean(last, patch, GRID, span) for patch in chosen]
        else:
            integrated = [pooled.integrated(fine, coarse, patch, GRID, span) for patch in chosen]
            mean = changes.get('gl_mode') == 'mean'
            rows += [np.mean(integrated, axis=0)] if mean else integrated
    return np.stack(rows)


def losses_by_loops(model: OADP, inputs: list[Tensor], gray: list[Tensor],
                    changes: dict) -> dict[str, float]:
    """The paper's equations image by image, patch by patch; only the ResNet is not rewritten."""
    selector = changes.get('selector', {})
    spans = (selector.get('small_span', 1), selector.get('large_span', 2))
    online = [maps_of(model.backbone, view) for view in inputs]
    target = [maps_of(model.target.module, view) for view in inputs]
    # The small view is seen by the online network and the large one by the target (O-20).
    pairs = pairs_by_loops(gray, (online[0], target[1]), spans,
                           selector.get('matching', 'mutual_information'),
                           selector.get('num_bins', 256))
    patches = [[[pair[view] for pair in image] for image in pairs] for view in (0, 1)]
    mse = changes.get('head', {}).get('loss') == 'mse'
    distance: Callable = closed.squared_error if mse else closed.cosine_distance
    weights = changes.get('loss_weights', {'global': 1, 'local': 1, 'gl': 1})

    losses = {}
    for branch, weight in weights.items():
        if not weight:
            continue
        head = model.heads[branch]
        loss = 0.0
        for a, b in changes.get('pairs', BOTH_WAYS):
            seen = rows_by_loops(branch, online[a], patches[a], spans[a], changes)
            prediction = perceptron(perceptron(seen, weights_of(head.projector)),
                                    weights_of(head.predictor))
            wanted = rows_by_loops(branch, target[b], patches[b], spans[b], changes)
            projection = perceptron(wanted, weights_of(head.target_projector))
            loss += distance(prediction, projection)
        losses[f'loss_{branch}'] = weight * loss
    return losses


@pytest.mark.parametrize('changes', [
    {},
    {'pairs': ONE_WAY},
    {'loss_weights': {'global': 0.5, 'local': 2.0, 'gl': 0.25}},
    {'loss_weights': {'global': 0, 'local': 1, 'gl': 0}},
    {'layers': ('layer4',)},
    {'layers': ('layer1', 'layer3')},
    {'layers': LAYERS},
    {'gl_mode': 'mean'},
    {'global_feature': 'gf'},
    {'head': {'loss': 'mse'}},
    {'selector': {'matching': 'cosine'}},
    {'selector': {'num_bins': 4}},
    {'selector': {'small_span': 2, 'large_span': 2}},
    {'selector': {'small_span': 1, 'large_span': 1}},
], ids=str)
def test_the_loss_is_the_papers_by_loops(changes: dict) -> None:
    model = build(**changes).double()
    inputs, gray = views()
    inputs = [view.double() for view in inputs]
    ours = model.loss(inputs, gray=gray)
    expected = losses_by_loops(model, inputs, gray, changes)
    assert {name: loss.item() for name, loss in ours.items()} == pytest.approx(expected, abs=2e-6)


def test_matching_by_place_is_told_the_windows_of_its_views() -> None:
    """The same pixels and pools, another place in the image: other pairs, another loss."""
    assert not build().data_preprocessor.windows
    model = build(selector={'matching': 'overlap'}, loss_weights={'local': 1})
    inputs = [(view * 58 + 118).clamp(0, 255).byte() for view in views()[0]]

    def loss(*rectangles: tuple[int, int, int, int]) -> float:
        windows = [Window(*each, size=(SIDE, SIDE)) for each in rectangles]
        samples = [DataSample(metainfo={'windows': windows}) for _ in range(2)]
        data = model.data_preprocessor({'inputs': inputs, 'data_samples': samples})
        return model.loss(**data)['loss_local'].item()

    whole, corner = (0, 0, 80, 80), (60, 60, 20, 20)
    assert loss(whole, whole) == loss(whole, whole)
    assert loss(corner, whole) != loss(whole, whole)


def test_widths_of_m_for_a_resnet_50() -> None:
    """Table VII's combinations: 4096, 4608, 5120, 2560 and 7680 numbers a patch."""
    for layers, width in {
        ('layer4',): 4096, ('layer1', 'layer4'): 4608, ('layer2', 'layer4'): 5120,
        ('layer1', 'layer3'): 2560, LAYERS: 7680,
    }.items():
        model = OADP(**settings(layers=layers, backbone={'type': 'ResNet', 'depth': 50}))
        assert model.heads['gl'].projector[0].in_features == width
        assert model.heads['local'].projector[0].in_features == 2048


@pytest.mark.parametrize('weights', [
    {'global': 1, 'local': 0, 'gl': 0}, {'global': 0, 'local': 1, 'gl': 1}, {'gl': 1.0}], ids=str)
def test_a_branch_without_weight_is_not_built(weights: dict[str, float]) -> None:
    model = build(loss_weights=weights)
    built = {name for name, weight in weights.items() if weight}
    assert {name.split('.')[1] for name in model.state_dict() if name.startswith('heads.')} == built
    inputs, gray = views()
    assert set(model.loss(inputs, gray=gray)) == {f'loss_{name}' for name in built}

"""ORL's losses by loops over pairs and images, and SCD's (eq. 4, 5) on top; differentiable.

Weights come by name, as a checkpoint holds them; a backbone is a function from a view to its map.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from tests.oracles.soco import Weights, norm

#: The views of each branch.
BRANCHES = {'global': {0, 1}, 'inter': {2, 3}, 'intra': {4, 5}}


@dataclass
class Network:
    """Online or target.

    Args:
        backbone: from a view to its last map.
        weights: of `projector`, of a predictor by its branch's name, and of SCD's `saliency` and
            `semantic` projector, as far as there are.
    """

    backbone: Callable[[Tensor], Tensor]
    weights: Weights

    def perceptron(self, rows: Tensor, name: str) -> Tensor:
        """Linear with bias, norm, ReLU, linear without."""
        w = self.weights
        hidden = norm(rows @ w[f'{name}.0.weight'].T + w[f'{name}.0.bias'], w, f'{name}.1')
        return hidden.clamp(min=0) @ w[f'{name}.3.weight'].T

    def projections(self, view: Tensor) -> Tensor:
        return self.perceptron(self.backbone(view).mean((2, 3)), 'projector')

    def semantics(self, view: Tensor) -> tuple[Tensor, Tensor]:
        """z of foreground and background: means over positions, weighted by M and by 1 - M."""
        w, maps = self.weights, self.backbone(view)
        images, channels, height, width = maps.shape
        positions = maps.permute(0, 2, 3, 1).reshape(-1, channels)
        hidden = norm(positions @ w['saliency.0.weight'][:, :, 0, 0].T, w, 'saliency.1')
        logits = hidden.clamp(min=0) @ w['saliency.3.weight'][0, :, 0, 0] + w['saliency.3.bias']
        m = (1 / (1 + (-logits).exp())).reshape(images, height * width)
        cells = positions.reshape(images, height * width, channels)
        foreground, background = (
            torch.stack([sum(s * cell for s, cell in zip(share, image, strict=True))
                         / (share.sum() + 1e-6) for share, image in zip(side, cells, strict=True)])
            for side in (m, 1 - m))
        return self.perceptron(foreground, 'semantic'), self.perceptron(background, 'semantic')


def losses(online: Network, target: Network, views: Sequence[Tensor],
           pairs: Sequence[tuple[int, int]], *, weight: float = 0.0,
           margin: float = 1.0) -> dict[str, Tensor]:
    """By name, each the sum over its pairs of the mean over images."""
    found: dict[str, Tensor] = {}

    def add(name: str, terms: list[Tensor]) -> None:
        found[name] = found.get(name, 0) + sum(terms) / len(terms)

    for a, b in pairs:
        [branch] = [name for name, both in BRANCHES.items() if {a, b} <= both]
        predictions = online.perceptron(online.projections(views[a]), branch)
        with torch.no_grad():
            keys = target.projections(views[b])
        add(f'loss_{branch}', [2 * (1 - cos(q, k))
                               for q, k in zip(predictions, keys, strict=True)])
        if weight:
            with torch.no_grad():
                others = zip(*target.semantics(views[b]), strict=True)
            own = zip(*online.semantics(views[a]), strict=True)
            add('loss_discrimination', [
                weight * ((cos(fg1, bg2) - cos(fg1, fg2) + margin).clamp(min=0)
                          + (cos(bg1, fg2) - cos(bg1, bg2)).clamp(min=0)) / 2
                for (fg1, bg1), (fg2, bg2) in zip(own, others, strict=True)])
    return found


def cos(u: Tensor, v: Tensor) -> Tensor:
    return (u @ v) / (u.norm() * v.norm())

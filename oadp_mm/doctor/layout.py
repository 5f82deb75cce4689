"""How views are cut into cells, regions or levels, beside their size."""
from __future__ import annotations

from typing import Any

from mmengine.config import Config


def view_side(config: Config) -> int:
    """Pixels of a side of the views that a config cuts; 0 where it cuts none."""
    views = config.train_dataloader.dataset.get('views')
    if views is None:
        return 0
    size = views.crop.get('size', views.crop.get('scale'))
    return size if isinstance(size, int) else max(size)


def layout(model: Any, side: int) -> str:
    """A sentence on how a model cuts views with a side of so many pixels.

    Raises:
        ValueError: they are no grid, see the selector's `layout`.
    """
    if selector := getattr(model, 'selector', None):
        grid, k = selector.layout(side, side)
        small, large = ((grid - span + 1) ** 2 for span in selector.spans)
        return (f'views of {side} px are {grid}x{grid} cells of {side / grid:g} px: pools of {k} '
                f'of {small} small and {large} large patches')
    if hasattr(model, 'region') and hasattr(model, 'stride'):
        low, high = model.region
        grid = side // model.stride
        return (f'views of {side} px are {grid}x{grid} cells of {model.stride} px: regions of '
                f'{low} to {high} cells a side')
    if hasattr(model, 'bounds'):
        return (f'views of {side} px: boxes of up to '
                f'{", ".join(f"{bound:g}" for bound in model.bounds)} px and above are pooled '
                'from P2, P3, P4, P5')
    return f'views of {side} px'

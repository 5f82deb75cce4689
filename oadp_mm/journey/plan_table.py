"""What a pretraining will be, told before it begins: a line each."""
from __future__ import annotations

from statistics import median

from oadp_mm.files.shown import shown
from oadp_mm.journey.asked import Asked
from oadp_mm.journey.images import Images
from oadp_mm.journey.pretraining import Pretraining

#: After so many steps a target that keeps 0.99 a step holds 1 % of its random start.
FEW = 500


def plan_lines(asked: Asked, images: Images, planned: Pretraining, memory: str) -> list[str]:
    """The plan as text, its names aligned; notes follow what they belong to."""
    rows = [('images', _images(asked, images)),
            ('network', _network(asked, planned)),
            ('length', f'{asked.epochs} epochs of {planned.iterations} iterations, '
                       f'{planned.steps} optimizer steps{_few(planned, asked)}'),
            ('memory', memory),
            *planned.reasons.items()]
    width = max(len(name) for name, _ in rows) + 2
    return [f'{name:{width}}{text}' for name, text in rows]


def _images(asked: Asked, images: Images) -> str:
    low, middle = min(images.sides), round(median(images.sides))
    text = (f'{images.number} of {shown(asked.folder)}, shorter side {low} px or more, median '
            f'{middle}')
    if small := sum(side < asked.size for side in images.sides):
        text += (f'; {small} of {len(images.sides)} looked at are smaller than the views of '
                 f'{asked.size} px and will be enlarged')
    if images.unreadable:
        text += (f'; {len(images.unreadable)} of {len(images.sides) + len(images.unreadable)} '
                 f'looked at cannot be read, such as {images.unreadable[0]}')
    return text + (f'; left out: {images.left_out}' if images.left_out else '')


def _network(asked: Asked, planned: Pretraining) -> str:
    start = (f'the weights of {shown(planned.config.model.backbone.init_cfg.checkpoint)}'
             if asked.init else f'random weights, {asked.seed}')
    return (f'{asked.backbone}, {asked.width} base channels, last stride {asked.last_stride}, '
            f'from {start}')


def _few(planned: Pretraining, asked: Asked) -> str:
    if planned.steps >= FEW:
        return ''
    batches = planned.config.optim_wrapper.get('accumulative_counts', 1)
    epochs = -(-FEW * batches // planned.iterations)
    return f'; fewer than {FEW} may be too few to learn from, which --epochs {epochs} would make'

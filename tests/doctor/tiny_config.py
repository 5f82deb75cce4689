"""A pretraining of seconds, as a config's file: OADP on noise in folders."""
from __future__ import annotations

from pathlib import Path

_TEXT = '''
_base_ = '{base}'
model = dict(backbone=dict(base_channels=4, stem_channels=4), head=dict(hidden_channels=8,
             out_channels=8))
train_dataloader = dict(batch_size=4, num_workers=2, dataset=dict(
    dataset=dict(_delete_=True, type='oadp_mm.ImageFolder', data_root='{images}',
                 pipeline=[dict(type='oadp_mm.LoadImage')]),
    views=dict(crop=dict(size=96))))
train_cfg = dict(max_epochs={epochs})
'''


def write_config(path: Path, images: Path, epochs: int = 10, more: str = '') -> Path:
    """The smallest of OADP's, on the images of a folder."""
    base = Path(__file__).parents[2] / 'configs/oadp/oadp_resnet18_1xb32-coslr-7e_digits.py'
    path.write_text(_TEXT.format(base=base, images=images, epochs=epochs) + more)
    return path

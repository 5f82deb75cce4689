# Paper: RegionCL A.2, Table 12. COCO instance segmentation, FPN, 2x, a ResNet-50 of more width.
# Command: OADP_ROW=w2 OADP_CKPT=work_dirs/backbone.pth mim train onedl-mmdetection \
#     configs/benchmarks/mask-rcnn_resnet50-fpn-2fc_8xb2-ms-180k-widths_coco.py \
#     --launcher pytorch --gpus 8
# Expected: box / mask AP of RegionCL-M behind each row.
# Hardware: 8 GPUs, 2 images each.
import os

_base_ = './mask-rcnn_resnet50-fpn-2fc_8xb2-ms-90k_coco.py'

# width of the stem
ROWS = {
    'w2': 64 * 2,  # 43.8 39.3
    'w4': 64 * 4,  # 44.5 39.7
}
row = os.environ.get('OADP_ROW', next(iter(ROWS)))
if row not in ROWS:
    raise ValueError(f'OADP_ROW={row} is no row of this table: choose from {", ".join(ROWS)}')
work_dir = 'work_dirs/{{ fileBasenameNoExtension }}/' + row
model = dict(
    backbone=dict(stem_channels=ROWS[row], base_channels=ROWS[row]),
    neck=dict(in_channels=[ROWS[row] * factor for factor in (4, 8, 16, 32)]))
param_scheduler = [
    _base_.param_scheduler[0],
    dict(type='MultiStepLR', by_epoch=False, milestones=[120000, 160000]),
]
train_cfg = dict(max_iters=180000, val_interval=60000)

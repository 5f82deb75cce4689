# Paper: RegionCL A.2, Table 12. A linear layer on a frozen ResNet-50 of 2 and 4 times the width.
# Command: OADP_ROW=w2 OADP_CKPT=work_dirs/backbone.pth mim train mmpretrain \
#     configs/benchmarks/resnet50_8xb128-linear-steplr-100e-widths_in1k.py \
#     --launcher pytorch --gpus 8
# Expected: top-1 of RegionCL-M behind each row.
# Hardware: 8 GPUs, 128 images each.
import os

_base_ = './resnet50_8xb128-linear-steplr-100e_in1k.py'

# width of the stem
ROWS = {
    'w2': 64 * 2,  # 75.2
    'w4': 64 * 4,  # 76.2
}
row = os.environ.get('OADP_ROW', next(iter(ROWS)))
if row not in ROWS:
    raise ValueError(f'OADP_ROW={row} is no row of this table: choose from {", ".join(ROWS)}')
work_dir = 'work_dirs/{{ fileBasenameNoExtension }}/' + row
model = dict(
    backbone=dict(stem_channels=ROWS[row], base_channels=ROWS[row]),
    head=dict(in_channels=32 * ROWS[row]))

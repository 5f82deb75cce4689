# Paper: OADP IV-B 2, Table II. VOC 2007 labels on a frozen ResNet-50 of 2 and 4 times the width.
# Command: OADP_ROW=x2 OADP_CKPT=work_dirs/backbone.pth mim train mmpretrain \
#     configs/benchmarks/resnet50_1xb16-linear-coslr-200e-widths_voc07.py
# Expected: "accuracy" behind each row after pretraining on VOC 07+12 by oadp_table2-widths.
# Hardware: 1 GPU, 16 images.
import os

_base_ = './resnet50_1xb16-linear-coslr-200e_voc07.py'

# width of the stem
ROWS = {
    'x2': 64 * 2,  # 67.7
    'x4': 64 * 4,  # 68.5
}
row = os.environ.get('OADP_ROW', next(iter(ROWS)))
if row not in ROWS:
    raise ValueError(f'OADP_ROW={row} is no row of this table: choose from {", ".join(ROWS)}')
work_dir = 'work_dirs/{{ fileBasenameNoExtension }}/' + row
model = dict(
    backbone=dict(stem_channels=ROWS[row], base_channels=ROWS[row]),
    head=dict(in_channels=32 * ROWS[row]))

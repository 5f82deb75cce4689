# Paper: IV-B 2, Table II: ResNet-50 of 2 and 4 times the width.
# Command: OADP_ROW=x2 mim train mmpretrain \
#     configs/oadp/ablations/oadp_table2-widths_8xb32-coslr-800e_voc0712.py \
#     --launcher pytorch --gpus 8
# Expected: VOC07 "accuracy" behind each row, by the same row of
#     resnet50_1xb16-linear-coslr-200e-widths_voc07. Plain width: 66.8.
# Hardware: 8 GPUs, 32 images each; expect 2 and 4 times the activations of the plain width.
import os

_base_ = '../oadp_resnet50_8xb32-coslr-800e_voc0712.py'

ROWS = {
    'x2': 64 * 2,  # 67.7
    'x4': 64 * 4,  # 68.5
}
row = os.environ.get('OADP_ROW', next(iter(ROWS)))
if row not in ROWS:
    raise ValueError(f'OADP_ROW={row} is no row of this table: choose from {", ".join(ROWS)}')
work_dir = 'work_dirs/{{ fileBasenameNoExtension }}/' + row
model = dict(backbone=dict(stem_channels=ROWS[row], base_channels=ROWS[row]))

# Paper: A.2, Table 12: ResNet-50 of 2 and 4 times the width.
# Command: OADP_ROW=w2 mim train mmpretrain \
#     configs/regioncl/ablations/regioncl-m_table12-widths_8xb128-coslr-200e_in1k.py \
#     --launcher pytorch --gpus 8
# Expected: ImageNet linear classification and, fine-tuned, top-1 behind each row; box and mask AP
#     of Mask R-CNN FPN 2x after these. Plain width: 69.4 76.8 41.6 37.7.
# Hardware: 8 GPUs, 128 images each; expect 2 and 4 times the activations of the plain width.
import os

_base_ = '../regioncl-m_resnet50_8xb128-coslr-200e_in1k.py'

ROWS = {
    'w2': 64 * 2,  # 75.2 79.7 43.8 39.3
    'w4': 64 * 4,  # 76.2 80.4 44.5 39.7
}
row = os.environ.get('OADP_ROW', next(iter(ROWS)))
if row not in ROWS:
    raise ValueError(f'OADP_ROW={row} is no row of this table: choose from {", ".join(ROWS)}')
work_dir = 'work_dirs/{{ fileBasenameNoExtension }}/' + row
model = dict(backbone=dict(stem_channels=ROWS[row], base_channels=ROWS[row]))

# Paper: IV-C 2, Table VIII: patches in a pool; elsewhere 24.
# Command: OADP_ROW=k8 mim train mmpretrain \
#     configs/oadp/ablations/oadp_table8-pool_8xb32-coslr-800e_voc0712.py \
#     --launcher pytorch --gpus 8
# Expected: VOC07 "accuracy" of the linear layer behind each row. 24 patches: 66.8.
# Hardware: 8 GPUs, 32 images each.
import os

_base_ = '../oadp_resnet50_8xb32-coslr-800e_voc0712.py'

ROWS = {
    'k8': 8,  # 64.9
    'k16': 16,  # 66.1
    'k32': 32,  # 64.7
}
row = os.environ.get('OADP_ROW', next(iter(ROWS)))
if row not in ROWS:
    raise ValueError(f'OADP_ROW={row} is no row of this table: choose from {", ".join(ROWS)}')
work_dir = 'work_dirs/{{ fileBasenameNoExtension }}/' + row
model = dict(selector=dict(k=ROWS[row]))

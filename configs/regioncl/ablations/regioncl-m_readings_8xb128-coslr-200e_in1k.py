# Paper: in none of its tables: readings of RegionCL-M.
# Command: OADP_ROW=released-placement mim train mmpretrain \
#     configs/regioncl/ablations/regioncl-m_readings_8xb128-coslr-200e_in1k.py \
#     --launcher pytorch --gpus 8
# Expected: nothing is published for the paper's placement beside the code's. The logs end at 69.4
#     top-1 (linear), as Table 1 does, and do not say which code they come from.
# Hardware: 8 GPUs, 128 images each.
import os

_base_ = '../regioncl-m_resnet50_8xb128-coslr-200e_in1k.py'

ROWS = {
    'released-placement': dict(placement='released'),  # regions where the code has them (R-1)
}
row = os.environ.get('OADP_ROW', next(iter(ROWS)))
if row not in ROWS:
    raise ValueError(f'OADP_ROW={row} is no row of this table: choose from {", ".join(ROWS)}')
work_dir = 'work_dirs/{{ fileBasenameNoExtension }}/' + row
model = ROWS[row]

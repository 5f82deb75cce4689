# Paper: 4.5, Tables 9 and 10, RegionCL-M for 100 epochs: bounds of a region's side, terms of eq. 2.
# Command: OADP_ROW=region35 mim train mmpretrain \
#     configs/regioncl/ablations/regioncl-m_tables9-10_8xb128-coslr-100e_in1k.py \
#     --launcher pytorch --gpus 8
# Expected: 20-NN top-1 and box AP after 12k steps on COCO, behind each row.
# Hardware: 8 GPUs, 128 images each.
import os

_base_ = '../regioncl-m_resnet50_8xb128-coslr-200e_in1k.py'

ROWS = {
    'region35': dict(),  # 54.7 28.0, what the others change
    'region15': dict(region=(1, 5)),  # 51.8 27.3
    'region25': dict(region=(2, 5)),  # 53.0 27.9
    'region45': dict(region=(4, 5)),  # 53.9 27.9
    'region34': dict(region=(3, 4)),  # 55.1 27.8
    'region36': dict(region=(3, 6)),  # 54.3 27.8
    'no-regions': dict(region_weight=0.0),  # 49.3 26.3, MoCo v2
    'canvas-only': dict(paste=False, negative=False),  # 51.8 26.9
    'paste-only': dict(canvas=False, negative=False),  # 50.0 27.0
    'no-negative': dict(negative=False),  # 54.6 27.8
}
row = os.environ.get('OADP_ROW', next(iter(ROWS)))
if row not in ROWS:
    raise ValueError(f'OADP_ROW={row} is no row of this table: choose from {", ".join(ROWS)}')
work_dir = 'work_dirs/{{ fileBasenameNoExtension }}/' + row
model = ROWS[row]
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 100))

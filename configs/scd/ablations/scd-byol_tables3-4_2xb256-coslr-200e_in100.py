# Paper: 5.4, Table 3 (terms of eq. 5), Table 4 (lambda, elsewhere 0.5), figure 3 (alpha,
#     elsewhere 1), and a predictor on the semantic branch (D-1).
# Command: OADP_ROW=fg-only mim train mmpretrain \
#     configs/scd/ablations/scd-byol_tables3-4_2xb256-coslr-200e_in100.py \
#     --launcher pytorch --gpus 2
# Expected: ImageNet-100 linear top-1 and VOC 07+12 detection AP behind the rows that print them,
#     83.8 and 53.6 without a change; figure 3 prints none, the text finds alpha of 0.4 and more better.
# Hardware: the paper uses 2 A100: 2 GPUs, 256 images each.
import os

_base_ = '../scd-byol_resnet50_2xb256-coslr-200e_in100.py'

ROWS = {
    'fg-only': dict(background=False),  # 83.6 53.5
    'bg-only': dict(foreground=False),  # 83.3 53.0
    'lambda0': dict(loss_weight=0.0),  # 81.4 52.9, BYOL
    'lambda01': dict(loss_weight=0.1),  # 83.8 53.4
    'lambda1': dict(loss_weight=1.0),  # 83.7 53.9
    'lambda2': dict(loss_weight=2.0),  # 82.5 53.2
    'alpha0': dict(margin=0.0),
    'alpha02': dict(margin=0.2),
    'alpha04': dict(margin=0.4),
    'alpha06': dict(margin=0.6),
    'alpha08': dict(margin=0.8),
    'alpha12': dict(margin=1.2),
    'alpha14': dict(margin=1.4),
    'predictor': dict(predictor=dict(hidden_channels=4096)),
}
row = os.environ.get('OADP_ROW', next(iter(ROWS)))
if row not in ROWS:
    raise ValueError(f'OADP_ROW={row} is no row of this table: choose from {", ".join(ROWS)}')
work_dir = 'work_dirs/{{ fileBasenameNoExtension }}/' + row
model = dict(semantic_head=ROWS[row])

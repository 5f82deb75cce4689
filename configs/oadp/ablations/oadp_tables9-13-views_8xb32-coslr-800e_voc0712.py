# Paper: IV-C 3 and 7, Tables IX and XIII: crops that do not change with the epoch. Table IX gives
#     no range of its equal crops: (0.1, 1.0) spans both views' (O-27).
# Command: OADP_ROW=equal-scales mim train mmpretrain \
#     configs/oadp/ablations/oadp_tables9-13-views_8xb32-coslr-800e_voc0712.py \
#     --launcher pytorch --gpus 8
# Expected: VOC07 "accuracy" of the linear layer behind each row. The paper's own views: 66.8.
# Hardware: 8 GPUs, 32 images each.
import os

_base_ = '../oadp_resnet50_8xb32-coslr-800e_voc0712.py'

fixed = dict(crop=dict(shift=None))
alike = dict(crop=dict(shift=None, scale=(0.1, 1.0)))
ROWS = {
    'equal-scales': dict(each=dict(first=alike, second=alike)),  # 66.3
    'rrc-flip': dict(
        changes=[dict(type='RandomFlip', prob=0.5)],
        each=dict(first=fixed, second=fixed)),  # 62.1
    'static-rrc': dict(each=dict(first=fixed, second=fixed)),  # 64.5
}
row = os.environ.get('OADP_ROW', next(iter(ROWS)))
if row not in ROWS:
    raise ValueError(f'OADP_ROW={row} is no row of this table: choose from {", ".join(ROWS)}')
work_dir = 'work_dirs/{{ fileBasenameNoExtension }}/' + row
train_dataloader = dict(dataset=dict(views=ROWS[row]))

# Paper: readings of paper and code that neither measures (docs/algorithms/soco.md).
# Command: OADP_ROW=resized-view3 mim train mmpretrain \
#     configs/soco/ablations/soco_readings_16xb128-coslr-100e_in1k.py --amp \
#     --launcher slurm --gpus 16 --gpus-per-node 8 --partition PARTITION
# Expected: not in the paper. SoCo: COCO FPN 1x 42.3 box and 37.6 mask AP.
# Hardware: 16 GPUs, 128 images each.
import os

_base_ = '../soco_resnet50-fpn_16xb128-coslr-100e_in1k.py'

RESIZED = dict(each=dict(view3=dict(crop=dict(
    type='oadp_mm.ResizedWindow', like='view2'))))
UNCUT = dict(boxes=dict(cutout=0.0))
ROWS = {  # the model's settings and the views'
    'resized-view3': (dict(), RESIZED),  # S-2, the paper's
    'no-cutout': (dict(), UNCUT),  # S-4, likewise
    'paper-views': (dict(), dict(RESIZED, **UNCUT)),  # both
    'corner-jitter': (dict(), dict(boxes=dict(jitter_of='corner'))),  # S-3, the code's
    'all-levels': (dict(all_levels=True), dict()),  # S-5, the code's
}
row = os.environ.get('OADP_ROW', next(iter(ROWS)))
if row not in ROWS:
    raise ValueError(f'OADP_ROW={row} is no row of this table: choose from {", ".join(ROWS)}')
work_dir = 'work_dirs/{{ fileBasenameNoExtension }}/' + row
model = ROWS[row][0]
train_dataloader = dict(dataset=dict(views=ROWS[row][1]))

# Paper: 4.4, Table 4: from the whole image to SoCo, a part a row; the last, V3, is SoCo itself.
#     Without scale-aware assignment all boxes are on P4, which the paper does not say.
# Command: OADP_ROW=whole-image mim train mmpretrain \
#     configs/soco/ablations/soco_table4-parts_16xb128-coslr-100e_in1k.py --amp \
#     --launcher slurm --gpus 16 --gpus-per-node 8 --partition PARTITION
# Expected: COCO FPN 1x box and mask AP behind each row. SoCo: 42.3 37.6.
# Hardware: 16 GPUs, 128 images each.
import os

_base_ = '../soco_resnet50-fpn_16xb128-coslr-100e_in1k.py'

GLOBAL = dict(neck=None, box_head=None)
ON_P4 = dict(bounds=(0, 0, 1e4, 1e4))
STILL = dict(jitter=0.0)
ROWS = {  # the model's settings and the boxes'
    'whole-image': (GLOBAL, dict(STILL, count=1, cutout=0.0)),  # 38.1 34.4
    'search': (GLOBAL, STILL),  # 40.6 36.8
    'fpn': (dict(ON_P4, box_head=None), STILL),  # 40.2 36.2
    'head': (ON_P4, STILL),  # 41.2 37.0
    'levels': (dict(), STILL),  # 41.6 37.3
    'jitter': (dict(), dict()),  # 41.7 37.5
}
row = os.environ.get('OADP_ROW', next(iter(ROWS)))
if row not in ROWS:
    raise ValueError(f'OADP_ROW={row} is no row of this table: choose from {", ".join(ROWS)}')
work_dir = 'work_dirs/{{ fileBasenameNoExtension }}/' + row
model = dict(pairs=((0, 1), (1, 0)), **ROWS[row][0])
_base_.train_dataloader.dataset.views.each.pop('view3')
train_dataloader = dict(dataset=dict(
    # without files the whole image is the only box
    proposals=dict(files=()) if row == 'whole-image' else dict(), views=dict(boxes=ROWS[row][1])))

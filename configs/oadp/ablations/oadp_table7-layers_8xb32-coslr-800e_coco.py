# Paper: IV-C 1, Table VII: which maps M integrates; elsewhere layers 1 and 4.
# Command: OADP_ROW=layer4 mim train mmpretrain \
#     configs/oadp/ablations/oadp_table7-layers_8xb32-coslr-800e_coco.py \
#     --launcher pytorch --gpus 8
# Expected: VOC detection AP, AP50, AP75 behind each row. Layers 1 and 4: 56.7 82.4 62.5.
# Hardware: 8 GPUs, 32 images each.
import os

_base_ = '../oadp_resnet50_8xb32-coslr-800e_coco.py'

ROWS = {
    'layer4': ('layer4',),  # 56.5 82.1 62.4
    'layers24': ('layer2', 'layer4'),  # 55.9 82.1 62.1
    'layers13': ('layer1', 'layer3'),  # 54.1 80.2 61.9
    'layers1234': ('layer1', 'layer2', 'layer3', 'layer4'),  # 55.9 81.7 61.9
}
row = os.environ.get('OADP_ROW', next(iter(ROWS)))
if row not in ROWS:
    raise ValueError(f'OADP_ROW={row} is no row of this table: choose from {", ".join(ROWS)}')
work_dir = 'work_dirs/{{ fileBasenameNoExtension }}/' + row
model = dict(layers=ROWS[row])

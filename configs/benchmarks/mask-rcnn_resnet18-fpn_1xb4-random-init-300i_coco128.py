# Paper: not in one. Mask R-CNN on 96 photos of coco128, tested on 32, from random initialisation.
# Command: OADP_DATA=path/to/data mim train onedl-mmdetection \
#     configs/benchmarks/mask-rcnn_resnet18-fpn_1xb4-random-init-300i_coco128.py
# Expected: docs/reproduce.md.
# Hardware: 2 CPU cores, about 8 minutes.
_base_ = './mask-rcnn_resnet18-fpn_1xb4-300i_coco128.py'

model = dict(backbone=dict(init_cfg=None))
custom_hooks = [each for each in _base_.custom_hooks if each.type != 'oadp_mm.HandoffCheckHook']

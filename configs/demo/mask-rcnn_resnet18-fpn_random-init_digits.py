# Paper: not in it. Mask R-CNN on digit scenes, from random initialisation.
# Command: mim train onedl-mmdetection \
#     configs/demo/mask-rcnn_resnet18-fpn_random-init_digits.py (make demo runs it)
# Expected: the table of `make demo`.
# Hardware: 2 CPU cores, minutes.
_base_ = './mask-rcnn_resnet18-fpn_oadp-pre_digits.py'

model = dict(backbone=dict(init_cfg=None))
custom_hooks = [each for each in _base_.custom_hooks if each.type != 'oadp_mm.HandoffCheckHook']

# Paper: not in one. FCN on CamVid, 11 classes, from random initialisation.
# Command: OADP_DATA=path/to/data mim train mmsegmentation \
#     configs/benchmarks/fcn_resnet18-d8_1xb8-random-init-400i_camvid-160x160.py
# Expected: docs/reproduce.md.
# Hardware: 2 CPU cores, about 4 minutes.
_base_ = './fcn_resnet18-d8_1xb8-400i_camvid-160x160.py'

model = dict(backbone=dict(init_cfg=None))
custom_hooks = [each for each in _base_.custom_hooks if each.type != 'oadp_mm.HandoffCheckHook']

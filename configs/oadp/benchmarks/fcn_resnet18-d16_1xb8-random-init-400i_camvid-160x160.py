# Paper: not in it. FCN on CamVid, 11 classes, from random initialisation.
# Command: OADP_DATA=path/to/data mim train mmsegmentation \
#     configs/oadp/benchmarks/fcn_resnet18-d16_1xb8-random-init-400i_camvid-160x160.py
# Expected: docs/reproduce.md has the figures of both initialisations.
# Hardware: 2 CPU cores, about 4 minutes.
_base_ = [
    '../../_base_/models/fcn_resnet18-d16.py',
    '../../_base_/datasets/camvid.py',
    '../../_base_/schedules/seg_small.py',
    '../../_base_/mmseg_runtime.py',
]

# Paper: not in it. Mask R-CNN on 96 photos of coco128, tested on 32, from random initialisation.
# Command: OADP_DATA=path/to/data mim train onedl-mmdetection \
#     configs/oadp/benchmarks/mask-rcnn_resnet18-fpn_1xb4-random-init-300i_coco128.py
# Expected: docs/reproduce.md has the figures of both initialisations.
# Hardware: 2 CPU cores, about 8 minutes.
_base_ = [
    '../../_base_/models/mask-rcnn_resnet18-fpn.py',
    '../../_base_/datasets/coco128_instance.py',
    '../../_base_/schedules/det_small.py',
    '../../_base_/mmdet_runtime.py',
]

# Paper: IV-C 1, Table VII: M of eq. 9 from layer4 instead of layer1 + layer4.
# Command: mim train mmpretrain \
#     configs/oadp/ablations/oadp_resnet50-layer4_8xb32-coslr-800e_coco.py \
#     --launcher pytorch --gpus 8
# Expected: the paper's Table VII gives VOC detection 56.5 AP, 82.1 AP50, 62.4 AP75.
# Hardware: 8 GPUs, 32 images each.
_base_ = [
    '../../_base_/models/oadp_resnet50.py',
    '../../_base_/datasets/coco.py',
    '../../_base_/schedules/sgd_coslr_800e.py',
    '../../_base_/default_runtime.py',
]

model = dict(layers=('layer4',))

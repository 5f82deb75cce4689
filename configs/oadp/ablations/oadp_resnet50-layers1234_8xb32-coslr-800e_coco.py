# Paper: IV-C 1, Table VII: M of eq. 9 from layer1 + layer2 + layer3 + layer4 instead of layer1 +
#     layer4.
# Command: mim train mmpretrain \
#     configs/oadp/ablations/oadp_resnet50-layers1234_8xb32-coslr-800e_coco.py \
#     --launcher pytorch --gpus 8
# Expected: the paper's Table VII gives VOC detection 55.9 AP, 81.7 AP50, 61.9 AP75.
# Hardware: 8 GPUs, 32 images each.
_base_ = [
    '../../_base_/models/oadp_resnet50.py',
    '../../_base_/datasets/coco.py',
    '../../_base_/schedules/sgd_coslr_800e.py',
    '../../_base_/default_runtime.py',
]

model = dict(layers=('layer1', 'layer2', 'layer3', 'layer4'))

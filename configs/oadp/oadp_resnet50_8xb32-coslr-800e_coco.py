# Paper: III and IV-A: OADP on COCO train2017, the main experiment.
# Command: mim train mmpretrain configs/oadp/oadp_resnet50_8xb32-coslr-800e_coco.py \
#     --launcher pytorch --gpus 8
# Expected: the paper gives VOC detection 56.7 AP (Table I), VOC07 classification 86.9 (II), COCO
#     40.5 box and 36.4 mask AP (III), VOC 57.6 and Cityscapes 75.9 mIoU (V): see benchmarks/.
# Hardware: 8 GPUs, 32 images each.
_base_ = [
    '../_base_/models/oadp_resnet50.py',
    '../_base_/datasets/coco.py',
    '../_base_/schedules/sgd_coslr_800e.py',
    '../_base_/default_runtime.py',
]

# Paper: IV-B 2, Table II: ResNet-50 of 4 times the width.
# Command: mim train mmpretrain configs/oadp/ablations/oadp_resnet50x4_8xb32-coslr-800e_voc0712.py \
#     --launcher pytorch --gpus 8
# Expected: the paper's Table II gives 68.5 VOC07 "accuracy" of the linear layer (with its
#     backbone and in_channels widened likewise).
# Hardware: 8 GPUs, 32 images each; the paper names no memory, expect four times the activations
#     of the plain width.
_base_ = [
    '../../_base_/models/oadp_resnet50.py',
    '../../_base_/datasets/voc0712.py',
    '../../_base_/schedules/sgd_coslr_800e.py',
    '../../_base_/default_runtime.py',
]

model = dict(backbone=dict(stem_channels=256, base_channels=256))

# Paper: IV-C 4, Table X: weights 0.5 of the global, 0.5 of the local, 1 of the gl loss.
# Command: mim train mmpretrain \
#     configs/oadp/ablations/oadp_resnet50-g05-l05-gl1_8xb32-coslr-800e_coco.py \
#     --launcher pytorch --gpus 8
# Expected: the paper's Table X gives 83.5 VOC07 "accuracy" of the linear layer
#     (benchmarks/resnet50_1xb16-linear-coslr-200e_voc07.py).
# Hardware: 8 GPUs, 32 images each.
_base_ = [
    '../../_base_/models/oadp_resnet50.py',
    '../../_base_/datasets/coco.py',
    '../../_base_/schedules/sgd_coslr_800e.py',
    '../../_base_/default_runtime.py',
]

# pairs: mmengine writes configs out as dict(key=...), which Python's word global cannot be
model = dict(loss_weights=[('global', 0.5), ('local', 0.5), ('gl', 1.0)])

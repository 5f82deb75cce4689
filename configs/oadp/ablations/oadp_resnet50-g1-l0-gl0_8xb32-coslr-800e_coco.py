# Paper: IV-C 4, Table X: weights 1 of the global, 0 of the local, 0 of the gl loss; a loss of
#     weight 0 is not built.
# Command: mim train mmpretrain \
#     configs/oadp/ablations/oadp_resnet50-g1-l0-gl0_8xb32-coslr-800e_coco.py \
#     --launcher pytorch --gpus 8
# Expected: the paper's Table X gives 81.7 VOC07 "accuracy" of the linear layer
#     (benchmarks/resnet50_1xb16-linear-coslr-200e_voc07.py).
# Hardware: 8 GPUs, 32 images each.
_base_ = [
    '../../_base_/models/oadp_resnet50.py',
    '../../_base_/datasets/coco.py',
    '../../_base_/schedules/sgd_coslr_800e.py',
    '../../_base_/default_runtime.py',
]

# pairs: mmengine writes configs out as dict(key=...), which Python's word global cannot be
model = dict(loss_weights=[('global', 1.0), ('local', 0.0), ('gl', 0.0)])

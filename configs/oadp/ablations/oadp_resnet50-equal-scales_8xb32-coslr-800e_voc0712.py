# Paper: IV-C 3, Table IX: both views cropped from one range that never changes. The paper does
#     not give the range: (0.1, 1.0) spans both views' (O-27).
# Command: mim train mmpretrain \
#     configs/oadp/ablations/oadp_resnet50-equal-scales_8xb32-coslr-800e_voc0712.py \
#     --launcher pytorch --gpus 8
# Expected: the paper's Table IX gives 66.3 VOC07 "accuracy" of the linear layer
#     (benchmarks/resnet50_1xb16-linear-coslr-200e_voc07.py).
# Hardware: 8 GPUs, 32 images each.
_base_ = [
    '../../_base_/models/oadp_resnet50.py',
    '../../_base_/datasets/voc0712.py',
    '../../_base_/schedules/sgd_coslr_800e.py',
    '../../_base_/default_runtime.py',
]

view = [dict(_base_.crop, scale=(0.1, 1.0), shift=None), *_base_.augment]
train_dataloader = dict(dataset=dict(pipeline=[
    dict(type='oadp_mm.LoadImage'),
    dict(type='MultiView', num_views=[2], transforms=[view]),
    dict(type='PackInputs'),
]))

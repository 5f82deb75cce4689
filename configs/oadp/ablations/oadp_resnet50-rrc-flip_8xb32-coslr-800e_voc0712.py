# Paper: IV-C 7, Table XIII, first row: random resized crop without the schedule, and flip.
# Command: mim train mmpretrain \
#     configs/oadp/ablations/oadp_resnet50-rrc-flip_8xb32-coslr-800e_voc0712.py \
#     --launcher pytorch --gpus 8
# Expected: the paper's Table XIII gives 62.1 VOC07 "accuracy" of the linear layer
#     (benchmarks/resnet50_1xb16-linear-coslr-200e_voc07.py).
# Hardware: 8 GPUs, 32 images each.
_base_ = [
    '../../_base_/models/oadp_resnet50.py',
    '../../_base_/datasets/voc0712.py',
    '../../_base_/schedules/sgd_coslr_800e.py',
    '../../_base_/default_runtime.py',
]

flip = dict(type='RandomFlip', prob=0.5)
view1 = [dict(_base_.crop, scale=(0.1, 0.6), shift=None), flip]
view2 = [dict(_base_.crop, scale=(0.3, 1.0), shift=None), flip]
train_dataloader = dict(dataset=dict(pipeline=[
    dict(type='oadp_mm.LoadImage'),
    dict(type='MultiView', num_views=[1, 1], transforms=[view1, view2]),
    dict(type='PackInputs'),
]))

# Paper: 5.2 and A.2, Tables 1 and 8. A linear layer on the mean of the salient cells (SCD-MoCo).
# Command: OADP_CKPT=work_dirs/epoch_200.pth mim train mmpretrain \
#     configs/scd/benchmarks/resnet50_8xb512-linear-fg-lars-coslr-100e_in1k.py \
#     --launcher pytorch --gpus 8
#     An exported backbone holds no saliency network: give the checkpoint of the training.
# Expected: the paper's Table 1 gives top-1 68.9 for SCD-MoCo.
# Hardware: 8 GPUs, 512 images each.
_base_ = [
    '../../_base_/models/linear-in1k_resnet50.py',
    '../../_base_/datasets/imagenet_classification.py',
    '../../_base_/schedules/linear_lars_100e.py',
    '../../_base_/mmpretrain_runtime.py',
]

checkpoint = '{{$OADP_CKPT:work_dirs/epoch_200.pth}}'
model = dict(
    backbone=dict(init_cfg=dict(type='oadp_mm.CheckedPretrained', checkpoint=checkpoint)),
    neck=dict(
        _delete_=True,
        type='oadp_mm.SaliencyPooling',
        in_channels=2048,
        init_cfg=dict(
            type='oadp_mm.CheckedPretrained',
            checkpoint=checkpoint,
            prefix='semantic_head.',
            only='saliency')))
custom_hooks = [*_base_.custom_hooks, dict(type='oadp_mm.HandoffCheckHook')]
train_dataloader = dict(batch_size=512)

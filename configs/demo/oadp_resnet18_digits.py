# Paper: III and IV-A in small, on scenes of handwritten digits composed while training.
# Command: mim train mmpretrain configs/demo/oadp_resnet18_digits.py (make demo runs it)
# Expected: not in the paper.
# Hardware: 2 CPU cores, about 4 minutes; OADP_QUICK=1 one minute.
_base_ = [
    '../_base_/models/oadp_resnet18.py',
    '../_base_/datasets/views_224.py',
    '../_base_/default_runtime.py',
]

epochs = 4 if '{{$OADP_QUICK:0}}' == '1' else 7
crop = dict(_base_.crop, size=128, start=epochs // 2)
train_dataloader = dict(
    num_workers=1,
    dataset=dict(
        _delete_=True,
        type='oadp_mm.DigitScenes',
        num_scenes=64 * epochs,
        size=(160, 160),
        pipeline=[
            dict(
                type='MultiView',
                num_views=[1, 1],
                transforms=[
                    [dict(crop, scale=(0.1, 0.6), shift='upper'), *_base_.augment],
                    [dict(crop, scale=(0.3, 1.0), shift='both'), *_base_.augment],
                ]),
            dict(type='PackInputs'),
        ]))
# A view of 128 px is a grid of 4x4 cells, with 16 small and 9 large patches.
model = dict(selector=dict(grid=4, k=6))
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='SGD', lr=0.025, momentum=0.9, weight_decay=1e-4))
param_scheduler = [
    dict(type='LinearLR', start_factor=1e-4, end=1, convert_to_iter_based=True),
    dict(type='CosineAnnealingLR', begin=1, end=epochs, T_max=epochs - 1,
         convert_to_iter_based=True),
]
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=epochs)
default_hooks = dict(checkpoint=dict(interval=1, max_keep_ckpts=1), logger=dict(interval=2))

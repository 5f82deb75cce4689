# Paper: III and IV-A in small, on real images: photos of coco128 and frames of CamVid, unlabelled.
# Command: OADP_DATA=path/to/data mim train mmpretrain \
#     configs/oadp/oadp_resnet18_1xb32-coslr-12e_coco128-camvid.py
# Expected: not in the paper; docs/reproduce.md has ours.
# Hardware: 2 CPU cores, about 10 minutes.
_base_ = [
    '../_base_/models/oadp_resnet18.py',
    '../_base_/datasets/views_224.py',
    '../_base_/default_runtime.py',
]

epochs = 12
crop = dict(_base_.crop, size=160, start=epochs // 2)
train_dataloader = dict(
    num_workers=2,
    dataset=dict(
        data_root=['{{$OADP_DATA:data}}/coco128/images', '{{$OADP_DATA:data}}/camvid/images/train'],
        # every fourth of the 128 photos is kept for validation; all 367 training frames
        indices=[i for i in range(128 + 367) if i >= 128 or i % 4 != 3],
        pipeline=[
            dict(type='oadp_mm.LoadImage'),
            dict(
                type='MultiView',
                num_views=[1, 1],
                transforms=[
                    [dict(crop, scale=(0.1, 0.6), shift='upper'), *_base_.augment],
                    [dict(crop, scale=(0.3, 1.0), shift='both'), *_base_.augment],
                ]),
            dict(type='PackInputs'),
        ]))
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='SGD', lr=0.025, momentum=0.9, weight_decay=1e-4))
param_scheduler = [
    dict(type='LinearLR', start_factor=1e-4, end=1, convert_to_iter_based=True),
    dict(type='CosineAnnealingLR', begin=1, end=epochs, T_max=epochs - 1,
         convert_to_iter_based=True),
]
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=epochs)
default_hooks = dict(checkpoint=dict(interval=1, max_keep_ckpts=1), logger=dict(interval=5))

# Paper: III and IV-A on your own images. Crops begin to shrink halfway, as in the paper.
# Command: OADP_IMAGES=path/to/images mim train mmpretrain \
#     configs/oadp/oadp_resnet50_1xb32-accum8-coslr-200e_folder.py
#     For 8 GPUs add --launcher pytorch --gpus 8 --cfg-options optim_wrapper.accumulative_counts=1
# Expected: not in the paper.
# Hardware: 1 GPU, 32 images, 8 batches an optimizer step: 256 images as in the paper.
_base_ = [
    '../_base_/models/oadp_resnet50.py',
    '../_base_/datasets/views_224.py',
    '../_base_/default_runtime.py',
]

epochs = 200
crop = dict(_base_.crop, start=epochs // 2)
train_dataloader = dict(dataset=dict(
    data_root='{{$OADP_IMAGES:data/images}}',
    pipeline=[
        # Large photos are decoded smaller; a tenth of the area still has 280 pixels a side or more.
        dict(type='oadp_mm.LoadImage', min_side=1024),
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
    accumulative_counts=8,
    optimizer=dict(type='SGD', lr=0.2, momentum=0.9, weight_decay=1e-4))
param_scheduler = [
    dict(type='LinearLR', start_factor=1e-4, end=4, convert_to_iter_based=True),
    dict(type='CosineAnnealingLR', begin=4, end=epochs, T_max=epochs - 4,
         convert_to_iter_based=True),
]
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=epochs)
auto_scale_lr = dict(base_batch_size=32, enable=False)  # of an iteration; 8 make a step

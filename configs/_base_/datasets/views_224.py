"""The two views of IV-A 3: the first crops small, the second large; both shrink after epoch 400.

Order and strengths are the paper's. RandAugment is on torchvision's scale of 31 (O-5); all changes
are torchvision's by OpenCV's kernels (docs/algorithms/oadp.md, "Augmentations").
"""
augment = [
    dict(
        type='RandomApply',
        prob=0.3,
        transforms=[
            dict(
                type='oadp_mm.ColorJitter', brightness=0.8, contrast=0.8, saturation=0.8, hue=0.2)
        ]),
    dict(type='RandomApply', prob=0.2, transforms=[dict(type='oadp_mm.Grayscale')]),
    dict(type='oadp_mm.RandAugment', num_ops=5, magnitude=10),
    dict(type='RandomFlip', prob=0.5),
    dict(
        type='RandomApply',
        prob=0.2,
        transforms=[dict(type='oadp_mm.GaussianBlur', kernel_size=3, sigma=(1.0, 2.0))]),
]
crop = dict(
    type='oadp_mm.DynamicRandomResizedCrop', size=224, start=400, decay=0.04, ratio=(3 / 4, 4 / 3))
train_pipeline = [
    dict(type='oadp_mm.LoadImage'),
    dict(
        type='MultiView',
        num_views=[1, 1],
        transforms=[
            [dict(crop, scale=(0.1, 0.6), shift='upper'), *augment],
            [dict(crop, scale=(0.3, 1.0), shift='both'), *augment],
        ]),
    dict(type='PackInputs'),
]
train_dataloader = dict(
    batch_size=32,
    num_workers=8,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    batch_sampler=dict(type='oadp_mm.FullBatchSampler'),
    collate_fn=dict(type='default_collate'),
    dataset=dict(type='oadp_mm.ImageFolder', data_root='', pipeline=train_pipeline))

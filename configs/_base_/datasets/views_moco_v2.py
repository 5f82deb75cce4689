"""MoCo v2's two views, drawn alike, of ImageNet's 1,281,167 training images (RegionCL A.7).

Pillow resizes and blurs, as in the original; colours are torchvision's by OpenCV's kernels.
"""
crop = dict(type='RandomResizedCrop', scale=224, crop_ratio_range=(0.2, 1.0), backend='pillow')
augment = [
    dict(
        type='RandomApply',
        prob=0.8,
        transforms=[
            dict(
                type='oadp_mm.ColorJitter', brightness=0.4, contrast=0.4, saturation=0.4, hue=0.1)
        ]),
    dict(type='RandomApply', prob=0.2, transforms=[dict(type='oadp_mm.Grayscale')]),
    # the radius, Pillow's name of the standard deviation, is uniform in the range
    dict(type='mmpretrain.GaussianBlur', magnitude_range=(0.1, 2.0), magnitude_std='inf', prob=0.5),
    dict(type='RandomFlip', prob=0.5),
]
train_dataloader = dict(
    batch_size=128,
    num_workers=8,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    batch_sampler=dict(type='oadp_mm.FullBatchSampler'),
    collate_fn=dict(type='default_collate'),
    dataset=dict(
        type='oadp_mm.ImageFolder',
        data_root='{{$OADP_DATA:data}}/imagenet/train',
        pipeline=[
            dict(type='oadp_mm.LoadImage'),
            dict(type='MultiView', num_views=[2], transforms=[[crop, *augment]]),
            dict(type='PackInputs'),
        ]))

"""BYOL's two views of ImageNet's 1,281,167 training images: only the second is solarized.

Pillow resizes and blurs, as in the original; colours are torchvision's by OpenCV's kernels.
"""
crop = dict(
    type='RandomResizedCrop',
    scale=224,
    crop_ratio_range=(0.08, 1.0),
    interpolation='bicubic',
    backend='pillow')
flip_and_colour = [
    dict(type='RandomFlip', prob=0.5),
    dict(
        type='RandomApply',
        prob=0.8,
        transforms=[
            dict(
                type='oadp_mm.ColorJitter', brightness=0.4, contrast=0.4, saturation=0.2, hue=0.1)
        ]),
    dict(type='RandomApply', prob=0.2, transforms=[dict(type='oadp_mm.Grayscale')]),
]
# the radius, Pillow's name of the standard deviation, is uniform in the range
blur = dict(type='mmpretrain.GaussianBlur', magnitude_range=(0.1, 2.0), magnitude_std='inf')
augment = [
    [*flip_and_colour, dict(blur, prob=1.0)],
    [*flip_and_colour, dict(blur, prob=0.1), dict(type='Solarize', thr=128, prob=0.2)],
]
train_dataloader = dict(
    batch_size=256,
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
            dict(
                type='MultiView',
                num_views=[1, 1],
                transforms=[[crop, *changes] for changes in augment]),
            dict(type='PackInputs'),
        ]))

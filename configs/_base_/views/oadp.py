"""The two views of IV-A 3: the first crops small, the second large; both shrink from half time on.

Order and strengths are the paper's. RandAugment is on torchvision's scale of 31 (O-5); all changes
are torchvision's by OpenCV's kernels (docs/algorithms/oadp.md, "Augmentations").
"""
views = dict(
    crop=dict(
        type='oadp_mm.DynamicRandomResizedCrop',
        size=224,
        start=0.5,  # of the training: after epoch 400 of the paper's 800
        decay=0.04,
        ratio=(3 / 4, 4 / 3)),
    changes=[
        dict(type='RandomApply', prob=0.3, transforms=[dict(
            type='oadp_mm.ColorJitter', brightness=0.8, contrast=0.8, saturation=0.8, hue=0.2)]),
        dict(type='RandomApply', prob=0.2, transforms=[dict(type='oadp_mm.Grayscale')]),
        dict(type='oadp_mm.RandAugment', num_ops=5, magnitude=10),
        dict(type='RandomFlip', prob=0.5),
        dict(type='RandomApply', prob=0.2, transforms=[
            dict(type='oadp_mm.GaussianBlur', kernel_size=3, sigma=(1.0, 2.0))]),
    ],
    each=dict(
        first=dict(crop=dict(scale=(0.1, 0.6), shift='upper')),
        second=dict(crop=dict(scale=(0.3, 1.0), shift='both'))))

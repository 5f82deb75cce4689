"""MoCo v2's two views, drawn alike (RegionCL A.7).

Resized and blurred as by Pillow, as in the original; colours are torchvision's by OpenCV.
"""
views = dict(
    crop=dict(
        type='oadp_mm.RandomResizedWindow', scale=224, crop_ratio_range=(0.2, 1.0)),
    changes=[
        dict(type='RandomApply', prob=0.8, transforms=[dict(
            type='oadp_mm.ColorJitter', brightness=0.4, contrast=0.4, saturation=0.4, hue=0.1)]),
        dict(type='RandomApply', prob=0.2, transforms=[dict(type='oadp_mm.Grayscale')]),
        # the radius, Pillow's name of the standard deviation, is uniform in the range
        dict(
            type='oadp_mm.PillowBlur', magnitude_range=(0.1, 2.0), magnitude_std='inf',
            prob=0.5),
        dict(type='RandomFlip', prob=0.5),
    ],
    each=dict(first=dict(), second=dict()))

"""Two mild views, drawn alike, for own images and short trainings.

Hue, saturation and geometry stay as they are: where colours carry meaning a strong change makes
another image of it, and rotations bring black borders into view.
"""
views = dict(
    crop=dict(type='oadp_mm.RandomResizedWindow', scale=224, crop_ratio_range=(0.2, 1.0)),
    changes=[
        dict(type='RandomApply', prob=0.8, transforms=[dict(
            type='oadp_mm.ColorJitter', brightness=0.4, contrast=0.4, saturation=0.0, hue=0.0)]),
        dict(type='RandomApply', prob=0.2, transforms=[dict(type='oadp_mm.Grayscale')]),
        dict(type='RandomFlip', prob=0.5),
        dict(type='RandomApply', prob=0.2, transforms=[
            dict(type='oadp_mm.GaussianBlur', kernel_size=3, sigma=(1.0, 2.0))]),
    ],
    each=dict(first=dict(), second=dict()))

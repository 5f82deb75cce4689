"""BYOL's two views: only the second is solarized.

Resized and blurred as by Pillow, as in the original; colours are torchvision's by OpenCV.
"""
flip_and_colour = [
    dict(type='RandomFlip', prob=0.5),
    dict(type='RandomApply', prob=0.8, transforms=[
        dict(type='oadp_mm.ColorJitter', brightness=0.4, contrast=0.4, saturation=0.2, hue=0.1)]),
    dict(type='RandomApply', prob=0.2, transforms=[dict(type='oadp_mm.Grayscale')]),
]
# the radius, Pillow's name of the standard deviation, is uniform in the range
blur = dict(type='oadp_mm.PillowBlur', magnitude_range=(0.1, 2.0), magnitude_std='inf')
views = dict(
    crop=dict(
        type='oadp_mm.RandomResizedWindow', scale=224, crop_ratio_range=(0.08, 1.0),
        interpolation='bicubic'),
    changes=[],
    each=dict(
        first=dict(changes=[*flip_and_colour, dict(blur, prob=1.0)]),
        second=dict(changes=[
            *flip_and_colour, dict(blur, prob=0.1), dict(type='Solarize', thr=128, prob=0.2)])))

"""SoCo's three views (3.2): the whole image, a crop, and another one of half the size.

V3 is the code's; the paper's is V2 down-sampled, dict(type='oadp_mm.ResizedWindow', like='view2').
Resized and blurred as by Pillow, as in the original; colours are torchvision's by OpenCV,
the first view's BYOL's first and the others' BYOL's second.
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
        type='oadp_mm.RandomResizedWindow', scale=224, crop_ratio_range=(0.5, 1.0)),
    changes=[*flip_and_colour, dict(blur, prob=0.1), dict(type='Solarize', thr=128, prob=0.2)],
    each=dict(
        view1=dict(
            crop=dict(type='oadp_mm.ResizedWindow', scale=224),
            changes=[*flip_and_colour, dict(blur, prob=1.0)]),
        view2=dict(),
        view3=dict(crop=dict(scale=112))),
    boxes=dict(count=4, jitter=0.1))

"""SoCo's three views with the changes of mild.py, for own images and short trainings."""
views = dict(
    crop=dict(type='oadp_mm.RandomResizedWindow', scale=224, crop_ratio_range=(0.5, 1.0)),
    changes=[
        dict(type='RandomApply', prob=0.8, transforms=[dict(
            type='oadp_mm.ColorJitter', brightness=0.4, contrast=0.4, saturation=0.0, hue=0.0)]),
        dict(type='RandomApply', prob=0.2, transforms=[dict(type='oadp_mm.Grayscale')]),
        dict(type='RandomFlip', prob=0.5),
        dict(type='RandomApply', prob=0.2, transforms=[
            dict(type='oadp_mm.GaussianBlur', kernel_size=3, sigma=(1.0, 2.0))]),
    ],
    each=dict(
        view1=dict(crop=dict(type='oadp_mm.ResizedWindow', scale=224)),
        view2=dict(),
        view3=dict(crop=dict(scale=112))),
    boxes=dict(count=4, jitter=0.1))

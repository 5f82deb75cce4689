"""ORL's six views: two of the whole image, a box and what corresponds to it in a neighbouring
image, a box and its jitter; of each two BYOL's first and second changes.

Patches are not cropped any further. Resized and blurred as by Pillow, as in the original;
colours are torchvision's by OpenCV.
"""
flip_and_colour = [
    dict(type='RandomFlip', prob=0.5),
    dict(type='RandomApply', prob=0.8, transforms=[
        dict(type='oadp_mm.ColorJitter', brightness=0.4, contrast=0.4, saturation=0.2, hue=0.1)]),
    dict(type='RandomApply', prob=0.2, transforms=[dict(type='oadp_mm.Grayscale')]),
]
# the radius, Pillow's name of the standard deviation, is uniform in the range
blur = dict(type='oadp_mm.PillowBlur', magnitude_range=(0.1, 2.0), magnitude_std='inf')
second = [*flip_and_colour, dict(blur, prob=0.1), dict(type='Solarize', thr=128, prob=0.2)]
patch = dict(scale=96)
views = dict(
    crop=dict(
        type='oadp_mm.RandomResizedWindow', scale=224, crop_ratio_range=(0.08, 1.0),
        interpolation='bilinear'),
    changes=[*flip_and_colour, dict(blur, prob=1.0)],
    each=dict(
        global1=dict(),
        global2=dict(changes=second),
        inter1=dict(crop=dict(patch, type='oadp_mm.CorrespondingWindow', side='query')),
        inter2=dict(
            crop=dict(patch, type='oadp_mm.CorrespondingWindow', side='key'), changes=second),
        intra1=dict(crop=dict(patch, type='oadp_mm.ProposalWindow')),
        intra2=dict(
            crop=dict(
                patch, type='oadp_mm.JitteredWindow', like='intra1', shift=0.5, area=(0.5, 2.0),
                ratio=(0.5, 2.0), min_iou=0.5, tries=200),
            changes=second)))

"""ORL's six views with the changes of mild.py, for own images and short trainings."""
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
    each=dict(
        global1=dict(),
        global2=dict(),
        inter1=dict(crop=dict(type='oadp_mm.CorrespondingWindow', side='query', scale=96)),
        inter2=dict(crop=dict(type='oadp_mm.CorrespondingWindow', side='key', scale=96)),
        intra1=dict(crop=dict(type='oadp_mm.ProposalWindow', scale=96)),
        intra2=dict(crop=dict(
            type='oadp_mm.JitteredWindow', like='intra1', scale=96, shift=0.5, area=(0.5, 2.0),
            ratio=(0.5, 2.0), min_iou=0.5, tries=200))))

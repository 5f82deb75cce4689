"""BYOL's views as the codes of MoCo v3 and MoBy draw them: resized bilinearly.

Crops hold 8 % of the image at least; ResNet-50 of MoCo v3 takes 20 %.
"""
_base_ = './views_byol.py'

crop = dict(_base_.crop, interpolation='bilinear')
train_dataloader = dict(dataset=dict(pipeline=[
    dict(type='oadp_mm.LoadImage'),
    dict(
        type='MultiView',
        num_views=[1, 1],
        transforms=[[crop, *changes] for changes in _base_.augment]),
    dict(type='PackInputs'),
]))

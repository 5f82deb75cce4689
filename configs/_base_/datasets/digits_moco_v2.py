"""MoCo v2's views, 128 px, of 448 scenes of digits composed while training."""
_base_ = './views_moco_v2.py'

crop = dict(_base_.crop, scale=128)
train_dataloader = dict(
    batch_size=32,
    num_workers=1,
    dataset=dict(
        _delete_=True,
        type='oadp_mm.DigitScenes',
        num_scenes=448,
        size=(160, 160),
        pipeline=[
            dict(type='MultiView', num_views=[2], transforms=[[crop, *_base_.augment]]),
            dict(type='PackInputs'),
        ]))

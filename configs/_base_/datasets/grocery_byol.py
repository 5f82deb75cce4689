"""BYOL's views, 96 px, of the 2,640 training photos of grocery."""
_base_ = './views_byol.py'

crop = dict(_base_.crop, scale=96)
train_dataloader = dict(
    batch_size=64,
    num_workers=2,
    dataset=dict(
        data_root='{{$OADP_DATA:data}}/grocery/train',
        pipeline=[
            dict(type='oadp_mm.LoadImage'),
            dict(
                type='MultiView',
                num_views=[1, 1],
                transforms=[[crop, *changes] for changes in _base_.augment]),
            dict(type='PackInputs'),
        ]))

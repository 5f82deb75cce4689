# Paper: III and IV-A in small, on photos of groceries.
# Command: OADP_DATA=path/to/data mim train mmpretrain \
#     configs/oadp/oadp_resnet18_1xb64-coslr-20e_grocery-96x96.py
# Expected: not in the paper; docs/reproduce.md has a comparison of 3 epochs.
# Hardware: 2 CPU cores, 64 images.
_base_ = [
    '../_base_/models/oadp_resnet18.py',
    '../_base_/datasets/views_224.py',
    '../_base_/schedules/sgd_coslr_grocery.py',
    '../_base_/default_runtime.py',
]

crop = dict(_base_.crop, size=96, start=max(1, _base_.epochs // 2))
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
                transforms=[
                    [dict(crop, scale=(0.1, 0.6), shift='upper'), *_base_.augment],
                    [dict(crop, scale=(0.3, 1.0), shift='both'), *_base_.augment],
                ]),
            dict(type='PackInputs'),
        ]))
# A view of 96 px is a grid of 3x3 cells, with 9 small and 4 large patches: pools take 3 of either.
model = dict(selector=dict(grid=3, k=3))

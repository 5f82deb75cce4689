# Paper: SimSiam, mmpretrain's, as the rival of RegionCL-S in small, on photos of groceries.
# Command: OADP_DATA=path/to/data mim train mmpretrain \
#     configs/baselines/simsiam_resnet18_1xb64-coslr-20e_grocery-96x96.py
# Expected: not in the paper.
# Hardware: 2 CPU cores, 64 images.
_base_ = './moco_resnet18_1xb64-coslr-20e_grocery-96x96.py'

model = dict(
    _delete_=True, type='SimSiam', data_preprocessor=dict(type='oadp_mm.ViewsDataPreprocessor'),
    backbone=dict(type='ResNet', depth=18, zero_init_residual=True),
    neck=dict(
        type='NonLinearNeck', in_channels=512, hid_channels=512, out_channels=256, num_layers=3,
        with_last_bn_affine=False),
    head=dict(
        type='LatentPredictHead', loss=dict(type='CosineSimilarityLoss'),
        predictor=dict(
            type='NonLinearNeck', in_channels=256, hid_channels=128, out_channels=256,
            with_last_bn=False, with_last_bias=True, with_avg_pool=False)))
optim_wrapper = dict(paramwise_cfg=dict(custom_keys={'head.predictor': dict(fix_lr=True)}))
# The predictor's learning rate does not fall (SimSiam).
custom_hooks = [
    *_base_.custom_hooks,
    dict(type='SimSiamHook', fix_pred_lr=True, lr=0.03, adjust_by_epoch=False),
]
sync_bn = 'torch'

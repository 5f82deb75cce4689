"""Segmentation with 16 crops a step: lr 0.01, falling to 0.0001 as a polynomial of power 0.9."""
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', lr=0.01, momentum=0.9, weight_decay=5e-4))
param_scheduler = [dict(type='PolyLR', eta_min=1e-4, power=0.9, by_epoch=False)]
auto_scale_lr = dict(base_batch_size=16, enable=False)

"""SGD at 0.3 for 256 images a step, ten times MoCo v2's rate on ImageNet: a cosine to 0 that falls
with the epoch, as MoCo v2 and DenseCL have it on COCO in the codes of DenseCL and ORL.
"""
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', lr=0.3, momentum=0.9, weight_decay=1e-4))
param_scheduler = [dict(type='CosineAnnealingLR')]
auto_scale_lr = dict(base_batch_size=256, enable=False)

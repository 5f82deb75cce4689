"""SGD at 0.06 for 256 images a step: SCD-MoCo (SCD A.1.1)."""
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', lr=0.06, momentum=0.9, weight_decay=1e-4))
auto_scale_lr = dict(base_batch_size=256, enable=False)

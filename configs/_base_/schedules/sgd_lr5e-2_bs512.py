"""SGD at 0.05 for 512 images a step: SCD-BYOL (SCD A.1.1)."""
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', lr=0.05, momentum=0.9, weight_decay=1e-4))
auto_scale_lr = dict(base_batch_size=512, enable=False)

"""SGD at 0.15 for 1,024 images a step (RegionCL A.5, A.7)."""
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', lr=0.15, momentum=0.9, weight_decay=1e-4))
auto_scale_lr = dict(base_batch_size=1024, enable=False)

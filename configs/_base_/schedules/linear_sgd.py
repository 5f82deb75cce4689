"""A linear layer behind a norm, 256 images a step: lr 0.01 (Goyal et al. 2019, PIRL, ORL).

Text: momentum 0.9. Nesterov's form is that of the codes.
"""
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='SGD', lr=0.01, momentum=0.9, nesterov=True, weight_decay=1e-4))
auto_scale_lr = dict(base_batch_size=256, enable=False)

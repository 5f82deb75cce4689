"""200 epochs of SGD at 0.1 for 512 images a step: doubled on ImageNet-100 (SCD A.1.1)."""
_base_ = './sgd_coslr_200e_bs512.py'

optim_wrapper = dict(optimizer=dict(lr=0.1))

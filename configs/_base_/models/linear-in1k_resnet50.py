"""One linear layer for ImageNet's 1,000 classes on the average of a frozen ResNet-50's last map."""
_base_ = './finetune-in1k_resnet50.py'

model = dict(backbone=dict(frozen_stages=4, norm_eval=True))

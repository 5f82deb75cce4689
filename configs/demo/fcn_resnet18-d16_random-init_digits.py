# Paper: not in it. FCN on digit scenes, from random initialisation.
# Command: mim train mmsegmentation \
#     configs/demo/fcn_resnet18-d16_random-init_digits.py (make demo runs it)
# Expected: the table of `make demo`.
# Hardware: 2 CPU cores, minutes.
_base_ = [
    '../_base_/models/fcn_resnet18-d16.py',
    '../_base_/datasets/digits_semantic.py',
    '../_base_/schedules/seg_digits.py',
    '../_base_/mmseg_runtime.py',
]

# Four fifths of the pixels are background, which would otherwise be all that is predicted.
model = dict(decode_head=dict(loss_decode=dict(class_weight=[0.1] + 10 * [1.0])))
default_hooks = dict(logger=dict(interval=5), checkpoint=dict(interval=20))

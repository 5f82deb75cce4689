# Paper: SCD 5.4, Tables 3 and 4. A linear layer on the frozen backbone, 100 classes of ImageNet.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train mmpretrain \
#     configs/benchmarks/resnet50_8xb32-linear-coslr-100e_in100.py --launcher pytorch --gpus 8
# Expected: configs/scd/README.md, which makes the lists of classes and images, too.
# Hardware: 8 GPUs, 32 images each.
_base_ = './resnet50_8xb32-linear-coslr-100e_in1k.py'

model = dict(data_preprocessor=dict(num_classes=100), head=dict(num_classes=100))
classes = _base_.data_root + '/meta/classes_100.txt'
train_dataloader = dict(dataset=dict(ann_file='meta/train_100_labels.txt', classes=classes))
val_dataloader = dict(dataset=dict(ann_file='meta/val_100_labels.txt', classes=classes))
test_dataloader = val_dataloader

"""MoCo v2's views of the 100 classes of ImageNet in meta/train_100.txt, one n0.../....JPEG a line."""
_base_ = './views_moco_v2.py'

train_dataloader = dict(dataset=dict(
    data_root='{{$OADP_DATA:data}}/imagenet', list_file='meta/train_100.txt', prefix='train/'))

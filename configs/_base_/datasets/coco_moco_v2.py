"""MoCo v2's views of COCO train2017 as unlabelled images: 118,287."""
_base_ = './views_moco_v2.py'

train_dataloader = dict(dataset=dict(data_root='{{$OADP_DATA:data}}/coco/train2017'))

"""COCO train2017 as unlabelled images: 118,287."""
import os

images = dict(
    type='oadp_mm.ImageFolder', data_root=os.environ.get('OADP_DATA', 'data') + '/coco/train2017',
    pipeline=[dict(type='oadp_mm.LoadImage')])

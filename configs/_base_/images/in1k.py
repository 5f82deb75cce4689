"""ImageNet-1k train as unlabelled images: 1,281,167."""
import os

images = dict(
    type='oadp_mm.ImageFolder', data_root=os.environ.get('OADP_DATA', 'data') + '/imagenet/train',
    pipeline=[dict(type='oadp_mm.LoadImage')])

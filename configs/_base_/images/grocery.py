"""The 2,640 training photos of GroceryStoreDataset, unlabelled."""
import os

images = dict(
    type='oadp_mm.ImageFolder', data_root=os.environ.get('OADP_DATA', 'data') + '/grocery/train',
    pipeline=[dict(type='oadp_mm.LoadImage')])

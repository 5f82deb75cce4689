"""Boxes that correspond in images and their neighbours, a file of `oadp-mm correspondences`."""
import os

correspondences = dict(
    file=os.environ.get('OADP_CORRESPONDENCES', 'work_dirs/correspondences.npz'))

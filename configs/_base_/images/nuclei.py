"""The 544 training images of microscopy that ship with the package, unlabelled."""
images = dict(type='oadp_mm.Nuclei', split='train', pipeline=[dict(type='oadp_mm.LoadImage')])

"""Object proposals of the images, a file of `oadp-mm proposals`, which names whose they are."""
import os

proposals = dict(files=os.environ.get('OADP_PROPOSALS', 'work_dirs/proposals.npz'))

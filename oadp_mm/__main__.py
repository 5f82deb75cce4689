"""`python -m oadp_mm` is the console script `oadp-mm`."""
from __future__ import annotations

import sys

from oadp_mm.cli import main

sys.exit(main())

"""From a folder of images to a fine-tuned network: what the commands of the journey do."""
from __future__ import annotations

"""The papers' mathematics: pure functions on tensors, nothing of OpenMMLab."""

"""Plain modules with state, unregistered and free of OpenMMLab."""

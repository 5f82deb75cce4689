"""Slow references written from the paper with numpy and relatives; they import no oadp_mm."""

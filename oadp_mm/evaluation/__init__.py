"""What is looked at after a training: logs, pictures and the report."""

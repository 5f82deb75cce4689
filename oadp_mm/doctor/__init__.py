"""What stands between a user and a training: of the machine, of the images, of a config."""

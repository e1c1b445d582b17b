"""What the service knows: no framework, no files, no SQL."""

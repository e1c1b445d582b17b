"""The resources of /api/v1."""

"""The version of this service, read by pyproject.toml too."""

VERSION = "0.1.0"

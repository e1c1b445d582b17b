"""Apps that end when a test does."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from geo_service import runtime


@contextmanager
def closing(app: Flask) -> Iterator[Flask]:
    """Yield an app, and afterwards end what it runs in the background."""
    try:
        yield app
    finally:
        with app.app_context():
            runtime.snapshots().close()

"""A Flask view that returns the same bytes and does nothing else: as fast as Flask can be."""

import json
import os
from pathlib import Path

from flask import Flask, Response


def create_app() -> Flask:
    """Build it; BENCH_BODIES names a JSON file of bodies by route."""
    app = Flask(__name__)
    bodies = json.loads(Path(os.environ["BENCH_BODIES"]).read_text(encoding="utf-8"))

    @app.get("/<kind>")
    def same_bytes(kind: str) -> Response:
        return Response(kept[kind], mimetype="application/geo+json")

    kept = {kind: text.encode() for kind, text in bodies.items()}
    return app

"""The same question asked of Redis: GEOSEARCH on the sphere, and the stations' prepared text."""

import os

import redis  # type: ignore[import-not-found]  # in an environment of its own
from flask import Flask, Response, request

# GEOSEARCH needs a radius, and sorts all that lies in it: a wider one is tried where a narrower
# finds too few.
_RADII_KM = (2, 10, 50, 250, 2500, 20_000)


def create_app() -> Flask:
    """Build it; BENCH_REDIS names the socket."""
    app = Flask(__name__)
    store = redis.Redis(unix_socket_path=os.environ["BENCH_REDIS"])

    @app.get("/nearest")
    def nearest() -> Response:
        longitude, latitude = float(request.args["lon"]), float(request.args["lat"])
        for radius in _RADII_KM:
            found = store.geosearch(
                "stations",
                longitude=longitude,
                latitude=latitude,
                radius=radius,
                unit="km",
                sort="ASC",
                count=5,
                withdist=True,
            )
            if len(found) == 5:
                break
        texts = store.hmget("texts", [name for name, _ in found])
        features = b",".join(
            text.replace(b'"distance_m":0', b'"distance_m":%.2f' % (kilometres * 1000))
            for text, (_, kilometres) in zip(texts, found, strict=True)
        )
        body = b'{"type":"FeatureCollection","features":[' + features + b"]}"
        return Response(body, mimetype="application/geo+json")

    return app

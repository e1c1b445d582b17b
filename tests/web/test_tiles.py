"""Vector tiles, decoded by another library and held against the register."""

import math
from typing import Any

import mapbox_vector_tile
import pytest
from flask.testing import FlaskClient

LAYERS = {"stations": 203, "townships": 49, "counties": 5, "coverage": 49}
WHOLE_CITY = (8, 209, 102)


def decode(body: bytes) -> dict[str, Any]:
    return dict(mapbox_vector_tile.decode(body, default_options={"y_coord_down": True}))


def test_x(client: FlaskClient) -> None:
    for layer in LAYERS:
        r = client.get(f"/tiles/{layer}/0/0/0.mvt")
        print(layer, r.status_code, len(r.data), r.headers)
        d = decode(r.data)
        print({k: len(v["features"]) for k, v in d.items()}, d[layer]["features"][0]["properties"])
        r = client.get(f"/tiles/{layer}.json")
        print(r.text)
    assert 0

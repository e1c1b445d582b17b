import json
import pytest
from flask.testing import FlaskClient

def test_x(client: FlaskClient) -> None:
    for p in ("/ogc/TileMatrixSets","/ogc/TileMatrixSets/WebMercatorQuad","/ogc/collections/stations/tiles","/ogc/collections/stations/tiles/WebMercatorQuad","/ogc/collections/stations/tiles/WebMercatorQuad/8/102/209","/ogc/processes","/ogc/processes/nearest","/ogc/processes/coverage","/ogc/processes/no","/ogc/jobs/x","/ogc/","/ogc/collections/stations","/ogc/openapi", "/tiles/example"):
        for f in ("json","html"):
            r = client.get(p, query_string={"f": f} if "/209" not in p and "example" not in p else None)
            print(p, f, r.status_code, r.content_type, r.text[:(2500 if f=="json" and 'openapi' not in p and 'Mercator' not in p else 0)] if r.mimetype!="application/vnd.mapbox-vector-tile" else "")
    for name, b in (("nearest", {"inputs":{"lon":114.0163,"lat":33.5814,"amenity":"water"}}),("nearest", {"inputs":{"lon":"x"}}),("nearest", {"inputs":{"lon":114.0163,"lat":33.5814},"response":"document"}),("coverage", {"inputs":{"level":"county"},"outputs":{"coverage":{"format":{"mediaType":"application/json"}}}}),("coverage", {"inputs":{"f":"pdf"}}),("coverage", {"inputs":{}, "subscriber":{"successUri":"http://127.0.0.1/"}}),("coverage",{"outputs":{"coverage":{"transmissionMode":"reference"}}})):
        r = client.post(f"/ogc/processes/{name}/execution", json=b)
        print(name, b, r.status_code, r.content_type, r.text[:700])
    assert 0

"""Fill Redis: fill_redis.py SOCKET FILE, a JSON line a station (id, longitude, latitude, text)."""

import json
import sys
from pathlib import Path

import redis  # type: ignore[import-not-found]  # in an environment of its own

_AT_ONCE = 1000

store = redis.Redis(unix_socket_path=sys.argv[1])
lines = Path(sys.argv[2]).read_text(encoding="utf-8").splitlines()
for start in range(0, len(lines), _AT_ONCE):
    rows = [json.loads(line) for line in lines[start : start + _AT_ONCE]]
    places: list[object] = []
    for row in rows:
        places += [row["longitude"], row["latitude"], row["id"]]
    store.geoadd("stations", places)
    store.hset("texts", mapping={row["id"]: row["text"] for row in rows})

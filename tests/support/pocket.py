"""The same questions to the phone's pocket and to the API, and both answers in one form."""

import random
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

SHANGHAI = ZoneInfo("Asia/Shanghai")

FILTERS: list[dict[str, Any]] = [
    {},
    {"service": "breakfast"},
    {"service": "rest", "group": "bus_driver"},
    {"group": "sanitation", "amenities": ["water", "heating"]},
    {"amenities": ["toilet"], "limit": 12},
    {"open": "now"},
    {"open": "arrival"},
    {"open": "arrival", "certain": True, "service": "breakfast"},
    {"open": "now", "certain": True, "group": "bus_driver", "limit": 3},
]

# Runs in a page of the service: questions to a pocket at a moment, in milliseconds since 1970.
ASK = """async ([at, questions]) => {
  const modules = window.pocketModules || '/static/pocket/';
  const { openPocket } = await import(modules + 'pocket.js');
  const pocket = await openPocket({ watch: false });
  return questions.map((question) => pocket.nearest({ ...question, at: new Date(at) }).map(
    ({ station, ...rest }) => ({ id: station.id, ...rest })));
}"""

_AS_THE_API_HAS_IT = {"amenities": "amenity", "certain": "open_only"}


def milliseconds(moment: datetime) -> int:
    """Return a moment as JavaScript counts."""
    return round(moment.timestamp() * 1000)


def questions(count: int, seed: int = 41) -> list[dict[str, Any]]:
    """Ask from all over the place served, each time with the next filter."""
    dice = random.Random(seed)  # noqa: S311  nothing secret is drawn
    return [
        {
            "lon": dice.uniform(113.4, 114.3),
            "lat": dice.uniform(33.4, 34.0),
            **FILTERS[number % len(FILTERS)],
        }
        for number in range(count)
    ]


def told_by_server(client: FlaskClient, question: dict[str, Any]) -> list[Any]:
    """Ask the API, and keep what the phone tells too."""
    query = {
        _AS_THE_API_HAS_IT.get(name, name): "true" if value is True else value
        for name, value in question.items()
    }
    answer = client.get("/api/v1/stations/nearest", query_string=query).get_json()
    told = []
    for feature in answer["features"]:
        known = feature["properties"]
        services = [
            (each["kind"], each["groups"], each["opening_hours"], each["openness"])
            for each in known["services"]
        ]
        # Of a hundredth more or less: where the last digit is rounded from a half.
        metres = pytest.approx(known["distance_m"], abs=0.0101)
        told.append((feature["id"], metres, known["walk_minutes"], services))
    return told


def told_by_phone(found: list[dict[str, Any]]) -> list[Any]:
    """Bring the phone's answer to the form of the API's."""
    told = []
    for each in found:
        services = []
        for service in each["services"]:
            openness = {
                "state": service["state"],
                "at": _text(each["at"]),
                "next_change": _text(service["nextChange"]),
                "next_state": service["nextState"],
            }
            services.append((service["kind"], service["groups"], service["openingHours"], openness))
        told.append((each["id"], each["distanceM"], each["walkMinutes"], services))
    return told


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(SHANGHAI).isoformat(timespec="seconds")

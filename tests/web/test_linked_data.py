"""Stations as schema.org has them: held against its own vocabulary, and against the register."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from geo_service import create_app
from geo_service.domain.opening_hours import Openness
from geo_service.domain.register import Register
from geo_service.domain.station import Service, ServiceKind, StationId
from geo_service.persistence.database import Database
from geo_service.persistence.register import RegisterStore
from geo_service.settings import Settings
from tests.support.app import closing
from tests.support.clock import StoppedClock
from tests.support.hostile import TEXTS
from tests.support.register import SHANGHAI, a_dataset, a_station

vocabulary = import_module("msgspec_schemaorg.models")
TODAY = date(2026, 11, 16)  # what the clock of the tests shows in Luohe
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def linked(client: FlaskClient, station: str, lang: str = "zh") -> list[dict[str, Any]]:
    """Return what a station's page says to machines."""
    page = BeautifulSoup(client.get(f"/s/{station}?lang={lang}").text, "html.parser")
    (script,) = page.find_all("script", type="application/ld+json")
    told = json.loads(script.string or "")
    assert told["@context"] == "https://schema.org"
    graph: list[dict[str, Any]] = told["@graph"]
    return graph


def unknown_words(node: dict[str, Any]) -> Iterator[str]:
    """Yield the properties that schema.org does not have for such a thing, or of another type."""
    model = getattr(vocabulary, node["@type"])
    types: dict[str, object] = {}
    for part in reversed(model.__mro__):
        types |= getattr(part, "__annotations__", {})
    for name, given in node.items():
        if name.startswith("@"):
            continue
        for value in given if isinstance(given, list) else [given]:
            allowed = set(re.findall(r"\w+", str(types.get(name, ""))))
            if not allowed & _names(value):
                yield f"{node['@type']}.{name}"
            if isinstance(value, dict) and "@type" in value:
                yield from unknown_words(value)


def _names(value: object) -> set[str]:
    """Return the types that a value is of, by the vocabulary's names."""
    if isinstance(value, dict):
        kind = value.get("@type", "Place")  # what is only named here is the place
        return {part.__name__ for part in getattr(vocabulary, kind).__mro__}
    if value in DAYS:
        return {"DayOfWeek"}
    for form in (time, date):
        with suppress(ValueError, TypeError):
            form.fromisoformat(value)  # type: ignore[arg-type]
            return {form.__name__, "str"}
    return {"str", "URL"} if isinstance(value, str) else {type(value).__name__}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_all_that_is_said_is_in_the_vocabulary(
    client: FlaskClient, register: Register, lang: str
) -> None:
    for station in register.stations[::20]:
        told = linked(client, station.id, lang)
        assert [word for node in told for word in unknown_words(node)] == []


def test_a_word_that_schema_org_does_not_know_is_found() -> None:
    node = {"@type": "Place", "name": "x", "colour": "red", "geo": {"@type": "Service"}}

    assert list(unknown_words(node)) == ["Place.colour", "Place.geo"]


def test_the_place_is_the_station_of_the_register(client: FlaskClient, register: Register) -> None:
    station = register.station(StationId("LH-004"))

    place = linked(client, station.id)[0]

    assert place["identifier"] == station.id
    assert place["name"] == station.name
    assert place["geo"]["longitude"] == station.coordinate.longitude
    assert place["geo"]["latitude"] == station.coordinate.latitude
    assert place["address"]["streetAddress"] == station.address
    assert place["isAccessibleForFree"] is True


def test_made_up_stations_say_so_and_are_kept_out_of_search_engines(client: FlaskClient) -> None:
    text = client.get("/s/LH-004?lang=zh").text

    assert "演示数据" in linked(client, "LH-004")[0]["disambiguatingDescription"]
    assert '<meta name="robots" content="noindex">' in text


def test_each_service_says_for_whom_it_is(client: FlaskClient, register: Register) -> None:
    station = next(
        each
        for each in register.stations
        if any(
            service.kind is ServiceKind.BREAKFAST and service.groups for service in each.services
        )
    )

    services = linked(client, station.id, "en")[1:]

    breakfast = next(each for each in services if each["name"] == "Free breakfast")
    audience = {each["audienceType"] for each in breakfast["audience"]}
    assert audience <= {"sanitation workers", "bus drivers"}


def says_open(hours: list[dict[str, Any]], instant: datetime) -> bool:
    """Say whether somebody who reads nothing but schema.org takes a place for open."""
    return any(
        start <= instant < end for each in hours for start, end in _stretches(each, instant.date())
    )


def _stretches(said: dict[str, Any], day: date) -> Iterator[tuple[datetime, datetime]]:
    if "opens" not in said:
        return
    opens, closes = time.fromisoformat(said["opens"]), time.fromisoformat(said["closes"])
    for begun in (day - timedelta(days=1), day):
        valid = said["validFrom"] <= begun.isoformat() <= said["validThrough"]
        if valid and DAYS[begun.weekday()] in said.get("dayOfWeek", DAYS):
            end = begun + timedelta(days=1) if closes < opens else begun
            yield (
                datetime.combine(begun, opens, SHANGHAI),
                datetime.combine(end, closes, SHANGHAI),
            )


def test_the_hours_are_those_of_the_register(client: FlaskClient, register: Register) -> None:
    told = 0
    for station in register.stations[::25]:
        for service, said in zip(station.services, linked(client, station.id)[1:], strict=True):
            schedule = register.schedules.of(service.opening_hours)
            if "hoursAvailable" not in said:
                continue
            assert schedule is not None
            told += 1
            moment = datetime.combine(TODAY + timedelta(days=1), time(), SHANGHAI)
            while moment.date() < date(2026, 12, 31):
                is_open = schedule.at(moment).state is Openness.OPEN
                assert says_open(said["hoursAvailable"], moment) == is_open, (station.id, moment)
                moment += timedelta(minutes=83)
    assert told > 5


@pytest.fixture(scope="module")
def own(scratch: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A client of a service over stations of all sorts."""
    rest = Service(kind=ServiceKind.REST, opening_hours="Mo-Su 06:00-22:00")
    stations = [
        replace(
            a_station(f"H-{number}", 114.0, 33.5, rest), name=text, address=text, telephone=text
        )
        for number, text in enumerate(TEXTS)
    ]
    stations += [
        a_station("ENDED", 114.0, 33.5, rest, closed_on=TODAY),
        a_station("SHUT", 114.0, 33.5, rest, reported_closed_on=TODAY),
        a_station("ENDING", 114.0, 33.5, rest, closed_on=TODAY + timedelta(days=9)),
        a_station("UNSURE", 114.0, 33.5, replace(rest, opening_hours="Mo-Su 08:00-18:00 unknown")),
        a_station("RING", 114.0, 33.5, replace(rest, opening_hours=None)),
    ]
    with scratch.transaction() as session:
        RegisterStore(session).replace(a_dataset(stations), author="a test", reason="a test")
    settings = Settings(home=Path(tmp_path_factory.mktemp("linked")), log_level="error")
    instant = datetime.combine(TODAY, time(12), SHANGHAI)
    with closing(create_app(settings, database=scratch, clock=StoppedClock(instant))) as app:
        yield app.test_client()


@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_text_that_would_end_the_block_stays_text(own: FlaskClient, number: int) -> None:
    page = own.get(f"/s/H-{number}").text

    place = linked(own, f"H-{number}")[0]

    assert place["name"] == TEXTS[number]
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert block is not None
    assert not set(block[1]) & set("<>&'")


def test_a_station_that_is_no_more_says_nothing_to_machines(own: FlaskClient) -> None:
    assert "ld+json" not in own.get("/s/ENDED").text


@pytest.mark.parametrize("station", ["SHUT", "ENDING", "UNSURE", "RING"])
def test_hours_that_are_not_certain_are_left_out(own: FlaskClient, station: str) -> None:
    assert "hoursAvailable" not in linked(own, station)[1]

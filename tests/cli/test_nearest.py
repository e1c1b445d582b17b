"""`geo-service nearest`: the API's answer in a terminal."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from geo_service.persistence.database import Database
from geo_service.persistence.register import RegisterStore
from geo_service.settings import PROJECT
from tests.cli.conftest import Command, environment
from tests.support.postgis import PostGIS
from tests.support.register import a_dataset, a_station

AT = ("114.0212", "33.5799")
MONDAY_AT_FIVE = "2026-11-16T05:00:00+08:00"


def answered(shell: Command, *arguments: str) -> Any:
    result = shell("nearest", *AT, *arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.mark.parametrize(
    "question",
    [
        {},
        {"limit": "50"},
        {"within": "2500", "limit": "50"},
        {"service": "breakfast", "group": "sanitation"},
        {"amenity": "water"},
        {"open": "arrival"},
        {"datum": "gcj02"},
        {"datum": "bd09", "within": "3000"},
    ],
    ids=lambda question: " ".join(question) or "plain",
)
def test_json_says_what_the_api_says(
    shell: Command, client: FlaskClient, question: dict[str, str]
) -> None:
    asked = {"open": MONDAY_AT_FIVE} | question
    if asked["open"] == "arrival":  # from which moment on is not ours to say here
        asked.pop("open")
        asked["limit"] = "3"
    options = [part for key, value in asked.items() for part in (f"--{key}", value)]

    ours = answered(shell, *options)

    theirs = client.get(
        "/api/v1/stations/nearest", query_string={"lon": AT[0], "lat": AT[1], **asked}
    ).get_json(force=True)
    assert ours["numberMatched"] == theirs["numberMatched"]
    assert (ours["place"], ours["revision"], ours["datum"]) == (
        theirs["place"],
        theirs["revision"],
        theirs["datum"],
    )
    assert [as_flat(each, asked) for each in theirs["features"]] == [
        {key: each[key] for key in as_flat(theirs["features"][0], asked)}
        for each in ours["stations"]
    ]


def as_flat(feature: Any, asked: dict[str, str]) -> dict[str, Any]:
    """Lay a Feature of the API out as the command does."""
    given = feature["properties"]
    flat = {
        "id": feature["id"],
        "longitude": feature["geometry"]["coordinates"][0],
        "latitude": feature["geometry"]["coordinates"][1],
        "township_code": given["township"] and given["township"]["code"],
        **{
            key: given[key]
            for key in ("name", "distance_m", "walk_minutes", "walk_is_estimate", "amenities")
        },
        **{key: given[key] for key in ("address", "data_status")},
    }
    if "open" in asked:
        flat["openness"] = {each["kind"]: each["openness"] for each in given["services"]}
    return flat


def test_two_amenities_must_both_hold(shell: Command) -> None:
    both = answered(shell, "--amenity", "water", "--amenity", "toilet", "--limit", "50")

    assert both["stations"]
    assert all({"water", "toilet"} <= set(each["amenities"]) for each in both["stations"])


def test_open_only_leaves_nothing_unknown(shell: Command) -> None:
    found = answered(shell, "--open", MONDAY_AT_FIVE, "--open-only")["stations"]

    assert found
    for each in found:
        assert "open" in {state["state"] for state in each["openness"].values()}


def test_the_table_names_every_station_its_distance_and_its_status(shell: Command) -> None:
    table = shell("nearest", *AT, "--open", MONDAY_AT_FIVE).stdout

    for each in answered(shell, "--open", MONDAY_AT_FIVE)["stations"]:
        [line] = [line for line in table.splitlines() if line.startswith(each["id"])]
        assert each["name"] in line
        assert f"{each['distance_m']:,.0f}" in line
        assert f"{each['walk_minutes']} min" in line
        assert "demonstration" in line
    assert "do not go there" in table


def test_a_table_in_a_pipe_is_not_cut(scratch: Database, scratch_shell: Command) -> None:
    name = "很长的名字" * 60
    with scratch.transaction() as session:
        stations = [
            a_station("A-1", name=name),
            a_station("[red]B-2[/red]:smile:", name="a\x1b[2Jb"),
        ]
        RegisterStore(session).replace(a_dataset(stations), author="a test", reason="a test")

    table = scratch_shell("nearest", "114.0", "33.5").stdout

    assert name in table
    assert "[red]B-2[/red]:smile:" in table
    assert "\x1b" not in table


def test_nothing_found_is_said(shell: Command) -> None:
    result = shell("nearest", "113.5", "33.6", "--within", "1")

    assert (result.exit_code, result.stdout) == (0, "No station matches.\n")


@pytest.mark.parametrize("marker", [[], ["--"]])
def test_a_western_longitude_is_a_number_and_no_option(shell: Command, marker: list[str]) -> None:
    result = shell("nearest", *marker, "-73.5", "45.5")

    assert result.exit_code == 1
    assert "km outside the area served by 漯河市" in result.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nan", "33.5"], "'nan' is not a number"),
        (["inf", "33.5"], "'inf' is not a number"),
        (["1_14", "33.5"], "is not a number"),
        (["１１４", "33.5"], "is not a number"),
        (["114", "--oops"], "'--oops' is not an option here"),
        (["114"], "Missing argument 'LATITUDE'"),
        (["190", "33.5"], "longitude 190 is outside"),
        (["33.5", "114"], "latitude 114 is outside"),
        ([*AT, "--limit", "0"], "0 is not in the range"),
        ([*AT, "--limit", "51"], "51 is not in the range"),
        ([*AT, "--within", "nan"], "is not a number"),
        ([*AT, "--within", "0"], "0 is not from"),
        ([*AT, "--within", "-5"], "-5 is not from"),
        ([*AT, "--datum", "cgcs"], "not one of 'wgs84', 'gcj02', 'bd09'"),
        ([*AT, "--service", "lunch"], "not one of 'rest', 'breakfast'"),
        ([*AT, "--open", "noon"], "neither now, arrival nor an instant"),
        ([*AT, "--open", "2026-11-16T05:00:00"], "neither now, arrival nor an instant"),
        ([*AT, "--open-only"], "--open-only needs --open"),
        ([*AT, "--limt", "3"], "--limt"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(
    shell: Command, arguments: list[str], words: str
) -> None:
    result = shell("nearest", *arguments)

    assert result.exit_code in {1, 2}
    assert words in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ({"LANG": "C"}, "演示站点"),
        ({"LC_ALL": "POSIX"}, "演示站点"),
        ({"PYTHONIOENCODING": "ascii"}, "\\u6f14\\u793a"),
    ],
)
def test_chinese_comes_through_a_pipe_whatever_the_locale(
    shipped_postgis: PostGIS, tmp_path: Path, encoding: dict[str, str], name: str
) -> None:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "LANG"))}
    piped = subprocess.run(
        [sys.executable, "-m", "geo_service", "nearest", *AT],
        capture_output=True, cwd=PROJECT, check=True,
        env=kept | environment(shipped_postgis, tmp_path) | encoding,
    )  # fmt: skip

    assert name in piped.stdout.decode("utf-8")

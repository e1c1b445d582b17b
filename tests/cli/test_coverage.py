"""`geo-service coverage`: the API's figures in a terminal and in a file."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.cli.conftest import Command

MONDAY_AT_FIVE = "2026-11-16T05:00:00+08:00"


def from_api(client: FlaskClient, **query: str) -> Any:
    return client.get("/api/v1/coverage", query_string=query).get_json(force=True)


@pytest.mark.parametrize(
    "question",
    [
        {},
        {"level": "county", "radius": "500"},
        {"level": "city"},
        {"service": "breakfast", "group": "sanitation", "open": MONDAY_AT_FIVE},
        {"level": "county", "amenity": "water"},
        {"level": "county", "demand": "population"},
        {"level": "city", "distance": "estimated_walk", "radius": "1300"},
    ],
    ids=lambda question: " ".join(question) or "plain",
)
def test_json_says_what_the_api_says(
    shell: Command, client: FlaskClient, question: dict[str, str]
) -> None:
    options = [part for key, value in question.items() for part in (f"--{key}", value)]

    result = shell("coverage", *options, "--json")

    ours, theirs = json.loads(result.stdout), from_api(client, **question)
    assert ours["units"] == theirs["units"]
    assert ours["totals"] == theirs["totals"]
    for key in ("place", "revision", "radius_m", "distance_type", "instant", "distance", "demand"):
        assert ours[key] == theirs[key]


def test_gaps_say_what_the_api_says(shell: Command, client: FlaskClient) -> None:
    result = shell("coverage", "--gaps", "3", "--demand", "population", "--json")

    theirs = client.get("/api/v1/coverage/gaps?limit=3&demand=population").get_json()
    assert json.loads(result.stdout)["gaps"] == theirs["gaps"]


def test_hours_say_what_the_api_says(shell: Command, client: FlaskClient) -> None:
    result = shell("coverage", "--hours", "--date", "2026-11-23", "--level", "county", "--json")

    theirs = client.get("/api/v1/coverage/hours?date=2026-11-23&level=county").get_json()
    ours = json.loads(result.stdout)
    assert (ours["days"], ours["units"]) == (theirs["days"], theirs["units"])


def test_demand_has_its_columns_in_the_table_and_says_that_it_is_an_estimate(
    shell: Command,
) -> None:
    said = shell("coverage", "--level", "county", "--demand", "population").stdout

    assert "demand 人" in said
    assert "not where people live" in said


def test_an_estimated_walk_is_called_one(shell: Command) -> None:
    said = shell("coverage", "--level", "city", "--distance", "estimated_walk").stdout

    assert "within 1,000 m in an estimated walk" in said


def test_the_worst_places_are_a_table(shell: Command) -> None:
    lines = shell("coverage", "--gaps", "4", "--level", "county").stdout.splitlines()

    assert "uncovered km²" in lines[0]
    assert [line.split()[0] for line in lines[1:5]] == ["1", "2", "3", "4"]


def test_hours_are_told_one_after_another(shell: Command) -> None:
    said = shell("coverage", "--hours", "--date", "2026-11-23", "--level", "county").stdout

    assert "2026-11-23 Monday" in said
    assert len(re.findall(r"^[0-2][0-9]:00 ", said, flags=re.MULTILINE)) == 24


def test_gaps_and_hours_go_into_files_too(shell: Command) -> None:
    gaps = shell("coverage", "--gaps", "2", "--csv", "-").stdout
    hours = shell("coverage", "--hours", "--level", "county", "--csv", "-").stdout

    assert (gaps.count("\n"), hours.count("\n")) == (3, 11)


def test_the_csv_is_what_the_api_gives_for_download(
    shell: Command, client: FlaskClient, tmp_path: Path
) -> None:
    file = tmp_path / "coverage.csv"

    result = shell("coverage", "--csv", file)

    assert result.stdout == f"Wrote {file}\n"
    written = file.read_bytes()
    assert written.startswith(b"\xef\xbb\xbf")  # for Excel
    ours = list(csv.DictReader(io.StringIO(written.decode("utf-8-sig"), newline="")))
    theirs = client.get("/api/v1/coverage?f=csv").get_data().decode("utf-8-sig")
    shared = list(csv.DictReader(io.StringIO(theirs, newline="")))
    assert [{key: line[key] for key in shared[0]} for line in ours] == shared


def test_the_csv_can_go_into_a_pipe(shell: Command) -> None:
    assert shell("coverage", "--level", "county", "--csv", "-").stdout.count("\n") == 6


def test_the_table_has_a_line_for_every_township(shell: Command, client: FlaskClient) -> None:
    lines = shell("coverage").stdout.splitlines()

    for unit in from_api(client)["units"]:
        [line] = [line for line in lines if line.startswith(unit["code"])]
        assert unit["name"] in line
        if unit["area_coverage"] is None:
            assert "–" in line
        else:
            covered, _twice = re.findall(r"([0-9.]+)%", line)
            assert float(covered) == pytest.approx(100 * unit["area_coverage"], abs=0.051)


def test_the_table_says_what_its_figures_hold_for(shell: Command) -> None:
    said = shell("coverage", "--level", "county", "--radius", "500").stdout

    assert "within 500 m in a straight line" in said
    assert "CGCS2000" in said
    assert "Demonstration data" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--radius", "49"], "49 is not from 50 to 50,000"),
        (["--radius", "nan"], "is not a number"),
        (["--radius", "1e3"], "is not a number"),
        (["--level", "village"], "not one of 'township', 'county', 'city'"),
        (["--open", "arrival"], "needs an origin"),
        (["--open-only"], "--open-only needs --open"),
        (["--demand", "nobody"], "nobody"),
        (["--distance", "network_walk"], "No street network is loaded"),
        (["--gaps", "0"], "1<=x<=100"),
        (["--hours", "--gaps", "3"], "leave --gaps and --open out"),
        (["--date", "2026-11-23"], "--date needs --hours"),
        (["--hours", "--date", "23.11.2026"], "does not match"),
        (["--json", "--csv", "x.csv"], "ask for one of them"),
        (["--csv", "/nowhere/at/all.csv"], "No such file or directory"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(
    shell: Command, arguments: list[str], words: str
) -> None:
    result = shell("coverage", *arguments)

    assert result.exit_code in {1, 2}
    assert words in result.output
    assert "Traceback" not in result.output


def test_a_question_that_is_refused_leaves_an_older_file_as_it_was(
    shell: Command, tmp_path: Path
) -> None:
    file = tmp_path / "coverage.csv"
    file.write_text("older", encoding="utf-8")

    shell("coverage", "--csv", file, "--open-only")

    assert file.read_text(encoding="utf-8") == "older"

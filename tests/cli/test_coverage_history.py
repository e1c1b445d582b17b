"""`geo-service coverage --history` and `--on`: the API's figures."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.cli.conftest import Command

SPAN = ("--from", "2018-01-01", "--to", "2021-01-01")


def from_api(client: FlaskClient, **query: str) -> Any:
    asked = {"from": "2018-01-01", "to": "2021-01-01"} | query
    return client.get("/api/v1/coverage/history", query_string=asked).get_json(force=True)


@pytest.mark.parametrize(
    "question", [{}, {"level": "county", "step": "quarter"}, {"service": "breakfast"}]
)
def test_a_history_is_what_the_api_says(
    shell: Command, client: FlaskClient, question: dict[str, str]
) -> None:
    options = [part for key, value in question.items() for part in (f"--{key}", value)]

    result = shell("coverage", "--history", *SPAN, *options, "--json")

    ours, theirs = json.loads(result.stdout), from_api(client, **question)
    assert ours["days"] == theirs["days"]
    for key in ("place", "level", "revision", "radius_m", "distance_type"):
        assert ours[key] == theirs[key]


def test_a_history_as_csv_has_a_line_a_day(shell: Command, tmp_path: Path) -> None:
    file = tmp_path / "history.csv"

    result = shell("coverage", "--history", *SPAN, "--csv", file)

    assert result.stdout == f"Wrote {file}\n"
    lines = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"), newline="")))
    assert [line["on"][:4] for line in lines] == ["2018", "2019", "2020", "2021"]
    assert {line["radius_m"] for line in lines} == {"1000.0"}


def test_a_history_in_a_terminal_says_what_it_rests_on(shell: Command) -> None:
    said = shell("coverage", "--history", *SPAN).stdout

    for text in ("2018-01-01", "2021-01-01", "1,000 m", "revision", "演示数据", "today's"):
        assert text in said


def test_coverage_on_a_date_is_what_the_api_says(shell: Command, client: FlaskClient) -> None:
    ours = json.loads(shell("coverage", "--on", "2019-07-01", "--json").stdout)
    theirs = client.get("/api/v1/coverage?on=2019-07-01").get_json(force=True)

    assert ours["totals"] == theirs["totals"]
    assert ours["on"] == theirs["on"] == "2019-07-01"


@pytest.mark.parametrize(
    "options",
    [
        ("--from", "2018-01-01"),
        ("--history", "--on", "2018-01-01"),
        ("--history", "--open", "now"),
        ("--on", "2018-13-01"),
        ("--history", "--from", "2020-01-01", "--to", "2019-01-01"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    shell: Command, options: tuple[str, ...]
) -> None:
    assert shell("coverage", *options).exit_code != 0

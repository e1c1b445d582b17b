"""The scorecard over HTTP."""

import csv
import io
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.support.schema import assert_as_described

PATH = "/api/v1/scorecard"


def asked(client: FlaskClient, query: str = "") -> Any:
    return client.get(f"{PATH}?{query}").get_json()


def table(client: FlaskClient, query: str) -> list[dict[str, str]]:
    text = client.get(f"{PATH}?f=csv&{query}").get_data(as_text=True)
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.parametrize("level", ["station", "township"])
def test_the_answer_is_as_described(client: FlaskClient, level: str) -> None:
    answer = asked(client, f"level={level}")

    assert_as_described(client, PATH, "get", answer, "application/json")


def test_every_mark_has_its_reason(client: FlaskClient) -> None:
    rows = asked(client, "level=station")["rows"]

    assert len(rows) == 203
    assert all(
        mark["reason"] and mark["reason_zh"] for row in rows for mark in row["marks"].values()
    )


def test_townships_add_up_to_the_totals(client: FlaskClient) -> None:
    answer = asked(client)

    for key, counts in answer["totals"]["marks"].items():
        for shown, count in counts.items():
            assert sum(row["marks"][key][shown] for row in answer["rows"]) == count
    assert answer["totals"]["stations"] == 203


def test_of_a_demonstration_nothing_can_be_found_on_a_map(client: FlaskClient) -> None:
    answer = asked(client)

    assert answer["totals"]["marks"]["findable"] == {"yes": 0, "no": 0, "unknown": 203}
    assert any(note.startswith("演示数据") for note in answer["notes"])


def test_a_wider_spacing_is_met_by_more(client: FlaskClient) -> None:
    narrow, wide = (asked(client, f"spacing={m}")["totals"]["marks"] for m in (500, 5000))

    assert narrow["layout"]["yes"] < wide["layout"]["yes"]
    assert narrow["rules"] == wide["rules"]


def test_pages_of_stations_hold_each_once(client: FlaskClient) -> None:
    found, path = [], f"{PATH}?level=station&limit=90"
    while path:
        answer = client.get(path).get_json()
        found += [row["id"] for row in answer["rows"]]
        path = next((each["href"] for each in answer["links"] if each["rel"] == "next"), "")

    assert len(found) == len(set(found)) == 203


def test_the_table_says_what_the_json_says(client: FlaskClient) -> None:
    rows = {row["id"]: row for row in asked(client, "level=station")["rows"]}

    for line in table(client, "level=station"):
        for key, mark in rows[line["id"]]["marks"].items():
            assert line[f"has_{key}"] == mark["shown"]
            assert line[f"why_{key}_en"] == mark["reason"]


def test_the_table_of_townships_names_what_it_rests_on(client: FlaskClient) -> None:
    lines = table(client, "level=township&spacing=800")

    assert len(lines) == 58
    assert {(line["spacing_m"], line["distance_type"]) for line in lines} == {
        ("800.0", "straight line")
    }


@pytest.mark.parametrize("query", ["level=city", "spacing=1", "f=xlsx", "limit=0", "radius=1"])
def test_what_cannot_be_asked_is_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"{PATH}?{query}").status_code == 400

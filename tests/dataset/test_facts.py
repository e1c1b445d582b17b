"""The facts of the programme: kept with their sources, conflicts included."""

import pytest

from tests.dataset.shipped import rows

FACTS = {row["key"]: row for row in rows("programme.csv")}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("stations", "203"),
        ("sanitation_pickup_points", "20"),
        ("sanitation_workers_served", ">2900"),
        ("bus_driver_points", "10"),
        ("bus_drivers_served", "550"),
    ],
)
def test_the_totals_of_the_programme_are_as_reported(key: str, value: str) -> None:
    assert FACTS[key]["value"] == value


def test_every_fact_names_where_it_is_from() -> None:
    assert all(row["source_title"] for row in FACTS.values())


def test_only_the_total_of_stations_lacks_a_published_text_and_says_so() -> None:
    assert [key for key, row in FACTS.items() if not row["source_url"]] == ["stations"]
    assert "no published text found" in FACTS["stations"]["source_title"]


def test_the_two_conflicting_first_years_both_stand_and_point_at_each_other() -> None:
    sanitation, project = FACTS["sanitation_breakfast_since"], FACTS["breakfast_project_since"]
    assert (sanitation["value"], project["value"]) == ("2016", "2015")
    assert "breakfast_project_since" in sanitation["note"]
    assert "sanitation_breakfast_since" in project["note"]


def test_nine_real_places_are_named_and_none_has_coordinates() -> None:
    places = rows("named_places.csv")
    assert len({place["name"] for place in places}) == 9
    assert not {"longitude", "latitude", "coordinates"} & set(places[0])


def test_no_demonstration_station_bears_the_name_of_a_real_place() -> None:
    real = {place["name"] for place in rows("named_places.csv")}
    register = rows("stations.csv")
    assert not any(
        name in station["name"] + station["address"] for name in real for station in register
    )

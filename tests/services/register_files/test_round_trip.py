"""A file that was exported and is imported as it is changes nothing, to the last bit."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from geo_service.domain.place import Revision
from geo_service.domain.station import ServiceKind, Station
from geo_service.persistence.dataset import STATION_COLUMNS
from geo_service.persistence.station_files import (
    HEADERS,
    Language,
    RowDraft,
    StationTable,
    read_station_file,
)
from geo_service.services.register_files.contents import Contents
from geo_service.services.register_files.files import RegisterForm, RegisterPress
from tests.support.any_stations import TRICKY, registers
from tests.support.register import a_dataset, a_station

_OWN = (
    *("id", "name", "name_en", "amenities", "address", "township_code", "telephone", "capacity"),
    *("accessibility", "reading", "data_status", "source", "accuracy_m"),
    *(column for column in STATION_COLUMNS if column.endswith("_on")),
)


def contents_of(stations: Sequence[Station]) -> Contents:
    revision = Revision(
        number=7, committed_at=datetime(2026, 11, 1, 8, tzinfo=UTC), author="a", reason="b"
    )
    return Contents(revision, a_dataset(stations))


def read_again(
    stations: Sequence[Station], form: RegisterForm, language: Language, folder: Path
) -> tuple[StationTable, list[RowDraft]]:
    path = folder / f"register.{form}"
    RegisterPress().write(contents_of(stations), form, language, path)
    with read_station_file(path, datum=None) as table:
        return table, list(table.rows)


def said_of(station: Station) -> dict[str, Any]:
    """What a row has to say of a station."""
    offered = {service.kind: service for service in station.services}
    said = {field: getattr(station, field) for field in _OWN}
    said["services"] = frozenset(offered)
    for kind in ServiceKind:
        service = offered.get(kind)
        said[f"{kind}_hours"] = service and service.opening_hours
        said[f"{kind}_for"] = service and service.groups
    return said


def differences(stations: Sequence[Station], drafts: Sequence[RowDraft]) -> list[Any]:
    assert len(drafts) == len(stations)
    return [
        (station.id, field, value, getattr(draft, field), draft.faults)
        for station, draft in zip(stations, drafts, strict=True)
        for field, value in said_of(station).items()
        if getattr(draft, field) != value
    ]


@given(
    stations=registers,
    form=st.sampled_from([RegisterForm.CSV, RegisterForm.XLSX, RegisterForm.GEOJSON]),
    language=st.sampled_from(["zh", "en"]),
)
# Each example starts two programs: few of them, and many stations in each.
@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_whatever_stations_there_are_come_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory,
    stations: list[Station],
    form: RegisterForm,
    language: Language,
) -> None:
    table, drafts = read_again(stations, form, language, tmp_path_factory.mktemp("any"))

    assert (table.faults, table.wrong) == ((), 0)
    assert differences(stations, drafts) == []


@pytest.mark.parametrize("form", [RegisterForm.CSV, RegisterForm.XLSX, RegisterForm.GEOJSON])
def test_every_text_that_is_taken_for_something_else_comes_back(
    form: RegisterForm, tmp_path: Path
) -> None:
    stations = [
        a_station(f"A-{number:03}", name=text.strip("\t\ufeff"), address=text.strip("\t\ufeff"))
        for number, text in enumerate(TRICKY)
    ]

    _, drafts = read_again(stations, form, "zh", tmp_path)

    assert differences(stations, drafts) == []


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("form", [RegisterForm.CSV, RegisterForm.XLSX])
def test_every_column_is_understood_and_none_is_more(
    form: RegisterForm, language: Language, tmp_path: Path
) -> None:
    table, _ = read_again([a_station("A-1")], form, language, tmp_path)

    (sheet,) = table.sheets
    assert set(sheet.columns) == set(STATION_COLUMNS)
    assert {field: column.header for field, column in sheet.columns.items()} == {
        column: HEADERS[column].in_(language) for column in STATION_COLUMNS
    }
    assert sheet.unknown == ()

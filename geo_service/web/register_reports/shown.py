"""Reports in the words of those who look after them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from geo_service.domain.register import Register
from geo_service.domain.report import QueuedReport, Report, ReportGroup, grouped
from geo_service.domain.station import Station, StationId
from geo_service.persistence.reports import ReportStore
from geo_service.services.report_queue import StationReports
from geo_service.web.language import Language
from geo_service.web.register_reports.words import WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCard:
    """What several people say alike."""

    label: str
    numbers: list[int]
    voices: str
    newest: str
    words: list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StationCard:
    """A station with what is said of it; ``station`` is None where the register has it no more."""

    id: StationId
    station: Station | None
    name: str
    where: str
    reported_closed: str
    verified: str
    groups: list[GroupCard]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandledRow:
    """A report that somebody looked at."""

    number: int
    id: StationId
    name: str
    label: str
    words: str
    sent: str
    state: str
    outcome: str
    by: str
    at: str
    why: str


def of_station(store: ReportStore, station_id: StationId) -> list[StationReports]:
    """Return the open reports of one station, if there are any."""
    groups = tuple(grouped(store.open_of([station_id])))
    return [StationReports(station_id=station_id, groups=groups)] if groups else []


def station_cards(
    register: Register, found: Iterable[StationReports], language: Language
) -> list[StationCard]:
    """Return the queue's stations as cards."""
    return [_card(register, each, language) for each in found]


def handled_rows(
    register: Register, reports: Sequence[QueuedReport], language: Language
) -> list[HandledRow]:
    """Return reports that were looked at as lines of a table."""
    words = WORDS[language]
    rows = []
    for each in reports:
        handling = each.handling
        assert handling is not None  # the database keeps both or neither
        station = _station(register, each.report.station_id)
        into = "" if handling.merged_into is None else f" → {handling.merged_into}"
        rows.append(
            HandledRow(
                number=each.number,
                id=each.report.station_id,
                name=words["gone"] if station is None else _name(station, language),
                label=label(each.report, language),
                words=each.report.words or "",
                sent=_moment(register, each.sent_at),
                state=each.state.value,
                outcome=words[f"state_{each.state}"] + into,
                by=handling.by,
                at=_moment(register, handling.at),
                why=handling.why or "",
            )
        )
    return rows


def label(report: Report, language: Language) -> str:
    """Say what a report says is wrong."""
    words = WORDS[language]
    said = words[f"kind_{report.kind}"]
    if report.amenity is not None:
        said += words["colon"] + words[f"amenity_{report.amenity}"]
    return said


def _card(register: Register, found: StationReports, language: Language) -> StationCard:
    words = WORDS[language]
    station = _station(register, found.station_id)
    township = register.townships_by_code.get((station and station.township_code) or "")
    reported = None if station is None else station.reported_closed_on
    verified = None if station is None else station.verified_on
    return StationCard(
        id=found.station_id,
        station=station,
        name=words["gone"] if station is None else _name(station, language),
        where=""
        if township is None
        else (township.name_en or township.name if language == "en" else township.name),
        reported_closed="" if reported is None else words["reported"].format(day=reported),
        verified=words["never_verified"]
        if verified is None
        else words["verified"].format(day=verified),
        groups=[_group(register, each, language) for each in found.groups],
    )


def _group(register: Register, group: ReportGroup, language: Language) -> GroupCard:
    newest = group.reports[0]
    return GroupCard(
        label=label(newest.report, language),
        numbers=group.numbers,
        voices=WORDS[language]["voices"].format(count=group.voices),
        newest=_moment(register, newest.sent_at),
        words=[
            (_moment(register, each.sent_at), each.report.words)
            for each in group.reports
            if each.report.words
        ],
    )


def _station(register: Register, station_id: StationId) -> Station | None:
    number = register.stations.number_of(station_id)
    return None if number is None else register.stations[number]


def _name(station: Station, language: Language) -> str:
    return (language == "en" and station.name_en) or station.name


def _moment(register: Register, instant: datetime) -> str:
    return f"{instant.astimezone(register.place.zone):%Y-%m-%d %H:%M}"

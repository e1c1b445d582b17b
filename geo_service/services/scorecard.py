"""Say which of the union's six things each station has, by station and by township."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from geo_service.domain.coordinate import Metres
from geo_service.domain.register import Register
from geo_service.domain.scorecard import (
    SPACING,
    Having,
    Shown,
    StationCard,
    Tally,
    cards_of,
    tally,
)
from geo_service.domain.station import StationFilter
from geo_service.domain.township import Township
from geo_service.services.notes import Language
from geo_service.services.scorecard_words import reason_text

Row = dict[str, Any]

LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")


class ScorecardLevel(StrEnum):
    """What a line of the scorecard is about."""

    STATION = "station"
    TOWNSHIP = "township"


@dataclass(frozen=True, slots=True, kw_only=True)
class TownshipCard:
    """The marks of a township's stations, counted; by record, not by outline."""

    township: Township
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """All stations marked, by identifier; townships by code; and all together."""

    spacing: Metres
    stations: Sequence[StationCard]
    townships: Sequence[TownshipCard]
    totals: Tally
    elsewhere: int


def scorecard(register: Register, *, spacing: Metres = SPACING) -> Scorecard:
    """Mark every station of the register."""
    cards = cards_of([each for each, _ in register.select(StationFilter())], spacing=spacing)
    grouped: dict[str | None, list[StationCard]] = {}
    for card in cards:
        grouped.setdefault(card.station.township_code, []).append(card)
    return Scorecard(
        spacing=spacing,
        stations=cards,
        townships=[
            TownshipCard(township=each, tally=tally(grouped.get(each.code, [])))
            for each in register.townships
        ],
        totals=tally(cards),
        elsewhere=len(grouped.get(None, [])),
    )


def station_row(register: Register, card: StationCard) -> Row:
    """Lay a station's marks out flat, each with its reason in both languages."""
    station = card.station
    township = register.townships_by_code.get(station.township_code or "")
    row: Row = {
        "id": station.id,
        "name": station.name,
        "name_en": station.name_en,
        "township_code": station.township_code,
        "township_name": township and township.name,
        "data_status": station.data_status.value,
        "shown": card.shown,
    }
    for having, mark in card.marks.items():
        row[f"has_{having}"] = mark.shown.value
        for language in LANGUAGES:
            row[f"why_{having}_{language}"] = reason_text(mark, language)
    return row


def township_row(card: TownshipCard) -> Row:
    """Lay a township's counts out flat."""
    township = card.township
    return {
        "code": township.code,
        "name": township.name,
        "name_en": township.name_en,
        "county_code": township.county_code,
        **tally_row(card.tally),
    }


def tally_row(counted: Tally) -> Row:
    """Lay counts out flat: stations, those that show all six, and of each of the six each mark."""
    return {
        "stations": counted.stations,
        "all_six": counted.all_six,
        **{
            f"{having}_{shown}": counted.counts[having][shown]
            for having in Having
            for shown in Shown
        },
    }

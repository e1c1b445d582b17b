"""The union's 六有: which of six things a station has, as far as its own record shows.

The six are those that unions in Henan ask of a station (潢川, 2022): a uniform name and sign, a
sensible layout, facilities, functions, rules, and being found on a map. What makes each of them is
nowhere published as something to be counted, so it is chosen here, and each mark says why it was
given:

* name: the name carries one of the words that such places are called by;
* layout: another station within the spacing, 1 km as the programme's 双15 of 2023 has it;
* facilities: what the programme promises first, a seat, water and a place to heat a meal;
* functions: what it promises next, health advice, medicine or something to read, or breakfast;
* rules: for every service, when it is open and for whom;
* findable: the position known well enough to stand before the door.

What a record does not say is unknown, never no. A list of amenities is taken to be whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo_service.domain.coordinate import WGS84, Metres
from geo_service.domain.ecef import ecef
from geo_service.domain.station import Amenity, DataStatus, ServiceKind, Station


class Having(StrEnum):
    """One of the six."""

    NAME = "name"
    LAYOUT = "layout"
    FACILITIES = "facilities"
    FUNCTIONS = "functions"
    RULES = "rules"
    FINDABLE = "findable"


class Shown(StrEnum):
    """What a record shows of it."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


SPACING: Final = Metres(1000.0)
WITHIN_SIGHT: Final = Metres(100.0)

CALLED: Final = ("驿站", "户外劳动者", "服务站点", "rest station", "workers' station")
FACILITIES: Final = (Amenity.SEATING, Amenity.WATER, Amenity.MEAL_HEATING)
FUNCTIONS: Final = (Amenity.HEALTH_ADVICE, Amenity.FIRST_AID, Amenity.READING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What is shown, and why: ``reason`` is a key of words, which take ``values``."""

    shown: Shown
    reason: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StationCard:
    """The six marks of one station."""

    station: Station
    marks: Mapping[Having, Mark]

    @property
    def shown(self) -> int:
        """Count what its record shows it to have."""
        return sum(mark.shown is Shown.YES for mark in self.marks.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many stations have each mark of each of the six."""

    stations: int
    all_six: int
    counts: Mapping[Having, Mapping[Shown, int]]


def cards_of(stations: Sequence[Station], *, spacing: Metres = SPACING) -> list[StationCard]:
    """Mark stations, which are all that there are: each is a neighbour to the others."""
    metres = metres_to_next(
        np.array([station.coordinate.longitude for station in stations]),
        np.array([station.coordinate.latitude for station in stations]),
    ).tolist()
    return [
        card_of(station, Metres(distance), spacing=spacing)
        for station, distance in zip(stations, metres, strict=True)
    ]


def card_of(station: Station, to_next: Metres, *, spacing: Metres = SPACING) -> StationCard:
    """Mark a station that is so far from the next one; infinite: there is no other."""
    return StationCard(
        station=station,
        marks={
            Having.NAME: _name(station),
            Having.LAYOUT: _layout(station, to_next, spacing),
            Having.FACILITIES: _facilities(station),
            Having.FUNCTIONS: _functions(station),
            Having.RULES: _rules(station),
            Having.FINDABLE: _findable(station),
        },
    )


def tally(cards: Sequence[StationCard]) -> Tally:
    """Count marks."""
    return Tally(
        stations=len(cards),
        all_six=sum(card.shown == len(Having) for card in cards),
        counts={
            having: {
                shown: sum(card.marks[having].shown is shown for card in cards) for shown in Shown
            }
            for having in Having
        },
    )


def metres_to_next(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Measure from each station to the nearest other one; infinite where there is no other.

    Given are degrees on WGS 84, shape (n,) each.
    """
    if len(x) < 2:
        return np.full(len(x), np.inf)
    places = ecef(x, y)
    # Of the two nearest one is the station itself, or another at the very same place.
    two = np.asarray(cKDTree(places).query(places, k=2)[1], dtype=np.intp)
    itself = two[:, 0] == np.arange(len(x))
    other = np.where(itself, two[:, 1], two[:, 0])
    return np.asarray(WGS84.inv(x, y, x[other], y[other])[2], dtype=np.float64)


def _name(station: Station) -> Mark:
    names = " ".join(filter(None, (station.name, station.name_en))).lower()
    word = next((each for each in CALLED if each in names), None)
    if word is None:
        return Mark(shown=Shown.UNKNOWN, reason="name_unknown")
    return Mark(shown=Shown.YES, reason="name_yes", values={"word": word})


def _layout(station: Station, metres: Metres, spacing: Metres) -> Mark:
    accuracy = station.accuracy_m
    if accuracy is not None and accuracy > spacing:
        return Mark(shown=Shown.UNKNOWN, reason="layout_unknown", values={"accuracy": accuracy})
    if not np.isfinite(metres):
        return Mark(shown=Shown.NO, reason="layout_alone")
    values = {"metres": metres, "spacing": spacing}
    if metres <= spacing:
        return Mark(shown=Shown.YES, reason="layout_yes", values=values)
    return Mark(shown=Shown.NO, reason="layout_no", values=values)


def _facilities(station: Station) -> Mark:
    if not station.amenities:
        return Mark(shown=Shown.UNKNOWN, reason="amenities_unknown")
    missing = tuple(each for each in FACILITIES if each not in station.amenities)
    if missing:
        return Mark(shown=Shown.NO, reason="facilities_no", values={"amenities": missing})
    return Mark(shown=Shown.YES, reason="facilities_yes", values={"amenities": FACILITIES})


def _functions(station: Station) -> Mark:
    if any(service.kind is ServiceKind.BREAKFAST for service in station.services):
        return Mark(shown=Shown.YES, reason="functions_breakfast")
    if not station.amenities:
        return Mark(shown=Shown.UNKNOWN, reason="amenities_unknown")
    found = tuple(each for each in FUNCTIONS if each in station.amenities)
    if found:
        return Mark(shown=Shown.YES, reason="functions_yes", values={"amenities": found})
    return Mark(shown=Shown.NO, reason="functions_no", values={"amenities": FUNCTIONS})


def _rules(station: Station) -> Mark:
    without = tuple(each.kind for each in station.services if each.opening_hours is None)
    if without:
        return Mark(shown=Shown.UNKNOWN, reason="rules_unknown", values={"services": without})
    return Mark(shown=Shown.YES, reason="rules_yes")


def _findable(station: Station) -> Mark:
    if station.data_status is DataStatus.DEMONSTRATION:
        return Mark(shown=Shown.UNKNOWN, reason="findable_made_up")
    accuracy = station.accuracy_m
    if accuracy is None:
        return Mark(shown=Shown.UNKNOWN, reason="findable_unknown")
    shown = Shown.YES if accuracy <= WITHIN_SIGHT else Shown.NO
    return Mark(shown=shown, reason=f"findable_{shown}", values={"accuracy": accuracy})

"""Where a question starts when nobody knows where the asker stands."""

from collections.abc import Iterator, Sequence
from statistics import fmean
from typing import Final
from weakref import WeakKeyDictionary

from geo_service.domain.coordinate import Coordinate
from geo_service.domain.register import Register
from geo_service.domain.township import Township


def centre_of(register: Register, township: Township) -> Coordinate | None:
    """Return a place inside a township to look from; None where nobody knows one.

    Its outline's centroid or, where that lies outside, a point that does not; else the mean of
    its stations; else its seat.
    """
    known = _CENTRES.get(register)
    if known is None:
        known = _CENTRES[register] = dict(_centres(register))
    return known[township.code]


_CENTRES: Final[WeakKeyDictionary[Register, dict[str, Coordinate | None]]] = WeakKeyDictionary()
_DECIMALS: Final = 5  # of a degree: a metre


def _centres(register: Register) -> Iterator[tuple[str, Coordinate | None]]:
    inside: dict[str, list[Coordinate]] = {}
    for station in register.stations:
        if station.township_code is not None:
            inside.setdefault(station.township_code, []).append(station.coordinate)
    for township in register.townships:
        yield township.code, _centre(township, inside.get(township.code, []))


def _centre(township: Township, stations: Sequence[Coordinate]) -> Coordinate | None:
    outline = township.boundary
    if outline is not None:
        middle = outline.centroid
        if not outline.contains(middle):
            middle = outline.point_on_surface()
        return _rounded(middle.x, middle.y)
    if stations:
        return _rounded(
            fmean(each.longitude for each in stations), fmean(each.latitude for each in stations)
        )
    seat = township.seat
    return None if seat is None else _rounded(seat.longitude, seat.latitude)


def _rounded(x: float, y: float) -> Coordinate:
    return Coordinate(longitude=round(x, _DECIMALS), latitude=round(y, _DECIMALS))

"""Where a question starts when nobody knows where the asker stands: a township, a name."""

from statistics import fmean

from geo_service.domain.coordinate import Coordinate
from geo_service.domain.register import Register
from geo_service.domain.station import Station
from geo_service.domain.township import Township


def centre_of(register: Register, township: Township) -> Coordinate | None:
    """Return a township's middle: its outline's centroid, else the mean of its stations.

    None where neither is known: a place is not guessed.
    """
    if township.boundary is not None:
        middle = township.boundary.centroid
        return Coordinate(longitude=middle.x, latitude=middle.y)
    inside = [each.coordinate for each in register.stations if each.township_code == township.code]
    if not inside:
        return township.seat
    return Coordinate(
        longitude=fmean(each.longitude for each in inside),
        latitude=fmean(each.latitude for each in inside),
    )


def named(register: Register, text: str, limit: int) -> list[Station]:
    """Return the stations whose name, English name or identifier holds the text, in order."""
    wanted = text.casefold()
    found = (
        each
        for each in register.stations
        if any(
            wanted in words.casefold() for words in (each.name, each.name_en or "", str(each.id))
        )
    )
    return [station for station, _ in zip(found, range(limit), strict=False)]

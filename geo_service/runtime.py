"""What a request or a command may reach for: the only look-ups on the running app."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple, cast
from zoneinfo import ZoneInfo

from flask import Flask, current_app, g

from geo_service.domain.coordinate import Bounds, Metres
from geo_service.domain.register import Overrides, Register
from geo_service.domain.served_area import ServedArea
from geo_service.domain.street_network import StreetNetwork
from geo_service.domain.walking import Walking
from geo_service.persistence.database import Database
from geo_service.persistence.snapshots import Snapshot, Snapshots
from geo_service.persistence.street_network import StreetNetworkFile
from geo_service.persistence.tallies import Tallies
from geo_service.settings import Settings

_RUNTIME: Final = "geo_service.runtime"
_HELD: Final = "held"


class Clock:
    """The present moment; tests put another in its place."""

    def now(self) -> datetime:
        """Return the present as an aware instant."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """The parts of one running app."""

    settings: Settings
    database: Database
    published: Database
    snapshots: Snapshots
    clock: Clock
    walking: Walking
    served_area: ServedArea
    streets: StreetNetworkFile
    tallies: Tallies


def bind(app: Flask, runtime: Runtime) -> None:
    """Give an app its parts."""
    app.extensions[_RUNTIME] = runtime


def _runtime() -> Runtime:
    return cast("Runtime", current_app.extensions[_RUNTIME])


def settings() -> Settings:
    """Return how the running app was set up."""
    return _runtime().settings


def database() -> Database:
    """Return the database of the running app."""
    return _runtime().database


def published() -> Database:
    """Return the database as the role reads it that is asked under /ogc."""
    return _runtime().published


def snapshots() -> Snapshots:
    """Return what keeps the running app's copy of the register."""
    return _runtime().snapshots


def tallies() -> Tallies:
    """Return the counts of who came how often, which all workers share."""
    return _runtime().tallies


class Held(NamedTuple):
    """What a request is answered from; and how old that was at its start, if worth saying.

    Judged once: an answer that takes long is not of an older register for that.
    """

    snapshot: Snapshot
    stale_s: float | None


def held() -> Held:
    """Return what this request is answered from, or raise RegisterUnavailableError.

    It stays the same from the request's start to its end, whatever is committed meanwhile.
    """
    found: Held | None = g.get(_HELD)
    if found is None:
        snapshot = _runtime().snapshots.current()
        found = Held(snapshot, snapshot.age_s if snapshot.is_stale else None)
        setattr(g, _HELD, found)
    return found


def held_if_asked() -> Held | None:
    """Return what this request was answered from; None where it asked nothing of the register."""
    used: Held | None = g.get(_HELD)
    return used


def register() -> Register:
    """Return the register that this request is answered from."""
    return held().snapshot.register


def now() -> datetime:
    """Return the present moment."""
    return _runtime().clock.now()


def walking() -> Walking:
    """Return how walks are estimated."""
    return _runtime().walking


def served_area() -> ServedArea:
    """Return how far from the register's bounds a question may be asked."""
    return _runtime().served_area


def street_network() -> StreetNetwork:
    """Return the streets that walks are measured along, or raise NoStreetNetworkError."""
    return _runtime().streets.network()


def streets_mark() -> str:
    """Return what tells the present street network from any other, without reading it."""
    return _runtime().streets.mark


def walking_of(given: Settings) -> Walking:
    """Return how an operator wants walks estimated."""
    return Walking(
        metres_per_minute=given.walking_speed_m_per_min, detour_factor=given.detour_factor
    )


def served_area_of(given: Settings) -> ServedArea:
    """Return how far from the register's bounds an operator lets questions be asked."""
    return ServedArea(margin=Metres(given.served_margin_m))


def streets_of(given: Settings) -> StreetNetworkFile:
    """Return where an operator keeps the street network."""
    return StreetNetworkFile(given.network or given.home / "network" / "streets.npz")


def overrides_of(given: Settings) -> Overrides:
    """Return what an operator says of the place."""
    return Overrides(
        name=given.place_name,
        zone=ZoneInfo(given.time_zone) if given.time_zone else None,
        bounds=Bounds.of(given.bounds) if given.bounds else None,
        crs=given.planar_crs,
    )


def tallies_of(given: Settings) -> Tallies:
    """Return the counts that the workers of one `serve` share."""
    return Tallies.shared(tallies_folder(given), given.workers)


def tallies_folder(given: Settings) -> Path:
    """Return where they are; `serve` empties it when it starts and when it ends."""
    return given.home / "run" / f"limits-{given.port}"

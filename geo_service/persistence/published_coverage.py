"""The coverage that is published beside the stations: measured here, kept for who reads views."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo_service.persistence.database import will_write

FIGURES: Final = (
    *("stations", "stations_rest", "stations_breakfast", "area_km2", "covered_km2"),
    *("area_coverage", "cross_coverage", "population", "stations_per_10000"),
    *("nearest_mean_m", "nearest_median_m", "nearest_p90_m", "nearest_max_m"),
)
_TAKE_TURN: Final = text("SELECT pg_advisory_xact_lock(hashtextextended('measured_coverage', 0))")
_OF: Final = text("SELECT revision, measured_on, radius_m FROM measured_coverage LIMIT 1")
_EMPTY: Final = text("DELETE FROM measured_coverage")
_ADD: Final = text(
    f"""INSERT INTO measured_coverage (code, revision, measured_on, radius_m, {", ".join(FIGURES)})
        VALUES (:code, :revision, :measured_on, :radius_m, {", ".join(f":{each}" for each in FIGURES)})"""  # noqa: S608, E501  our own words alone
)


class Measured(NamedTuple):
    """What figures are of: a revision, a day on which stations are in being, a radius in metres."""

    revision: int
    measured_on: date
    radius_m: float


class MeasuredCoverageStore:
    """The figures as they stand inside one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of(self) -> Measured | None:
        """Say what the figures there are of."""
        row = self._session.execute(_OF).one_or_none()
        return None if row is None else Measured(*row)

    def take_turn(self) -> None:
        """Hold off others who would write the same, until the transaction's end."""
        will_write(self._session)
        self._session.execute(_TAKE_TURN)

    def replace(self, measured: Measured, rows: Iterable[dict[str, Any]]) -> None:
        """Put figures in the place of those there are: a row a township, by its code."""
        self._session.execute(_EMPTY)
        known = [
            {"code": row["code"], **measured._asdict(), **{each: row[each] for each in FIGURES}}
            for row in rows
        ]
        if known:
            self._session.execute(_ADD, known)

"""How the domain lies in PostGIS: rows, columns, indexes, and nothing else."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from geoalchemy2 import Geography, Geometry, WKBElement
from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    String,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from geo_service.domain.account import Permission, Role
from geo_service.domain.change import ChangeKind
from geo_service.domain.coordinate import Coordinate
from geo_service.domain.datum import Datum
from geo_service.domain.holidays import HolidayKind, HolidayStatus
from geo_service.domain.report import LONGEST_WORDS, ReportKind, ReportState
from geo_service.domain.scenario import ScenarioState
from geo_service.domain.station import Accessibility, Amenity, DataStatus, Group, ServiceKind
from geo_service.domain.station_import import ImportState, RowKind
from geo_service.domain.township import BoundaryStatus


class Base(DeclarativeBase):
    """All tables; constraints are named by rule, so a migration can drop them."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
        }
    )


def _one_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _all_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} <@ ARRAY[{listed}]::varchar[]", name=column)


class RevisionRow(Base):
    """One committed change of the register. The largest number is the present state.

    It is added to, and never altered: the database refuses to.
    """

    __tablename__ = "revision"
    __table_args__ = (
        _one_of("kind", ChangeKind),
        CheckConstraint("undoes < number AND (undoes IS NULL OR kind = 'undo')", name="undoes"),
    )

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    committed_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
    author: Mapped[str]
    reason: Mapped[str]
    kind: Mapped[str]
    undoes: Mapped[int | None] = mapped_column(BigInteger)


class StationHistoryRow(Base):
    """What a revision made of a station; without a document, it took it out.

    It is added to, and never altered, as revisions are.
    """

    __tablename__ = "station_history"
    __table_args__ = (Index(None, "station_id", "revision"),)

    revision: Mapped[int] = mapped_column(
        # Checked at the commit: whether there is anything to keep is known before the revision is.
        ForeignKey("revision.number", deferrable=True, initially="DEFERRED"),
        primary_key=True,
    )
    station_id: Mapped[str] = mapped_column(primary_key=True)
    document: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class PlaceRow(Base):
    """The place served: one row, or none before the first load."""

    __tablename__ = "place"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1, autoincrement=False)
    name: Mapped[str]
    name_en: Mapped[str | None]
    time_zone: Mapped[str]
    title: Mapped[str]
    title_en: Mapped[str | None]
    population: Mapped[int | None]
    population_year: Mapped[int | None]
    population_source: Mapped[str | None]


class CountyRow(Base):
    """A county-level unit."""

    __tablename__ = "county"
    __table_args__ = (
        _one_of("boundary_status", BoundaryStatus),
        CheckConstraint("population >= 0", name="population"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_en: Mapped[str | None]
    boundary: Mapped[WKBElement | None] = mapped_column(
        Geometry("MULTIPOLYGON", srid=Coordinate.SRID)
    )
    boundary_status: Mapped[str]
    population: Mapped[int | None]
    population_year: Mapped[int | None]
    population_source: Mapped[str | None]
    source: Mapped[str]
    note: Mapped[str]


class TownshipRow(Base):
    """A township-level unit."""

    __tablename__ = "township"
    __table_args__ = (
        _one_of("boundary_status", BoundaryStatus),
        CheckConstraint("(boundary IS NULL) = (boundary_status = 'none')", name="boundary"),
        CheckConstraint("population >= 0", name="population"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_en: Mapped[str | None]
    county_code: Mapped[str | None] = mapped_column(ForeignKey("county.code"), index=True)
    boundary: Mapped[WKBElement | None] = mapped_column(
        Geometry("MULTIPOLYGON", srid=Coordinate.SRID)
    )
    boundary_status: Mapped[str]
    seat: Mapped[WKBElement | None] = mapped_column(
        Geometry("POINT", srid=Coordinate.SRID, spatial_index=False)
    )
    population: Mapped[int | None]
    population_year: Mapped[int | None]
    population_source: Mapped[str | None]
    source: Mapped[str]
    note: Mapped[str]


class StationRow(Base):
    """One station of the register."""

    __tablename__ = "station"
    __table_args__ = (
        _one_of("accessibility", Accessibility),
        _one_of("data_status", DataStatus),
        _one_of("reading_datum", Datum),
        _all_of("amenities", Amenity),
        CheckConstraint("capacity >= 0", name="capacity"),
        CheckConstraint("accuracy_m >= 0", name="accuracy_m"),
        CheckConstraint("closed_on > opened_on", name="closed_on"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_en: Mapped[str | None]
    location: Mapped[WKBElement] = mapped_column(Geography("POINT", srid=Coordinate.SRID))
    reading_x: Mapped[float]
    reading_y: Mapped[float]
    reading_datum: Mapped[str]
    amenities: Mapped[list[str]] = mapped_column(ARRAY(String))
    address: Mapped[str | None]
    township_code: Mapped[str | None] = mapped_column(ForeignKey("township.code"), index=True)
    telephone: Mapped[str | None]
    capacity: Mapped[int | None]
    accessibility: Mapped[str]
    data_status: Mapped[str]
    source: Mapped[str]
    accuracy_m: Mapped[float | None]
    verified_on: Mapped[date | None]
    opened_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    reported_closed_on: Mapped[date | None]
    services: Mapped[list["ServiceRow"]] = relationship(
        order_by="ServiceRow.kind.desc()", lazy="raise", passive_deletes=True
    )


class ServiceRow(Base):
    """One service of one station. An empty list of groups means anyone."""

    __tablename__ = "station_service"
    __table_args__ = (_one_of("kind", ServiceKind), _all_of("groups", Group))

    station_id: Mapped[str] = mapped_column(
        ForeignKey("station.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(primary_key=True)
    opening_hours: Mapped[str | None]
    groups: Mapped[list[str]] = mapped_column(ARRAY(String))


class HolidayRow(Base):
    """One day that is not what its weekday says."""

    __tablename__ = "holiday"
    __table_args__ = (_one_of("kind", HolidayKind), _one_of("status", HolidayStatus))

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    status: Mapped[str]
    source: Mapped[str]


class ClaimRow(Base):
    """One published figure about the programme."""

    __tablename__ = "claim"

    key: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    value: Mapped[str]
    unit: Mapped[str]
    as_of: Mapped[str]
    source_title: Mapped[str]
    source_url: Mapped[str]
    note: Mapped[str]


class ReportRow(Base):
    """One thing that somebody found wrong with a station. Nothing is kept of who that was.

    While it is open, ``senders`` tells several from one: hashes, each of a connection, the station
    and a day, under a key that the database has not.
    """

    __tablename__ = "station_report"
    __table_args__ = (
        _one_of("kind", ReportKind),
        _one_of("amenity", Amenity),
        CheckConstraint(f"char_length(words) <= {LONGEST_WORDS}", name="words"),
        _one_of("state", ReportState),
        CheckConstraint("(state = 'merged') = (merged_into IS NOT NULL)", name="merged"),
        CheckConstraint(
            "(state = 'open') = (handled_at IS NULL) AND (state = 'open') = (handled_by IS NULL) "
            "AND (state = 'open' OR senders = '{}')",
            name="handled",
        ),
        Index(None, "station_id", "sent_at"),
        Index(
            "ix_station_report_open",
            "station_id",
            "sent_at",
            postgresql_where=text("state = 'open'"),
        ),
    )

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    station_id: Mapped[str]  # no foreign key: a load replaces all stations, and reports stay
    kind: Mapped[str]
    amenity: Mapped[str | None]
    words: Mapped[str | None]
    revision: Mapped[int] = mapped_column(BigInteger)
    sent_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    state: Mapped[str] = mapped_column(server_default=text("'open'"))
    voices: Mapped[int] = mapped_column(server_default=text("1"))
    senders: Mapped[list[bytes]] = mapped_column(ARRAY(LargeBinary), server_default=text("'{}'"))
    handled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    handled_by: Mapped[str | None]
    handled_why: Mapped[str | None]
    merged_into: Mapped[int | None] = mapped_column(BigInteger)


class KeeperLinkRow(Base):
    """A way for a station's keeper to say that its record is right; of the token only a hash."""

    __tablename__ = "keeper_link"

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    station_id: Mapped[str] = mapped_column(index=True)  # no foreign key, as above
    token_hash: Mapped[str] = mapped_column(unique=True)
    made_by: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class RouteRow(Base):
    """A route that people travel often. Its line is on WGS 84; ``datum`` is what it came in."""

    __tablename__ = "route"
    __table_args__ = (
        CheckConstraint("id ~ '^[a-z0-9][a-z0-9-]{0,63}$'", name="id"),
        _one_of("datum", Datum),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    note: Mapped[str]
    datum: Mapped[str]
    line: Mapped[WKBElement] = mapped_column(
        Geometry("LINESTRING", srid=Coordinate.SRID, spatial_index=False)
    )


class ScenarioRow(Base):
    """The register as it might be: edits under a name, or sites still to be chosen."""

    __tablename__ = "scenario"
    __table_args__ = (
        CheckConstraint("id ~ '^[A-Za-z0-9_-]{22}$'", name="id"),
        CheckConstraint("jsonb_typeof(edits) = 'array'", name="edits"),
        _one_of("state", ScenarioState),
        Index(None, "state", "created_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    token_hash: Mapped[str]  # of what its maker was given to change it with
    name: Mapped[str]
    note: Mapped[str]
    listed: Mapped[bool]
    revision: Mapped[int] = mapped_column(BigInteger)
    terms: Mapped[dict[str, Any]] = mapped_column(JSONB)
    edits: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    suggestion: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    state: Mapped[str]
    progress: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    failure: Mapped[str | None]
    cancel_wanted: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    heartbeat_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class MeasuredCoverageRow(Base):
    """Coverage of one township, as it is published: of which revision, day and radius."""

    __tablename__ = "measured_coverage"

    code: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(BigInteger)
    measured_on: Mapped[date]
    radius_m: Mapped[float]
    stations: Mapped[int]
    stations_rest: Mapped[int]
    stations_breakfast: Mapped[int]
    area_km2: Mapped[float | None]
    covered_km2: Mapped[float | None]
    area_coverage: Mapped[float | None]
    cross_coverage: Mapped[float | None]
    population: Mapped[int | None]
    stations_per_10000: Mapped[float | None]
    nearest_mean_m: Mapped[float | None]
    nearest_median_m: Mapped[float | None]
    nearest_p90_m: Mapped[float | None]
    nearest_max_m: Mapped[float | None]


class DemandLayerRow(Base):
    """A demand layer without its points. Replacing one deletes it: its version is never reused."""

    __tablename__ = "demand_layer"
    __table_args__ = (
        CheckConstraint("id ~ '^[a-z0-9][a-z0-9-]{0,63}$'", name="id"),
        CheckConstraint("points > 0", name="points"),
        _one_of("data_status", DataStatus),
        _one_of("datum", Datum),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    name: Mapped[str]
    name_en: Mapped[str | None]
    unit: Mapped[str]
    unit_en: Mapped[str | None]
    data_status: Mapped[str]
    datum: Mapped[str]
    source: Mapped[str]
    as_of: Mapped[str | None]
    note: Mapped[str | None]
    estimate: Mapped[str | None]
    points: Mapped[int]
    total: Mapped[float]
    bounds: Mapped[list[float]] = mapped_column(ARRAY(Float))
    loaded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class DemandPointRow(Base):
    """One point of a demand layer, on WGS 84, numbered as in the file it came from."""

    __tablename__ = "demand_point"
    __table_args__ = (CheckConstraint("weight >= 0 AND weight < 'Infinity'", name="weight"),)

    layer_id: Mapped[str] = mapped_column(
        ForeignKey("demand_layer.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    location: Mapped[WKBElement] = mapped_column(
        Geometry("POINT", srid=Coordinate.SRID, spatial_index=False)
    )
    weight: Mapped[float]
    name: Mapped[str | None]


class AccountRow(Base):
    """One of the staff. Of the password only what an attacker would need years for is kept."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("login ~ '^[a-z0-9][a-z0-9._-]{1,31}$'", name="login"),
        _one_of("role", Role),
    )

    login: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str]
    counties: Mapped[list[str] | None] = mapped_column(ARRAY(String))  # NULL: all
    password_hash: Mapped[str]
    must_change: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    disabled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    signed_in_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class SessionRow(Base):
    """A browser that somebody is signed in with; its cookie cannot be made from the hash."""

    __tablename__ = "staff_session"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(ForeignKey("account.login", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    used_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class ProgramTokenRow(Base):
    """What a program may do in somebody's name, as long as they may; again only a hash."""

    __tablename__ = "program_token"
    __table_args__ = (_all_of("permissions", Permission),)

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    login: Mapped[str] = mapped_column(ForeignKey("account.login", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    permissions: Mapped[list[str]] = mapped_column(ARRAY(String))
    counties: Mapped[list[str] | None] = mapped_column(ARRAY(String))  # NULL: all of its owner's
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class SignInTryRow(Base):
    """How often a login was tried in vain lately, whether anybody has it or not.

    People type passwords where the login belongs: what was typed is kept as a keyed hash alone.
    """

    __tablename__ = "sign_in_try"

    login_hash: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    blocked_until: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    last_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


class StationImportRow(Base):
    """A file of stations somebody wants in the register: its dry run, and what became of it.

    ``file`` is compressed, and let go of when the import is over.
    """

    __tablename__ = "station_import"
    __table_args__ = (
        CheckConstraint("id ~ '^[A-Za-z0-9_-]{22}$'", name="id"),
        _one_of("state", ImportState),
        Index(None, "state", "changed_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    author: Mapped[str]
    approver: Mapped[str | None]
    reason: Mapped[str]
    file_name: Mapped[str]
    file: Mapped[bytes | None]
    options: Mapped[dict[str, Any]] = mapped_column(JSONB)
    state: Mapped[str]
    progress: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    revision: Mapped[int | None] = mapped_column(BigInteger)
    summary: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    failure: Mapped[str | None]
    applied: Mapped[int | None] = mapped_column(BigInteger)
    cancel_wanted: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    heartbeat_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class StationImportEntryRow(Base):
    """One row of an imported file, or a station that it lacks; ``document`` is to be written."""

    __tablename__ = "station_import_entry"
    __table_args__ = (_one_of("kind", RowKind),)

    import_id: Mapped[str] = mapped_column(
        ForeignKey("station_import.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    marks: Mapped[list[str]] = mapped_column(ARRAY(String))
    station_id: Mapped[str | None]
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    shown: Mapped[dict[str, Any]] = mapped_column(JSONB)
    document: Mapped[dict[str, Any] | None] = mapped_column(JSONB)

"""What is published as OGC API: read-only views of PostGIS, each as a provider of pygeoapi.

pygeoapi finds a provider by its name in the configuration and makes one at each request; which
database it reads is told by ``reading``.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import Any, Final, cast

import shapely
from geoalchemy2.functions import ST_Intersects, ST_MakeEnvelope
from geoalchemy2.shape import to_shape
from pygeoapi.provider.base import (
    BaseProvider,
    ProviderInvalidQueryError,
    ProviderItemNotFoundError,
)
from pygeoapi.provider.sql import PostgreSQLProvider
from sqlalchemy import ColumnElement, and_, asc, desc, or_, true
from sqlalchemy.exc import DBAPIError, StatementError

from geo_service.domain.coordinate import Coordinate
from geo_service.persistence.database import Database
from geo_service.persistence.published_views import GEOMETRY, VIEWS, PublishedStation

# What PostgreSQL says of a question: no such value or comparison; or PostGIS, no geometry.
_MEANINGLESS: Final = ("22", "42", "XX")
_SCHEMAS: Final[dict[type, dict[str, Any]]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    date: {"type": "string", "format": "date"},
}
_DAY: Final = len("2026-01-01")

_DATABASE: Final[ContextVar[Database]] = ContextVar("geo_service.published.database")
_FILTER: Final[ContextVar[Any]] = ContextVar("geo_service.published.filter", default=None)


@contextmanager
def reading(database: Database, condition: object = None) -> Iterator[None]:
    """Let the providers made in this context read a database, and only what a condition holds for.

    The condition is a tree of pygeofilter, on the views' columns.
    """
    told = _DATABASE.set(database), _FILTER.set(condition)
    try:
        yield
    finally:
        _DATABASE.reset(told[0])
        _FILTER.reset(told[1])


class PublishedView(PostgreSQLProvider):  # type: ignore[misc]  # pygeoapi is not typed
    """One view, read as pygeoapi reads a table of PostGIS, with the service's own driver."""

    def __init__(self, definition: dict[str, Any]) -> None:
        """Take up a view; nothing is asked of the database for it."""
        # Not the parents': they open an engine of their own with another driver, and ask the
        # database what columns there are.
        BaseProvider.__init__(self, definition)
        self.geom = GEOMETRY
        self.storage_crs = definition["storage_crs"]
        self.table_model = VIEWS[definition["data"]]
        self.table = self.table_model.__tablename__
        self._engine = _DATABASE.get().engine if _DATABASE.get(None) else None
        self.get_fields()

    def query(self, **asked: Any) -> dict[str, Any]:
        """Return the features that a question is about, as a feature collection."""
        with _DATABASE.get().told_of_loss(), _told_in_words():
            return cast("dict[str, Any]", super().query(**asked))

    def get(self, identifier: str, **asked: Any) -> dict[str, Any]:
        """Return one feature."""
        if re.search(r"[\0\ud800-\udfff]", identifier):  # PostgreSQL takes none of these
            raise ProviderItemNotFoundError(f"no such item: {identifier!r}")
        with _DATABASE.get().told_of_loss(), _told_in_words():
            return cast("dict[str, Any]", super().get(identifier, **asked))

    def get_fields(self) -> dict[str, dict[str, Any]]:
        """Return the properties of the features, each as JSON Schema has it."""
        columns = self.table_model.__table__.columns
        self._fields = {
            each.name: _SCHEMAS[each.type.python_type] for each in columns if each.name != GEOMETRY
        }
        return self._fields

    def _get_order_by_clauses(self, wanted: list[dict[str, str]], view: Any) -> list[Any]:
        """Order by what is wanted, and then by identifier: else pages would share features."""
        columns = view.__table__.columns
        clauses = [
            (desc if each["order"] == "-" else asc)(columns[each["property"]]).nulls_last()
            for each in wanted
        ]
        return [*clauses, asc(columns[self.id_field])]

    def _get_cql_filters(self, given: object) -> Any:
        return super()._get_cql_filters(_FILTER.get() if given is None else given)

    def _get_property_filters(self, properties: list[tuple[str, str]]) -> Any:
        columns = self.table_model.__table__.columns
        return and_(
            true(),
            *(columns[name] == columns[name].type.python_type(value) for name, value in properties),
        )

    def _get_bbox_filter(self, bbox: list[float]) -> ColumnElement[bool] | bool:
        if not bbox:
            return True
        return cast(
            "ColumnElement[bool]",
            ST_Intersects(
                ST_MakeEnvelope(*bbox, Coordinate.SRID), self.table_model.__table__.c.geometry
            ),
        )

    def _get_datetime_filter(self, given: str | None) -> Any:
        """Keep the stations in being at a day or in an interval; nothing else has a time."""
        if given in {None, "../.."} or self.table_model is not PublishedStation:
            return True
        begin, _, end = str(given).partition("/")
        end = end or begin
        view, conditions = PublishedStation, []
        if end != "..":
            conditions.append(
                or_(view.opened_on.is_(None), view.opened_on <= date.fromisoformat(end[:_DAY]))
            )
        if begin != "..":
            conditions.append(
                or_(view.closed_on.is_(None), view.closed_on > date.fromisoformat(begin[:_DAY]))
            )
        return and_(true(), *conditions)

    def _sqlalchemy_to_feature(self, row: Any, to_crs: Any = None) -> dict[str, Any]:
        known = vars(row)  # what was not asked for is not there
        shape = known.get(GEOMETRY)
        geometry = None if shape is None else to_shape(shape)
        if geometry is not None and to_crs is not None:
            geometry = to_crs(geometry)
        return {
            "type": "Feature",
            "id": known[self.id_field],
            "geometry": None if geometry is None else shapely.geometry.mapping(geometry),
            "properties": {name: known[name] for name in self.fields if name in known},
        }


@contextmanager
def _told_in_words() -> Iterator[None]:
    """Tell a question that PostgreSQL cannot make sense of from a fault of ours."""
    try:
        yield
    except (StatementError, KeyError, AttributeError, TypeError, ValueError) as error:
        state = getattr(getattr(error, "orig", None), "sqlstate", None) or ""
        if isinstance(error, DBAPIError) and not state.startswith(_MEANINGLESS):
            raise
        raise ProviderInvalidQueryError("the filter does not fit the collection") from error

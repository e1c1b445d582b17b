"""Save routes, and give them out again."""

from dataclasses import dataclass

from geo_service.domain.datum import Datum
from geo_service.domain.errors import InvalidQueryError, ParameterFault
from geo_service.domain.route import Route
from geo_service.domain.saved_route import SavedRoute, id_from
from geo_service.persistence.database import Database
from geo_service.persistence.routes import RouteStore
from geo_service.services.route_text import UnreadableRouteError, decoded, read_route


def saved_routes(database: Database) -> tuple[SavedRoute, ...]:
    """Return every saved route, by identifier, or raise RegisterUnavailableError."""
    with database.transaction() as session:
        return RouteStore(session).all()


def saved_route(database: Database, route_id: str) -> SavedRoute:
    """Return one saved route, or raise RouteNotFoundError or RegisterUnavailableError."""
    with database.transaction() as session:
        return RouteStore(session).one(route_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What to call a route; what is left out comes from the route's file."""

    identifier: str | None = None
    name: str | None = None
    note: str = ""


def route_from(content: bytes, *, stem: str, datum: Datum, label: Label = Label()) -> SavedRoute:
    """Read a route from a file's content, or raise InvalidQueryError.

    Its name is that in the file, else the file's own, ``stem``; its identifier comes from the
    name. GPX is always WGS 84; ``datum`` holds for the other forms.
    """
    try:
        read = read_route(decoded(content))
    except UnreadableRouteError as error:
        raise InvalidQueryError(ParameterFault("file", str(error))) from None
    name = label.name or read.name or stem
    return SavedRoute(
        id=label.identifier or id_from(name),
        name=name,
        note=label.note,
        datum=read.datum or datum,
        route=Route.through(read.places(datum)),
    )


def save_route(database: Database, saved: SavedRoute) -> None:
    """Keep a route, in the place of one of the same identifier."""
    with database.transaction() as session:
        RouteStore(session).save(saved)


def remove_route(database: Database, route_id: str) -> None:
    """Forget a route, or raise RouteNotFoundError."""
    with database.transaction() as session:
        RouteStore(session).remove(route_id)

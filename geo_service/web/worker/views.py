"""`/`: where to rest or eat, nearest first; complete without JavaScript."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from flask import Blueprint, render_template, request, url_for
from pydantic import Field

from geo_service import runtime
from geo_service.domain.coordinate import Coordinate
from geo_service.domain.errors import OutsideServedAreaError
from geo_service.domain.name_index import Likeness
from geo_service.domain.register import Register
from geo_service.domain.station import Amenity, Group, ServiceKind, Station, StationFilter
from geo_service.services.nearest import MAX_LIMIT, NearbyStation, NearestQuery, find_nearest
from geo_service.services.openness import OpenCondition, When
from geo_service.services.search import NamesFound, find_by_name
from geo_service.services.whereabouts import centre_of
from geo_service.web import params
from geo_service.web.language import Language, LanguageParameters, language_asked
from geo_service.web.page import page_context
from geo_service.web.params import Latitude, Longitude
from geo_service.web.worker.cards import Card, CardMaker
from geo_service.web.worker.said import Words
from geo_service.web.worker.words import WORDS

blueprint = Blueprint("worker", __name__, template_folder="templates")

# As many cards as a thumb goes through.
_CARDS: Final = 5
_NAMED: Final = 20
# On the page at once; the other amenities fold away behind "more".
_FIRST_AMENITIES: Final = (Amenity.WATER, Amenity.TOILET, Amenity.MEAL_HEATING, Amenity.HEATING)

# Fetched at once with the page, instead of one after the other as they import each other.
_MODULES: Final = (
    *(f"worker/{each}" for each in ("page", "cards", "said", "source", "navigation")),
    *("worker/position", "worker/display"),
    *(f"pocket/{each}" for each in ("pocket", "hours", "nearest", "geodesic", "stations")),
    *(f"pocket/{each}" for each in ("search", "sounds", "resemblance")),
)

Role = Literal["sanitation", "bus_driver", "other"]


class WorkerParameters(LanguageParameters):
    """GET /."""

    township: Annotated[
        str | None, Field(max_length=20, description="A township's code: look from its middle.")
    ] = None
    q: Annotated[
        str | None,
        Field(
            max_length=100, description="A station's or township's name: Chinese, pinyin, initials."
        ),
    ] = None
    lon: Longitude | None = None
    lat: Latitude | None = None
    service: Annotated[
        ServiceKind | None, Field(description="Only stations that offer this service.")
    ] = None
    group: Annotated[
        Role | None,
        Field(description="Only what these workers may use; other: only what is for anyone."),
    ] = None
    open: Annotated[
        Literal["arrival"] | None,
        Field(description="Only what is open, or may be, when one gets there."),
    ] = None
    amenity: Annotated[
        tuple[Amenity, ...], Field(description="Only stations with all of these.")
    ] = ()

    def conditions(self) -> StationFilter:
        """Return what does not depend on the time."""
        group = None if self.group in {None, "other"} else Group(self.group)
        return StationFilter(service=self.service, group=group, amenities=frozenset(self.amenity))

    def admits(self, station: Station) -> bool:
        """Say whether a station that matches the conditions is one these workers may use."""
        return self.group != "other" or any(
            not service.groups for service in self.conditions().services_of(station)
        )

    def open_condition(self) -> OpenCondition | None:
        """Return what must be open."""
        return None if self.open is None else OpenCondition(when=When.ARRIVAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where the distances of an answer start."""

    origin: Coordinate
    kind: Literal["township", "point"]
    name: str = ""

    def heading(self, words: Words, count: int) -> str:
        """Head the answer."""
        key = "results_near" if self.kind == "township" else "results_near_point"
        return words[key].format(count=count, name=self.name)

    def note(self, words: Words) -> str:
        """Say what a distance from here is worth."""
        return words["centre_note"].format(name=self.name) if self.kind == "township" else ""

    def known(self) -> dict[str, Any]:
        """Tell the page's script, which goes on from here."""
        at = self.origin
        return {"kind": self.kind, "name": self.name, "lon": at.longitude, "lat": at.latitude}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the page shows below its questions."""

    heading: str = ""
    note: str = ""
    cards: Sequence[Card] = ()
    can_widen: bool = False
    start: dict[str, Any] | None = None


@blueprint.get("/")
def index() -> str:
    """Show the nearest stations as cards, from wherever the question starts."""
    given = params.read_form(WorkerParameters)
    language = language_asked(given.lang)
    register = runtime.register()
    answer = _answer(register, given, language) if _is_question() else None
    return render_template(
        "worker/index.html",
        **page_context(register, language),
        w=WORDS[language],
        modules=_MODULES,
        given=given,
        answer=answer,
        townships=_townships(register, language),
        first_amenities=_FIRST_AMENITIES,
        more_amenities=[each for each in Amenity if each not in _FIRST_AMENITIES],
        known=_known(register, language) | {"start": None if answer is None else answer.start},
        widened=_widened(given, language),
    )


def _is_question() -> bool:
    """Say whether the form was sent: any field of it but the language stands in the address."""
    return bool(request.args.keys() - {"lang"})


def _answer(register: Register, given: WorkerParameters, language: Language) -> Answer:
    words = WORDS[language]
    maker = CardMaker(
        register=register, now=runtime.now(), language=language, root=request.root_path
    )
    if given.q is not None and given.q.strip():
        return _by_name(register, given, maker, given.q.strip())
    if given.township is not None:
        return _from_township(register, given, maker, given.township)
    if given.lon is not None and given.lat is not None:
        origin = Coordinate(longitude=given.lon, latitude=given.lat)
        try:
            runtime.served_area().check(register, origin)
        except OutsideServedAreaError:
            text = words["outside_text"].format(place=_name(register.place, language))
            return Answer(heading=words["outside_heading"], note=text)
        return _nearest(register, given, maker, Start(origin=origin, kind="point"))
    return Answer(heading=words["ask_somewhere"], note=words["ask_somewhere_text"])


def _by_name(register: Register, given: WorkerParameters, maker: CardMaker, text: str) -> Answer:
    words = WORDS[maker.language]
    found = find_by_name(register, text, runtime.now(), _NAMED)
    if _means_township(found):
        return _from_township(register, given, maker, found.townships[0].township.code)
    if not found.stations:
        return Answer(heading=words["none"], note=words["none_text"])
    heading = words["results_named"].format(count=len(found.stations), name=text)
    return Answer(heading=heading, cards=[maker.card(each.station) for each in found.stations])


def _means_township(found: NamesFound) -> bool:
    """Say whether a township is more like what was written than any station."""
    if not found.stations or not found.townships:
        return bool(found.townships)
    order = list(Likeness)
    return order.index(found.townships[0].by) < order.index(found.stations[0].by)


def _from_township(
    register: Register, given: WorkerParameters, maker: CardMaker, code: str
) -> Answer:
    words = WORDS[maker.language]
    township = register.townships_by_code.get(code)
    if township is None:
        return Answer(heading=words["ask_somewhere"], note=words["ask_somewhere_text"])
    name, centre = _name(township, maker.language), centre_of(register, township)
    if centre is None:
        return Answer(heading=words["none"], note=words["township_unplaced"].format(name=name))
    return _nearest(register, given, maker, Start(origin=centre, kind="township", name=name))


def _nearest(register: Register, given: WorkerParameters, maker: CardMaker, start: Start) -> Answer:
    words = WORDS[maker.language]
    found = _found(register, given, maker, start.origin)
    if not found:
        return Answer(
            heading=words["none"], note=words["none_text"], can_widen=True, start=start.known()
        )
    return Answer(
        heading=start.heading(words, len(found)),
        note=start.note(words),
        cards=[
            maker.card(each.station, (float(each.distance), each.walk_minutes)) for each in found
        ],
        start=start.known(),
    )


def _found(
    register: Register, given: WorkerParameters, maker: CardMaker, origin: Coordinate
) -> list[NearbyStation]:
    query = NearestQuery(
        origin=origin,
        instant=maker.now,
        # Those for anyone alone are no filter of the register's: they are picked out of more.
        limit=MAX_LIMIT if given.group == "other" else _CARDS,
        conditions=given.conditions(),
        open=given.open_condition(),
    )
    answer = find_nearest(register, query, runtime.walking())
    return [each for each in answer.stations if given.admits(each.station)][:_CARDS]


def _townships(register: Register, language: Language) -> list[dict[str, Any]]:
    """Return the counties with their townships, for the list to choose from."""
    words = WORDS[language]
    shelves: dict[str, list[dict[str, Any]]] = {}
    for each in register.townships:
        county = register.counties_by_code.get(each.county_code or "")
        shelf = "" if county is None else _name(county, language)
        name, placed = _name(each, language), centre_of(register, each) is not None
        label = name if placed else words["nowhere"].format(name=name)
        shelves.setdefault(shelf, []).append(
            {"code": each.code, "name": label, "disabled": not placed}
        )
    return [{"name": name, "townships": listed} for name, listed in shelves.items()]


def _name(unit: Any, language: Language) -> str:
    name: str = unit.name_en or unit.name if language == "en" else unit.name
    return name


def _known(register: Register, language: Language) -> dict[str, Any]:
    """Return what the page's script has to know beforehand."""
    walking = runtime.walking()
    return {
        "language": language,
        "root": request.root_path,
        "static": url_for("static", filename=""),
        "zone": str(register.place.zone),
        "place": _name(register.place, language),
        "cards": _CARDS,
        "most": MAX_LIMIT,
        "walking": {
            "metresPerMinute": walking.metres_per_minute,
            "detourFactor": walking.detour_factor,
        },
        "words": WORDS[language],
    }


def _widened(given: WorkerParameters, language: Language) -> str:
    """Return the address of the same question without its conditions."""
    kept = {"township": given.township, "lon": given.lon, "lat": given.lat}
    return url_for(
        "worker.index",
        lang=language,
        **{name: value for name, value in kept.items() if value is not None},  # type: ignore[arg-type]
    )

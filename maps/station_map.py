"""Every station on one map: clusters, layers by service, a card for each."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from folium.plugins import MarkerCluster
from markupsafe import Markup
from shapely import Point

from geo_service.domain.station import Accessibility, Service, ServiceKind, Station
from geo_service.domain.township import BoundaryStatus
from maps.imprint import Basemap
from maps.language import WORDS, Language, words_for
from maps.outlines import Outlines, at, bounds_of, corners, name_of
from maps.sheet import TEMPLATES, Drawing, Frame, Sheet
from maps.text import safe_link

OPENNESS = frozenset({"open", "closed", "unknown"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceHours:
    """When one service is open: its hours in words, and whether it is open at the map's instant.

    ``openness`` is ``open``, ``closed`` or ``unknown``, or None on a map that does not say;
    ``note`` says more ("7:10 关", "tomorrow at 5:30").
    """

    hours: str | None = None
    openness: str | None = None
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse an openness that is none of the three answers."""
        if self.openness is not None and self.openness not in OPENNESS:
            raise ValueError(f"openness {self.openness!r} is not one of {sorted(OPENNESS)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class MapStation:
    """A station, and what its card says beyond the register.

    ``links`` leads to navigation: a provider (``amap``, ``baidu``, ``tencent``, ``apple``, ``geo``,
    or a name to be shown as it is) → an address, in the datum that the provider takes.
    """

    station: Station
    hours: Mapping[ServiceKind, ServiceHours] = field(default_factory=dict)
    township: str | None = None
    links: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a link that would run instead of lead somewhere."""
        for url in self.links.values():
            safe_link(url)


def draw(
    stations: Sequence[MapStation],
    *,
    outlines: Outlines,
    frame: Frame,
    basemap: Basemap | None = None,
) -> Sheet:
    """Draw the stations over the outlines, in the frame's language; a name is text, never markup.

    Render the answer with ``maps.rendering.render``.
    """
    bounds = bounds_of(
        [
            *outlines.geometries(),
            *(Point(at(each.station.coordinate)[::-1]) for each in stations),
        ]
    )
    chart = Sheet(
        kind="stations",
        frame=frame,
        panel=_panel(stations, outlines, frame.language),
        bounds=bounds,
    )
    # show=False: our script puts it on the map after the first view is set, without an animation.
    cluster = MarkerCluster(  # type: ignore[no-untyped-call]
        control=False, show=False, maxClusterRadius=46, showCoverageOnHover=False
    )
    cluster._id = "stations"  # noqa: SLF001 - the same map gives the same bytes
    cluster.add_to(chart)
    content = {
        "words": words_for("stations", frame.language),
        "bounds": corners(bounds),
        "basemap": None if basemap is None else basemap.to_json(),
        "outlines": outlines.to_json(frame.language),
        "stations": [_card(each, frame.language) for each in stations],
    }
    Drawing("stations", content, scripts=["maps_search", "maps_stations"], layers=[cluster]).add_to(
        chart
    )
    return chart


def _panel(stations: Sequence[MapStation], outlines: Outlines, language: Language) -> Markup:
    counts = Counter(
        kind for each in stations for kind in {one.kind for one in each.station.services}
    )
    return Markup(  # noqa: S704 - an autoescaped template
        TEMPLATES.get_template("station_panel.html.j2").render(
            words=WORDS[language],
            counts={kind.value: counts[kind] for kind in ServiceKind},
            openness_known=any(
                hours.openness for each in stations for hours in each.hours.values()
            ),
            outlined=bool(outlines.geometries()),
            approximate=any(
                unit.boundary_status is BoundaryStatus.APPROXIMATE for unit in outlines.townships
            ),
        )
    )


def _card(shown: MapStation, language: Language) -> dict[str, object]:
    """Return what the card says, without what is not known."""
    station = shown.station
    card: dict[str, object | None] = {
        "id": station.id,
        "name": name_of(station.name, station.name_en, language),
        "other_name": station.name if language == "en" and station.name_en else station.name_en,
        "at": at(station.coordinate),
        "services": [
            _service(service, shown.hours.get(service.kind, ServiceHours()))
            for service in station.services
        ],
        "amenities": sorted(amenity.value for amenity in station.amenities) or None,
        "township": shown.township,
        "address": station.address,
        "telephone": station.telephone,
        "capacity": station.capacity,
        "access": None
        if station.accessibility is Accessibility.UNKNOWN
        else station.accessibility.value,
        "accuracy": None if station.accuracy_m is None else round(station.accuracy_m),
        "verified": None if station.verified_on is None else station.verified_on.isoformat(),
        "reported": None
        if station.reported_closed_on is None
        else WORDS[language]["stations.reported_closed"].format(
            day=station.reported_closed_on.isoformat()
        ),
        "status": station.data_status.value,
        "source": station.source,
        "links": dict(shown.links) or None,
    }
    return {key: value for key, value in card.items() if value is not None}


def _service(service: Service, hours: ServiceHours) -> dict[str, object]:
    said: dict[str, object | None] = {
        "kind": service.kind.value,
        "hours": hours.hours,
        "openness": hours.openness,
        "note": hours.note or None,
        "groups": sorted(group.value for group in service.groups) or None,
    }
    return {key: value for key, value in said.items() if value is not None}

"""Coverage by unit: a choropleth, catchments, gaps, and every figure with what it rests on."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from markupsafe import Markup
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo_service.domain.coordinate import Coordinate, Metres
from geo_service.domain.station import Amenity, Group, ServiceKind
from geo_service.domain.township import BoundaryStatus
from maps.imprint import Basemap
from maps.language import WORDS, Language, words_for
from maps.measures import (
    MEASURES,
    Figure,
    Measure,
    breaks_of,
    class_of,
    colour_of,
    number,
    range_of,
    written,
)
from maps.outlines import Outlines, at, bounds_of, corners, for_drawing, label_place, name_of
from maps.sheet import TEMPLATES, Drawing, Frame, Sheet
from maps.text import safe_link

LEVELS = ("township", "county", "city")


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageUnit:
    """A unit and its figures: ``properties`` by the keys of ``maps.measures.MEASURES``."""

    code: str
    name: str
    boundary: Polygon | MultiPolygon | None
    boundary_status: BoundaryStatus
    name_en: str | None = None
    properties: Mapping[str, Figure] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageQuestion:
    """What was asked; the map prints it, and its form can ask again.

    ``distance_type`` and ``crs`` are shown as they are given; ``open_at`` is the instant in
    the place's own time; ``on`` is the day whose stations were counted, where it was asked for.
    """

    radius_m: Metres
    measure: str = "area_coverage"
    level: str = "township"
    service: ServiceKind | None = None
    group: Group | None = None
    amenities: frozenset[Amenity] = frozenset()
    open_at: datetime | None = None
    crs: str | None = None
    on: date | None = None

    def __post_init__(self) -> None:
        """Refuse a measure or a level that no map shows."""
        if self.measure not in MEASURES or not MEASURES[self.measure].on_map:
            raise ValueError(f"no map shows {self.measure!r}")
        if self.level not in LEVELS:
            raise ValueError(f"level {self.level!r} is not one of {LEVELS}")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstGap:
    """The place of a unit that is farthest from any station."""

    unit: str
    coordinate: Coordinate
    distance_m: Metres


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageLayers:
    """What can be laid over the choropleth. Geometries are in degrees on WGS 84.

    ``stations`` are those that were counted; a catchment of the question's radius goes with each.
    """

    stations: Sequence[Coordinate] = ()
    gaps: BaseGeometry | None = None
    worst_gaps: Sequence[WorstGap] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionForm:
    """Where the form on the page leads (a GET), with what it carries along (``lang``)."""

    action: str
    carried: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse an address that would run instead of lead somewhere."""
        safe_link(self.action)


def draw(  # noqa: PLR0913 - a map has this many parts, each with its name
    units: Sequence[CoverageUnit],
    *,
    question: CoverageQuestion,
    frame: Frame,
    outlines: Outlines | None = None,
    layers: CoverageLayers | None = None,
    totals: Mapping[str, Figure] | None = None,
    form: QuestionForm | None = None,
    basemap: Basemap | None = None,
) -> Sheet:
    """Draw the units, shaded by the question's measure; those without a boundary are listed.

    ``outlines.counties`` are drawn above the units. Without ``form`` (files that open offline)
    the page has no controls that need a server. Render the answer with ``maps.rendering.render``.
    """
    language = frame.language
    ground = outlines or Outlines()
    over = layers or CoverageLayers()
    shading = _Shading.of(units, MEASURES[question.measure])
    bounds = bounds_of([*(unit.boundary for unit in units), *ground.geometries()])
    panel = _panel(units, shading, question, language, layers=over, totals=totals or {}, form=form)
    chart = Sheet(kind="coverage", frame=frame, panel=panel, bounds=bounds)
    content = {
        "words": words_for("coverage", language),
        "bounds": corners(bounds),
        "basemap": None if basemap is None else basemap.to_json(),
        "basis": basis(question, language),
        "status": frame.imprint.line(language),
        "outlines": {"counties": ground.to_json(language)["counties"], "townships": []},
        "units": [_feature(unit, shading, language) for unit in units if unit.boundary],
        "layers": _layers_json(over, question.radius_m),
    }
    Drawing("coverage", content, scripts=["maps_coverage"]).add_to(chart)
    return chart


def basis(question: CoverageQuestion, language: Language) -> str:
    """Say in one line what every figure of the page rests on."""
    words = WORDS[language]
    parts = [words["coverage.basis"].format(radius=f"{question.radius_m:.0f}")]
    if question.service is not None:
        parts.append(words[f"service_{question.service}"])
    if question.group is not None:
        parts.append(words[f"group_{question.group}"])
    parts += [words[f"amenity_{amenity}"] for amenity in sorted(question.amenities)]
    if question.open_at is not None:
        parts.append(words["coverage.open_at"].format(when=f"{question.open_at:%Y-%m-%d %H:%M}"))
    if question.on is not None:
        parts.append(words["coverage.on_day"].format(day=question.on.isoformat()))
    if question.crs:
        parts.append(question.crs)
    return " · ".join(parts)


@dataclass(frozen=True, slots=True)
class _Shading:
    """Which class and colour each unit gets, by its code."""

    measure: Measure
    breaks: tuple[float, ...]
    classes: Mapping[str, int]

    @classmethod
    def of(cls, units: Sequence[CoverageUnit], measure: Measure) -> "_Shading":
        values = {unit.code: number(unit.properties.get(measure.key)) for unit in units}
        known = {code: value for code, value in values.items() if value is not None}
        breaks = breaks_of(measure, known.values())
        classes = {code: class_of(value, breaks) for code, value in known.items()}
        return cls(measure, breaks, classes)

    def colour(self, code: str) -> int | None:
        """Return the colour of a unit, or None: hatched."""
        if code not in self.classes:
            return None
        return colour_of(self.classes[code], self.breaks)

    def legend(self) -> list[dict[str, object]]:
        """Return the classes, low to high, with how many units fall into each."""
        sizes = Counter(self.classes.values())
        return [
            {
                "colour": colour_of(position, self.breaks),
                "range": range_of(self.measure, position, self.breaks),
                "units": sizes[position],
            }
            for position in range(len(self.breaks) + 1)
        ]


def _feature(unit: CoverageUnit, shading: _Shading, language: Language) -> dict[str, object]:
    assert unit.boundary is not None
    return {
        "type": "Feature",
        "geometry": for_drawing(unit.boundary),
        "properties": {
            "code": unit.code,
            "name": name_of(unit.name, unit.name_en, language),
            "at": label_place(unit.boundary),
            "worth": unit.boundary_status.value,
            "colour": shading.colour(unit.code),
        },
    }


def _layers_json(layers: CoverageLayers, radius_m: Metres) -> dict[str, object]:
    return {
        "stations": [at(each) for each in layers.stations],
        "radius": radius_m,
        "gaps": None if layers.gaps is None else for_drawing(layers.gaps),
        "worst": [
            {"at": at(gap.coordinate), "unit": gap.unit, "metres": round(gap.distance_m)}
            for gap in layers.worst_gaps
        ],
    }


def _panel(  # noqa: PLR0913 - the parts of the panel
    units: Sequence[CoverageUnit],
    shading: _Shading,
    question: CoverageQuestion,
    language: Language,
    *,
    layers: CoverageLayers,
    totals: Mapping[str, Figure],
    form: QuestionForm | None,
) -> Markup:
    words = WORDS[language]
    rows = [_row(unit, shading, language) for unit in units]
    shown_layers = {
        "stations": layers.stations,
        "catchments": layers.stations,
        "gaps": layers.gaps,
        "worst": layers.worst_gaps,
    }
    return Markup(  # noqa: S704 - an autoescaped template
        TEMPLATES.get_template("coverage_panel.html.j2").render(
            words=words,
            question=question,
            basis=basis(question, language),
            form=form,
            choices={
                "level": LEVELS,
                "measure": [each.key for each in MEASURES.values() if each.on_map],
                "service": list(ServiceKind),
                "group": list(Group),
                "amenity": list(Amenity),
            },
            totals=_figures(totals, language),
            legend=shading.legend(),
            without_value=sum(1 for unit in units if unit.code not in shading.classes),
            layers=[name for name, held in shown_layers.items() if held],
            drawn=[row for row in rows if row["drawn"]],
            undrawn=[row for row in rows if not row["drawn"]],
            narrowed=any(
                [
                    question.service,
                    question.group,
                    question.amenities,
                    question.open_at,
                    question.on,
                ]
            ),
            approximate=any(unit.boundary_status is BoundaryStatus.APPROXIMATE for unit in units),
        )
    )


def _row(unit: CoverageUnit, shading: _Shading, language: Language) -> dict[str, object]:
    value = unit.properties.get(shading.measure.key)
    return {
        "code": unit.code,
        "name": name_of(unit.name, unit.name_en, language),
        "drawn": unit.boundary is not None,
        "boundary": WORDS[language][f"boundary_{unit.boundary_status}"],
        "colour": shading.colour(unit.code),
        "value": written(shading.measure, value),
        "figures": _figures(unit.properties, language),
    }


def _figures(properties: Mapping[str, Figure], language: Language) -> list[tuple[str, str | None]]:
    """Return the figures there are, in the order of the measures: what each is, and its value."""
    return [
        (WORDS[language][f"coverage.{measure.key}"], written(measure, properties[measure.key]))
        for measure in MEASURES.values()
        if measure.key in properties
    ]

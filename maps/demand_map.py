"""A layer of demand on a map: where the people are whom stations are for, as far as is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup
from shapely import box

from geo_service.domain.demand import DemandLayer
from maps.demand_marks import DemandMarks, marks_of
from maps.language import WORDS, Language, words_for
from maps.measures import Measure, written
from maps.outlines import Outlines, bounds_of, corners, name_of
from maps.sheet import TEMPLATES, Drawing, Frame, Sheet
from maps.text import safe_link

_LISTED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerChoice:
    """A form that asks for another layer (a GET): where it leads, and the layers there are."""

    action: str
    layers: Sequence[tuple[str, str]]
    carried: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse an address that would run instead of lead somewhere."""
        safe_link(self.action)


def draw(
    layer: DemandLayer, *, frame: Frame, outlines: Outlines, choice: LayerChoice | None = None
) -> Sheet:
    """Draw a layer over the outlines; render the answer with ``maps.rendering.render``."""
    marks = marks_of(layer.points)
    x, y = layer.points.at.degrees
    extent = box(float(x.min()), float(y.min()), float(x.max()), float(y.max()))
    bounds = bounds_of([*outlines.geometries(), extent])
    language = frame.language
    unit = name_of(layer.unit, layer.unit_en, language)
    chart = Sheet(
        kind="demand", frame=frame, panel=_panel(layer, marks, choice, language), bounds=bounds
    )
    content = {
        "words": words_for("demand", language),
        "bounds": corners(bounds),
        "basemap": None,
        "outlines": outlines.to_json(language),
        "name": name_of(layer.name, layer.name_en, language),
        "unit": unit,
        "status": _status(layer, language),
        "marks": marks.to_json(),
    }
    Drawing("demand", content, scripts=["maps_demand"]).add_to(chart)
    return chart


def _status(layer: DemandLayer, language: Language) -> str:
    """Say in one line what the layer is worth."""
    parts = [WORDS[language][f"status_{layer.data_status}"], layer.estimate or ""]
    return " · ".join(part for part in parts if part)


def _panel(
    layer: DemandLayer, marks: DemandMarks, choice: LayerChoice | None, language: Language
) -> Markup:
    words = WORDS[language]
    points, form = layer.points, Measure(key="demand", form="whole")
    facts = {
        "unit": name_of(layer.unit, layer.unit_en, language),
        "total": written(form, points.total),
        "points": written(form, len(points)),
        "as_of": layer.as_of,
        "source": layer.source,
        "version": str(layer.version),
    }
    return Markup(  # noqa: S704 - an autoescaped template
        TEMPLATES.get_template("demand_panel.html.j2").render(
            words=words,
            layer=layer,
            name=name_of(layer.name, layer.name_en, language),
            unit=facts["unit"],
            status=words[f"status_{layer.data_status}"],
            facts=[(words[f"demand.{key}"], value) for key, value in facts.items() if value],
            marks=marks,
            cell="" if marks.cell_m is None else f"{marks.cell_m / 1000:g}",
            largest=[each for each in marks.circles[:_LISTED] if each.name],
            choice=choice,
        )
    )

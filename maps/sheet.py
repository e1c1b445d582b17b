"""The sheet that a map is drawn on: Folium's map, in a page of this service."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import folium
from branca.element import Element, Figure
from folium.elements import JSCSSMixin
from folium.template import Template
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from geo_service.domain.coordinate import Bounds
from geo_service.domain.station import DataStatus
from maps import assets
from maps.imprint import Imprint
from maps.language import WORDS, Language, tag_of
from maps.text import json_block, safe_link

TEMPLATES = Environment(
    loader=PackageLoader("maps"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What surrounds a map on its page: its language, its imprint, and ways to other pages."""

    language: Language
    imprint: Imprint
    navigation: Mapping[str, str] = field(default_factory=dict)  # what it says → where it leads

    def __post_init__(self) -> None:
        """Refuse a way that would run instead of lead somewhere."""
        for url in self.navigation.values():
            safe_link(url)


class Page(Figure):
    """Folium's figure, written as one of our pages."""

    def __init__(self, kind: str, frame: Frame, panel: Markup) -> None:
        super().__init__()
        self.kind = kind
        self.frame = frame
        self.panel = panel

    def render(
        self, *, title: str = "", lang: str = "", asset_base: str = "/static", **kwargs: Any
    ) -> str:
        """Return the page; the map's scripts and styles are taken from ``asset_base``."""
        assets.move_to(asset_base, _within(self))
        for child in self._children.values():
            child.render(**kwargs)
        imprint, language = self.frame.imprint, self.frame.language
        return TEMPLATES.get_template("page.html.j2").render(
            title=title,
            lang=lang or tag_of(language),
            kind=self.kind,
            words=WORDS[language],
            navigation=self.frame.navigation,
            demonstration=imprint.data_status is DataStatus.DEMONSTRATION,
            imprint=imprint.line(language),
            panel=self.panel,
            # Folium's own markup: it holds numbers and names made by us, no text of the data.
            head=Markup(self.header.render(**kwargs)),  # noqa: S704
            body=Markup(self.html.render(**kwargs)),  # noqa: S704
            script=Markup(self.script.render(**kwargs)),  # noqa: S704
        )


class Sheet(folium.Map):
    """A Folium map without jQuery and Bootstrap, that a reader may zoom."""

    # As Folium's, but for: inline styles (a style sheet has them), the viewport that forbids
    # zooming, the imperial scale, and the switches that nobody sets.
    _template = Template(
        """
        {% macro html(this, kwargs) %}
            <div class="folium-map" id="{{ this.get_name() }}"></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.map(
                {{ this.get_name()|tojson }},
                {
                    center: {{ this.location|tojson }},
                    crs: L.CRS.{{ this.crs }},
                    ...{{ this.options|tojavascript }}
                }
            );
        {% endmacro %}
        """
    )

    def __init__(self, *, kind: str, frame: Frame, panel: Markup, bounds: Bounds | None) -> None:
        super().__init__(
            location=_middle(bounds),
            zoom_start=11 if bounds else 2,
            tiles=None,
            zoom_control=False,  # made by chart.js, with words
            attribution_control=False,  # Leaflet's would take the credit for markup
            maxZoom=18,  # without tiles nothing else sets it, and clusters need one
            minZoom=2,
            zoomSnap=0.5,
        )
        self._id = kind  # the same map gives the same bytes
        self.default_js = assets.named("leaflet", "maps_chart", "maps_outlines")
        self.default_css = assets.named("leaflet_css", "tokens_css", "maps_css")
        Page(kind, frame, panel).add_child(self)


class Drawing(JSCSSMixin):
    """The content of a map: one block of JSON, and the script of ours that draws it."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            charts.{{ this.kind }}(
                {{ this._parent.get_name() }},
                {{ this.block|tojson }}
                {%- for each in this.layers %}, {{ each.get_name() }}{% endfor %}
            );
        {% endmacro %}
        """
    )

    def __init__(
        self,
        kind: str,
        content: Mapping[str, object],
        *,
        scripts: Sequence[str],
        layers: Sequence[Element] = (),
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Drawing"
        self._id = kind
        self.kind = kind
        self.block = f"{kind}-content"
        self.content = content
        self.layers = layers
        self.default_js = assets.named(*scripts)

    def render(self, **kwargs: Any) -> None:  # type: ignore[override]  # as Folium's, which answers None
        """Put the content into the page as it is, past Folium's and Jinja's templates."""
        block = _Verbatim(json_block(self.block, self.content))
        page = self.get_root()
        assert isinstance(page, Page)
        page.html.add_child(block, name=self.block)
        super().render(**kwargs)  # type: ignore[no-untyped-call]


class _Verbatim(Element):
    """Markup that is not compiled as a template, as branca does with everything else."""

    def __init__(self, markup: Markup) -> None:
        super().__init__()
        self._name = "Verbatim"
        self._markup = markup

    def render(self, **kwargs: Any) -> str:  # noqa: ARG002 - branca's signature
        return str(self._markup)


def _within(element: Element) -> Iterator[Element]:
    for child in element._children.values():  # noqa: SLF001 - branca has no other way in
        yield child
        yield from _within(child)


def _middle(bounds: Bounds | None) -> tuple[float, float] | None:
    if bounds is None:
        return None
    # Leaflet alone puts latitude first.
    return (bounds.south + bounds.north) / 2, (bounds.west + bounds.east) / 2

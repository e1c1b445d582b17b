"""What stands on every map beside the map: of which data it is made, and when."""

from dataclasses import dataclass
from datetime import datetime

from geo_service.domain.datum import Datum
from geo_service.domain.station import DataStatus
from maps.language import WORDS, Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Imprint:
    """The data a map shows: the register's revision, the instant, its worth and its source."""

    revision: int
    made_at: datetime
    data_status: DataStatus
    source: str
    caution: str | None = None
    """What the reader has to know of this copy of the data, in the map's language."""

    def __post_init__(self) -> None:
        """Refuse an instant that does not say its time zone."""
        if self.made_at.tzinfo is None:
            raise ValueError("made_at needs a time zone")

    def line(self, language: Language) -> str:
        """Say it in one line, as it stands at the foot of a map."""
        words = WORDS[language]
        return " · ".join(
            [
                *([self.caution] if self.caution else []),
                f"{words['revision']} {self.revision}",
                f"{self.made_at:%Y-%m-%d %H:%M}",
                "WGS 84",
                words[f"status_{self.data_status}"],
                self.source,
            ]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Basemap:
    """Tiles under the map: an address with {z}, {x} and {y}, whom to credit, and their datum.

    The map itself is on WGS 84. On tiles of another datum places seem to lie hundreds of metres
    off; the map then says so at its foot. The host of the tiles must be in the page's ``img-src``.
    """

    url: str
    attribution: str
    datum: Datum = Datum.WGS84
    max_zoom: int = 18

    def to_json(self) -> dict[str, object]:
        """Return it as the map's script takes it."""
        return {
            "url": self.url,
            "attribution": self.attribution,
            "datum": self.datum.value.upper(),
            "shifted": self.datum is not Datum.WGS84,
            "maxZoom": self.max_zoom,
        }

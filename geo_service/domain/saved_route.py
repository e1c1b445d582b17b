"""Routes that people travel often, kept with the register."""

import re
from dataclasses import dataclass
from typing import Final

from geo_service.domain.datum import Datum
from geo_service.domain.errors import InvalidQueryError, ParameterFault
from geo_service.domain.pinyin import syllables
from geo_service.domain.route import Route

_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)
_LONGEST_NAME: Final = 100
_LONGEST_NOTE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedRoute:
    """A route under a name; ``datum`` is what its line came in, before it was converted."""

    id: str
    name: str
    route: Route
    note: str = ""
    datum: Datum = Datum.WGS84

    def __post_init__(self) -> None:
        """Refuse what could not be shown or asked for."""
        faults = []
        if not _ID.fullmatch(self.id):
            reason = "must be small letters, digits and hyphens, like bus-3"
            faults.append(ParameterFault("id", reason))
        if not self.name.strip() or len(self.name) > _LONGEST_NAME or not self.name.isprintable():
            reason = f"must be a line of text, of {_LONGEST_NAME} characters at most"
            faults.append(ParameterFault("name", reason))
        if len(self.note) > _LONGEST_NOTE or "\0" in self.note:
            faults.append(ParameterFault("note", f"takes at most {_LONGEST_NOTE} characters"))
        if faults:
            raise InvalidQueryError(*faults)


def id_from(name: str) -> str:
    """Return an identifier made of a name, by its sound: 清扫 1 线 becomes qing-sao-1-xian."""
    spelled = re.sub(r"[^a-z0-9]+", "-", "-".join(syllables(name)))
    return spelled[:64].strip("-")

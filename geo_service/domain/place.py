"""The place served: its name, its clock, the claims made about its programme."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The city, or whatever the register is of."""

    name: str
    zone: ZoneInfo
    title: str
    name_en: str | None = None
    title_en: str | None = None
    population: int | None = None
    population_year: int | None = None
    population_source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A figure someone published about the programme, with who and where; not checked here."""

    key: str
    name: str
    value: str
    unit: str
    as_of: str
    source_title: str
    source_url: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One state of the whole register; each committed change makes the next."""

    number: int
    committed_at: datetime
    author: str
    reason: str

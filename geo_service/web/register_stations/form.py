"""The form of a record: what a browser sends, as an edit; and a record, as the form shows it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any, Final

from flask import request
from pydantic import Field
from werkzeug.datastructures import MultiDict  # noqa: TC002 - beside those that are looked at

from geo_service.domain.datum import Datum
from geo_service.domain.errors import (
    HoursNotUnderstoodError,
    InvalidQueryError,
    ParameterFault,
)
from geo_service.domain.hours_words import parse_hours
from geo_service.domain.register import Register
from geo_service.domain.station import (
    Accessibility,
    Amenity,
    DataStatus,
    Group,
    ServiceKind,
    Station,
)
from geo_service.services.edit import (
    NOT_GIVEN,
    POSITION,
    Follows,
    StationEdit,
    township_at,
)
from geo_service.web import access, params
from geo_service.web.language import LANGUAGES, Language, LanguageParameters, language_asked
from geo_service.web.params import Day, Decimal, Whole
from geo_service.web.register_hours.form import HoursForm, without_hours
from geo_service.web.station_changes import Reason

BY_BOUNDARY: Final = "by-boundary"
NO_TOWNSHIP: Final = "none"
HOURS: Final = tuple(f"{kind}_hours" for kind in ServiceKind)
_TAKE: Final = "take-"
_SEVERAL: Final = frozenset({"services", "rest_for", "breakfast_for", "amenities", "settles"})
_LONGEST: Final = 4000

Line = Annotated[str, Field(max_length=_LONGEST)]


class StationForm(LanguageParameters):
    """What the form of a record sends; a field left empty says that nothing is known."""

    seen: Annotated[int | None, Field(ge=0), Whole] = None
    id: Line | None = None
    reason: Reason = ""
    settles: tuple[Annotated[str, Field(pattern=r"^[0-9]{1,15}(,[0-9]{1,15})*$")], ...] = ()
    name: Line | None = None
    name_en: Line | None = None
    services: tuple[ServiceKind, ...] = ()
    rest_hours: Line | None = None
    rest_for: tuple[Group, ...] = ()
    breakfast_hours: Line | None = None
    breakfast_for: tuple[Group, ...] = ()
    amenities: tuple[Amenity, ...] = ()
    address: Line | None = None
    township_code: Line = BY_BOUNDARY
    telephone: Line | None = None
    capacity: Annotated[int | None, Whole] = None
    accessibility: Accessibility = Accessibility.UNKNOWN
    longitude: Annotated[float | None, Decimal] = None
    latitude: Annotated[float | None, Decimal] = None
    datum: Datum = Datum.WGS84
    data_status: DataStatus | None = None
    source: Line | None = None
    accuracy_m: Annotated[float | None, Decimal] = None
    verified_on: Annotated[date | None, Day] = None
    opened_on: Annotated[date | None, Day] = None
    closed_on: Annotated[date | None, Day] = None

    @property
    def settled(self) -> set[int]:
        """Return the reports that the change is the answer to."""
        return {int(number) for each in self.settles for number in each.split(",")}

    def edit(self) -> StationEdit:
        """Return what the form says of the record, but for the hours."""
        said: dict[str, Any] = {
            name: getattr(self, name)
            for name in type(self).model_fields
            if name not in {"lang", "seen", "id", "reason", "settles"}
        }
        for name in ("data_status", "longitude", "latitude"):
            if said[name] is None:
                said[name] = NOT_GIVEN
        for kind in ServiceKind:
            offered = kind in self.services
            # Hours that were left in the form of what is not done there any more go with it.
            said[f"{kind}_for"] = frozenset(said[f"{kind}_for"]) if offered else None
            said[f"{kind}_hours"] = None
        for name in ("name", "name_en", "address", "telephone", "source"):
            if isinstance(said[name], str):
                said[name] = _line(said[name])
        # What every record says cannot be emptied: that is told as a fault.
        said |= {name: said[name] or "" for name in ("name", "source")}
        return StationEdit(
            **said
            | {
                "services": frozenset(self.services),
                "amenities": frozenset(self.amenities),
                "township_code": _township(self.township_code),
            }
        )


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it was sent.

    What stands in its fields; of which fields somebody else's value is taken; and the hours, by
    their fields, where they were filled in in rows or words.
    """

    texts: Mapping[str, Any]
    taken: Mapping[str, str]
    hours: Mapping[str, HoursForm]

    def form(self) -> StationForm:
        """Read the form, or raise InvalidQueryError with all that cannot be read."""
        return params.read_given(StationForm, self.texts)

    def edit(self) -> StationEdit:
        """Return what the form says of the record, or raise InvalidQueryError."""
        given = self.form()
        hours, faults = self._hours(given)
        if faults:
            raise InvalidQueryError(*faults)
        return replace(given.edit(), **hours)

    def plain(self) -> dict[str, Any]:
        """Return the texts of the fields, those of the hours as expressions: for another form."""
        hours, _ = self._hours(self.form())
        kept = {name: text for name, text in self.texts.items() if name not in self.hours}
        return kept | {name: text for name, text in hours.items() if text is not None}

    def without(self, names: Collection[str]) -> "Sent":
        """Return the form as if some fields had been left out."""
        return Sent(
            {name: text for name, text in self.texts.items() if name not in names},
            self.taken,
            {name: hours for name, hours in self.hours.items() if name not in names},
        )

    @property
    def language(self) -> Language:
        """Return the language of the page."""
        return language_asked(LANGUAGES.get(str(self.texts.get("lang", ""))))

    @property
    def theirs(self) -> list[str]:
        """Return the fields that are to stay as somebody else has made them."""
        fields: list[str] = []
        for name, whose in self.taken.items():
            if whose == "theirs":
                fields += POSITION if name == "position" else [name]
        return fields

    def _hours(self, given: StationForm) -> tuple[dict[str, Any], list[ParameterFault]]:
        """Return the hours of what is offered, and what is wrong with them."""
        said: dict[str, Any] = {}
        faults = []
        for kind in given.services:
            name = f"{kind}_hours"
            text: str | None = getattr(given, name)
            try:
                if name in self.hours:
                    # The text is what the fields were filled in from.
                    said[name] = self.hours[name].expression_after(text)
                else:
                    said[name] = None if text is None else parse_hours(text)
            except HoursNotUnderstoodError as error:
                reason = error.in_chinese if self.language == "zh" else error.in_english
                faults.append(ParameterFault(name, reason))
        return said, faults


def sent() -> Sent:
    """Return the form that was posted."""
    hours = {
        name: HoursForm.from_fields(request.form, name)
        for name in HOURS
        if f"{name}-mode" in request.form
    }
    posted: MultiDict[str, str] = request.form
    for name in HOURS:
        posted = without_hours(posted, name)
    texts: dict[str, Any] = {}
    taken: dict[str, str] = {}
    for name, values in posted.lists():
        given = [each for each in values if each.strip()]
        if name.startswith(_TAKE):
            taken[name.removeprefix(_TAKE)] = values[0]
        elif given and name != access.CSRF_FIELD:
            texts[name] = given if name in _SEVERAL else given[0]
    return Sent(texts, taken, hours)


def filled(register: Register, station: Station) -> dict[str, Any]:
    """Return the texts that the form shows of a record."""
    texts: dict[str, Any] = {
        "id": station.id,
        "name": station.name,
        "name_en": station.name_en,
        "services": [each.kind.value for each in station.services],
        "amenities": [each.value for each in station.amenities],
        "address": station.address,
        "telephone": station.telephone,
        "capacity": station.capacity,
        "accessibility": station.accessibility.value,
        "longitude": repr(station.reading.x),
        "latitude": repr(station.reading.y),
        "datum": station.reading.datum.value,
        "data_status": station.data_status.value,
        "source": station.source,
        "accuracy_m": _number(station.accuracy_m),
        "township_code": _township_choice(register, station),
    }
    for service in station.services:
        texts[f"{service.kind}_hours"] = service.opening_hours
        texts[f"{service.kind}_for"] = [each.value for each in service.groups]
    for name in ("verified_on", "opened_on", "closed_on"):
        day = getattr(station, name)
        texts[name] = None if day is None else day.isoformat()
    return {name: text for name, text in texts.items() if text is not None}


def blank(identifier: str) -> dict[str, Any]:
    """Return the texts that the form of a new record shows."""
    return {
        "id": identifier,
        "services": [ServiceKind.REST.value],
        "datum": Datum.WGS84.value,
        "data_status": DataStatus.OFFICIAL.value,
        "accessibility": Accessibility.UNKNOWN.value,
        "township_code": BY_BOUNDARY,
    }


def _township_choice(register: Register, station: Station) -> str:
    around = township_at(register, station.coordinate, recorded=station.township_code)
    if around == station.township_code:
        return BY_BOUNDARY
    return station.township_code or NO_TOWNSHIP


def _township(text: str) -> str | Follows | None:
    if text == BY_BOUNDARY:
        return Follows.BOUNDARY
    return None if text == NO_TOWNSHIP else text


def _number(given: float | None) -> str | None:
    """Write a number as people do, and so that it is the same when it comes back."""
    return None if given is None else repr(given).removesuffix(".0")


def _line(text: str | None) -> str | None:
    """Return text as one line: what was pasted brings ends of lines and spaces along."""
    return None if text is None else " ".join(text.split()) or None

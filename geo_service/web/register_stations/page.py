"""What the list and the form show."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Any, Final

from flask import current_app, render_template, url_for
from pydantic import Field

from geo_service import runtime
from geo_service.domain.account import Permission
from geo_service.domain.change import Recorded
from geo_service.domain.datum import Datum
from geo_service.domain.errors import ParameterFault
from geo_service.domain.register import Register
from geo_service.domain.station import (
    Accessibility,
    Amenity,
    DataStatus,
    Group,
    ServiceKind,
    Station,
)
from geo_service.persistence.reports import ReportStore
from geo_service.services.edit import county_of, next_identifier
from geo_service.services.hours_text import hours_text
from geo_service.services.register_list import Listed, ListQuery, Order, State, list_stations
from geo_service.services.search import MAX_LETTERS
from geo_service.web import access
from geo_service.web.language import Language, LanguageParameters
from geo_service.web.page import page_context
from geo_service.web.params import Whole
from geo_service.web.register_hours.editor import Editor, editor
from geo_service.web.register_hours.form import HoursForm
from geo_service.web.register_reports.shown import StationCard, of_station, station_cards
from geo_service.web.register_stations import form
from geo_service.web.register_stations.place import township_text
from geo_service.web.register_stations.words import WORDS
from geo_service.web.station.portrait import name_in

_REVISION: Final = re.compile("[0-9]{1,15}", re.ASCII)

Code = Annotated[str | None, Field(max_length=100)]


class ListParameters(LanguageParameters):
    """GET /register/stations."""

    q: Annotated[str | None, Field(max_length=MAX_LETTERS)] = None
    county: Code = None
    township: Code = None
    service: ServiceKind | None = None
    state: State | None = None
    order: Order = Order.ID
    page: Annotated[int, Field(ge=1, le=100_000), Whole] = 1
    saved: Annotated[int | None, Field(ge=0), Whole] = None


def list_page(given: ListParameters, language: Language) -> str:
    """Return the list, as it is asked for."""
    register, words = runtime.register(), WORDS[language]
    query = ListQuery(
        now=runtime.now(),
        due_after=timedelta(days=runtime.settings().verify_after_days),
        text=given.q or "",
        county=given.county,
        township=given.township,
        service=given.service,
        state=given.state,
        order=given.order,
        page=given.page,
    )
    found = list_stations(register, query)
    asked = given.model_dump(mode="json", exclude_unset=True, exclude={"saved", "page"})
    said = "matched" if found.pages == 1 else "matched_page"
    return render_template(
        "register_stations/list.html",
        **page_context(register, language),
        own=words,
        given=given,
        may_edit=access.actor().may(Permission.EDIT),
        counties=[(each.code, _unit_name(each, language)) for each in register.counties],
        townships=townships_by_county(register, language),
        services=list(ServiceKind),
        orders=list(Order),
        counts=[(state, count) for state, count in found.counts.items()],
        is_filtered=bool(asked.keys() - {"lang", "order"}),
        is_cut=found.is_cut,
        matched=words[said].format(count=found.matched, page=found.page, pages=found.pages),
        stations=[_row(register, each, language) for each in found.stations],
        previous=url_for(".index", **asked, page=found.page - 1) if found.page > 1 else None,
        following=url_for(".index", **asked, page=found.page + 1)
        if found.page < found.pages
        else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A form with texts in it: of a new station, if none is recorded.

    ``seen`` is the revision whose record was filled in, where that is not the recorded one's.
    """

    texts: Mapping[str, Any]
    recorded: Recorded | None = None
    faults: Sequence[ParameterFault] = ()
    hours: Mapping[str, HoursForm] = field(default_factory=dict)
    seen: int | None = None
    said: str = ""

    @classmethod
    def of(
        cls, sent: form.Sent, recorded: Recorded | None, faults: Sequence[ParameterFault]
    ) -> "Filled":
        """Return a form as it was sent, to be put right: from the revision that it was from."""
        seen = str(sent.texts.get("seen", ""))
        return cls(
            texts=sent.texts,
            recorded=recorded,
            faults=faults,
            hours=sent.hours,
            seen=int(seen) if _REVISION.fullmatch(seen) else None,
        )


def form_page(shown: Filled, language: Language) -> str:
    """Return the form."""
    register, words, recorded = runtime.register(), WORDS[language], shown.recorded
    station = None if recorded is None else recorded.station
    why_not = _why_not(register, station, language)
    wrong = fault_texts(shown.faults, language)
    return render_template(
        "register_stations/form.html",
        **page_context(register, language),
        own=words,
        title=words["new_heading"] if station is None else name_in(language, station),
        station=station,
        texts=_Texts(shown.texts),
        seen=_seen(shown),
        seen_note="" if recorded is None else words["seen_note"].format(revision=recorded.revision),
        state_text="" if station is None else state_text(register, station, language),
        may_edit=not why_not,
        why_not=why_not,
        said=shown.said,
        faults=list(wrong.values()),
        wrong=wrong,
        reports=_reports(register, station, language),
        action=_address("save_new", "save", station),
        preview=_address("preview", "preview", station),
        history=_history_of(station, language),
        at=None if station is None else station.coordinate,
        where="" if station is None else township_text(register, station.coordinate, language),
        townships=townships_by_county(register, language),
        by_boundary=form.BY_BOUNDARY,
        no_township=form.NO_TOWNSHIP,
        services=list(ServiceKind),
        hours=_editors(shown, language),
        groups=list(Group),
        amenities=list(Amenity),
        accessibilities=list(Accessibility),
        datums=list(Datum),
        statuses=list(DataStatus),
        today=register.eras.day_of(runtime.now()).isoformat(),
    )


def blank() -> dict[str, Any]:
    """Return what stands in the form of a new station."""
    return form.blank(next_identifier(runtime.register().stations.ids))


def fault_texts(faults: Sequence[ParameterFault], language: Language) -> dict[str, str]:
    """Say for each field that is wrong what is expected of it."""
    words, said = WORDS[language], {}
    for fault in faults:
        field = fault.parameter.partition(".")[0]
        if field in said:
            continue
        expected = words.get(f"expect_{field}")
        if expected is None:
            label = words.get(field)
            said[field] = f"{label}: {fault.reason}" if label else f"{field}: {fault.reason}"
        else:
            said[field] = f"{expected}{fault.reason}" if expected.endswith("：") else expected
    return said


def townships_by_county(
    register: Register, language: Language
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the townships that can be chosen, under their counties."""
    listed: dict[str, list[tuple[str, str]]] = {}
    for unit in register.townships:
        listed.setdefault(unit.county_code or "", []).append(
            (unit.code, _unit_name(unit, language))
        )
    counties = register.counties_by_code
    return [
        (_unit_name(counties[code], language) if code in counties else "–", units)
        for code, units in listed.items()
    ]


def state_text(register: Register, station: Station, language: Language) -> str:
    """Say that a station is closed, or not open yet; nothing of one in use."""
    today, words = register.eras.day_of(runtime.now()), WORDS[language]
    if station.in_being(today):
        return ""
    if station.closed_on is not None and station.closed_on <= today:
        return words["closed_since"].format(day=station.closed_on.isoformat())
    assert station.opened_on is not None
    return words["opens_on"].format(day=station.opened_on.isoformat())


def _seen(shown: Filled) -> int | None:
    if shown.recorded is None or shown.seen is not None:
        return shown.seen
    return shown.recorded.revision


def _reports(register: Register, station: Station | None, language: Language) -> list[StationCard]:
    """Return what workers say is wrong with the station, and nobody has looked at yet."""
    if station is None or not access.actor().may(Permission.HANDLE_REPORTS):
        return []
    with runtime.database().transaction() as session:
        found = of_station(ReportStore(session), station.id)
    return station_cards(register, found, language)


def _editors(shown: Filled, language: Language) -> dict[str, Editor]:
    """Return the editors of the hours, by service."""
    words, editors = WORDS[language], {}
    for kind in ServiceKind:
        name = f"{kind}_hours"
        filled = shown.hours.get(name) or HoursForm.showing(shown.texts.get(name))
        offered = kind in (shown.texts.get("services") or ())
        editors[kind.value] = editor(
            name, filled, label=words[name], language=language, sent=name in shown.hours and offered
        )
    return editors


def _address(of_new: str, of_known: str, station: Station | None) -> str:
    if station is None:
        return url_for(f".{of_new}")
    return url_for(f".{of_known}", station_id=station.id)


class _Texts(dict[str, Any]):
    """Texts of a form; None where there is none."""

    def __missing__(self, name: str) -> None:
        return None


def _row(register: Register, listed: Listed, language: Language) -> dict[str, Any]:
    words, station = WORDS[language], listed.station
    township = register.townships_by_code.get(station.township_code or "")
    return {
        "id": station.id,
        "name": name_in(language, station),
        "address": url_for(".edit", station_id=station.id, lang=language),
        "township": "" if township is None else _unit_name(township, language),
        "services": [
            {
                "kind": each.kind.value,
                "name": words[f"service_{each.kind}"],
                "hours": hours_text(each.opening_hours, language),
            }
            for each in station.services
        ],
        "verified": words["never"] if station.verified_on is None else station.verified_on,
        "is_due": listed.is_due,
        "is_reported": listed.is_reported,
        "state": listed.state.value,
        "state_text": state_text(register, station, language) or words["state_open"],
    }


def _unit_name(unit: Any, language: Language) -> str:
    return str((language == "en" and unit.name_en) or unit.name)


def _why_not(register: Register, station: Station | None, language: Language) -> str:
    """Say why whoever asks may not change a station; nothing if they may."""
    actor, words = access.actor(), WORDS[language]
    if not actor.may(Permission.EDIT):
        return words["read_only"]
    if station is None:
        return ""
    code = county_of(register, station)
    if actor.may_edit(code):
        return ""
    county = register.counties_by_code.get(code or "")
    name = words["no_county"] if county is None else _unit_name(county, language)
    return words["not_yours"].format(county=name)


def _history_of(station: Station | None, language: Language) -> str | None:
    """Return where the history of a station is told, if it is."""
    if station is None or "register_history.station" not in current_app.view_functions:
        return None
    return url_for("register_history.station", station_id=station.id, lang=language)

"""Reports beside the form of their station: shown while somebody changes it, settled by saving.

The form's page includes ``register_reports/beside.html``; what is ticked there is sent along with
the form, in the field ``FIELD``, and settled as true by ``accept_with_saving`` once it is saved.
"""

import re
from contextlib import suppress
from typing import Final

from flask import Flask

from geo_service import runtime
from geo_service.domain.errors import ReportHandledError, ReportNotFoundError
from geo_service.domain.report import ReportState
from geo_service.domain.station import StationId
from geo_service.persistence.reports import ReportStore
from geo_service.services.report_queue import MOST_AT_ONCE, Verdict, settle, stations_of
from geo_service.web import access, desk_changes
from geo_service.web.language import Language
from geo_service.web.register_reports.shown import GroupCard, of_station, station_cards
from geo_service.web.register_reports.words import WORDS

FIELD: Final = "reports"

_NUMBER: Final = re.compile(r"[0-9]{1,18}", re.ASCII)


def register(app: Flask) -> None:
    """Put the open reports of a station at every template's hand."""
    app.context_processor(lambda: {"reports_of": reports_of, "report_words": WORDS})


def reports_of(station_id: str, language: Language) -> list[GroupCard]:
    """Return the open reports of a station, those that say the same put together."""
    with runtime.database().transaction() as session:
        found = of_station(ReportStore(session), StationId(station_id))
    cards = station_cards(runtime.register(), found, language)
    return [group for card in cards for group in card.groups]


def accept_with_saving(sent: str, station_id: StationId) -> int:
    """Settle as true what was ticked beside a form that is saved now; return how many.

    What somebody settled meanwhile, or is of another station, stays as it is: the change is made.
    """
    numbers = tuple(dict.fromkeys(int(each) for each in _NUMBER.findall(sent)))[:MOST_AT_ONCE]
    if not numbers:
        return 0
    verdict = Verdict(numbers=numbers, state=ReportState.ACCEPTED, by=access.actor().name)
    with suppress(ReportHandledError, ReportNotFoundError), desk_changes.writing() as writing:
        writing.changes.take_turn()
        if set(stations_of(writing.reports, numbers)) == {station_id}:
            least = runtime.settings().closed_after_reports
            return settle(writing.reports, writing.changes, verdict, least=least)
    return 0

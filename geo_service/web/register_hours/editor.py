"""The editor of opening hours as a piece of another form: what its template needs.

In a template::

    {% from "register_hours/editor.html" import hours_editor %}
    {{ hours_editor(rest_hours) }}

with ``rest_hours = editor("rest_hours", form, label=…, language=…)``. The page links
``static/register/hours.css`` and ``static/register/hours.js``. When the form comes back,
``HoursForm.from_fields(request.form, "rest_hours")`` reads it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for

from geo_service import runtime
from geo_service.web.language import Language
from geo_service.web.register_hours.form import (
    DAYS,
    MOST_ROWS,
    MOST_SPANS,
    HoursForm,
    HoursRow,
    Mode,
    RowKind,
)
from geo_service.web.register_hours.preview import Preview, preview_of
from geo_service.web.register_hours.words import WORDS

# So many rows stand open at first: the week and the weekend, or the week and the holidays.
_SHOWN_ROWS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Editor:
    """The hours of one service, ready to be shown for editing."""

    prefix: str
    label: str
    mode: Mode
    rows: tuple[HoursRow, ...]
    shown_rows: int
    words: str
    faults: tuple[str, ...]
    preview: Preview
    preview_url: str
    own: Mapping[str, str]
    language: Language
    modes: tuple[Mode, ...] = tuple(Mode)
    kinds: tuple[RowKind, ...] = tuple(RowKind)
    days: tuple[str, ...] = DAYS


def editor(
    prefix: str, form: HoursForm, *, label: str, language: Language, sent: bool = False
) -> Editor:
    """Return the editor of some hours; ``sent`` says that a person filled it in just now.

    What is wrong is told only of a form that was sent: an empty one has no faults yet.
    """
    register = runtime.register()
    zone = register.place.zone
    today = runtime.now().astimezone(zone).date()
    preview = preview_of(form, language, today=today, zone=zone)
    filled = len(form.rows)
    return Editor(
        prefix=prefix,
        label=label,
        mode=form.mode,
        rows=tuple(map(_padded, (*form.rows, *(HoursRow(),) * (MOST_ROWS - filled)))),
        shown_rows=max(filled, _SHOWN_ROWS),
        words=form.words,
        faults=preview.faults if sent else (),
        preview=preview if sent or not preview.faults else Preview(),
        preview_url=url_for("register_hours.preview", prefix=prefix, lang=language),
        own=WORDS[language],
        language=language,
    )


def _padded(row: HoursRow) -> HoursRow:
    times = (*row.times, *(("", ""),) * MOST_SPANS)[:MOST_SPANS]
    return HoursRow(row.days, row.kind, times)

"""What the pages of the history show of revisions, changes and plans of undoing."""

from typing import Any

from flask import current_app, request

from geo_service import runtime
from geo_service.domain.account import Permission
from geo_service.domain.change import ChangeKind, StationChange
from geo_service.domain.past import PastRevision, fate_of
from geo_service.domain.undoing import UndoStep
from geo_service.persistence.history import MOST_COUNTED
from geo_service.services.register_history import UndoPlan
from geo_service.web import access
from geo_service.web.language import Language
from geo_service.web.links import asked_again
from geo_service.web.page import page_context
from geo_service.web.register_history.rows import RowMaker
from geo_service.web.register_history.words import WORDS
from geo_service.web.undoing import MOST_AT_ONCE


def around(language: Language) -> dict[str, Any]:
    """Return what every page of the history has."""
    return {
        **page_context(runtime.register(), language),
        "own": WORDS[language],
        "may_edit": access.actor().may(Permission.EDIT),
        "asked_again": asked_again,
        "has": has,
    }


def has(endpoint: str) -> bool:
    """Say whether the service has a page that this one would lead to."""
    return endpoint in current_app.view_functions


def maker(language: Language) -> RowMaker:
    """Return what writes stations field by field."""
    return RowMaker(runtime.register(), language)


def register_address(revision: int) -> str | None:
    """Return where the stations of a revision are downloaded, if the service has that."""
    served = {rule.rule for rule in current_app.url_map.iter_rules()}
    path = "/api/v1/register"
    return f"{request.root_path}{path}?f=csv&revision={revision}" if path in served else None


def revision(found: PastRevision, language: Language) -> dict[str, Any]:
    """Return a revision in words."""
    words, zone = WORDS[language], runtime.register().place.zone
    return {
        "number": found.number,
        "when": f"{found.committed_at.astimezone(zone):%Y-%m-%d %H:%M}",
        "kind": found.kind.value,
        "kind_name": words[f"kind_{found.kind}"],
        "author": found.author,
        "reason": found.reason,
        "stations": _count(found),
        "undoes": found.undoes,
        "undone_by": words["comma"].join(map(str, found.undone_by)),
    }


def change(found: StationChange, language: Language) -> dict[str, Any]:
    """Return what a revision did to a station: the fields it changed, or the whole record."""
    before, after = found.before, found.after
    state = after or before
    assert state is not None  # a row of the history is one or the other
    rows = maker(language)
    return {
        "id": found.station_id,
        "name": state.name,
        "fate": fate_of(found).value,
        "rows": [] if before is None or after is None else rows.changed(before, after),
        "record": rows.rows(state) if before is None or after is None else [],
    }


def why_not_undone(found: PastRevision, first: int, language: Language) -> str | None:
    """Say why a revision cannot be taken back by whoever looks; None: it can."""
    words = WORDS[language]
    if found.number <= first:
        return words["first"]
    if found.kind is ChangeKind.LOAD and not access.actor().may(Permission.ADMINISTER):
        return words["load_only_administrator"]
    if found.stations > MOST_AT_ONCE:
        command = f"geo-service history undo {found.number}"
        return words["too_many"].format(count=_count(found)) + command
    return None


def _count(found: PastRevision) -> str:
    most = f"{MOST_COUNTED:,}"
    return f"{most}+" if found.stations > MOST_COUNTED else f"{found.stations:,}"


def plan(found: UndoPlan, language: Language) -> dict[str, Any]:
    """Return what undoing comes to, in words."""
    words, rows, fates = WORDS[language], maker(language), found.fates
    return {
        "changes_anything": fates.all > 0,
        "will": words["will"].format(
            added=fates.added,
            changed=fates.changed,
            removed=fates.removed,
            unchanged=found.unchanged,
        ),
        "steps": [_step(each, rows) for each in found.steps],
        "more": fates.all - len(found.steps),
        "obstacles": found.obstacles,
        "unfit": found.unfit,
        "decidable": found.obstacles > found.unfit,
        "in_the_way": [
            {
                **_named(each),
                "why": words[f"obstacle_{each.obstacle}"],
                "rows": rows.disputes(each),
            }
            for each in found.in_the_way
        ],
        "seen": found.present,
    }


def _step(step: UndoStep, rows: RowMaker) -> dict[str, Any]:
    both = step.present is not None and step.result is not None
    what = "changed_back" if both else "put_back" if step.present is None else "taken_out"
    return {
        **_named(step),
        "what": what,
        "rows": rows.changed(step.present, step.result)
        if step.present is not None and step.result is not None
        else [],
    }


def _named(step: UndoStep) -> dict[str, Any]:
    state = step.present or step.result
    return {"id": step.station_id, "name": "" if state is None else state.name}

"""What every page of accounts is made with."""

from datetime import UTC, datetime, tzinfo
from typing import Any

from geo_service import runtime
from geo_service.domain.errors import (
    AccountConflictError,
    InvalidQueryError,
    RegisterUnavailableError,
)
from geo_service.web.language import Language
from geo_service.web.page import bare_context, page_context
from geo_service.web.register_accounts.words import WORDS


def context(language: Language) -> dict[str, Any]:
    """Return the words and the frame; where no register can be had, without it."""
    try:
        around = page_context(runtime.register(), language)
    except RegisterUnavailableError:
        around = bare_context(language)
    return around | {"own": WORDS[language]}


def county_names(codes: frozenset[str] | None, language: Language) -> str:
    """Return the counties somebody edits, as a person reads them."""
    if codes is None:
        return WORDS[language]["all_counties"]
    known = dict(counties(language))
    return "、".join(known.get(code, code) for code in sorted(codes)) or "–"


def counties(language: Language) -> list[tuple[str, str]]:
    """Return the register's counties: code and name."""
    try:
        found = runtime.register().counties
    except RegisterUnavailableError:
        return []
    return [(each.code, (language == "en" and each.name_en) or each.name) for each in found]


def day_of(moment: datetime | None, language: Language) -> str:
    """Return the day of a moment as the place counts days; of none, that it never was."""
    if moment is None:
        return WORDS[language]["never"]
    try:
        zone: tzinfo = runtime.register().place.zone
    except RegisterUnavailableError:
        zone = UTC
    return f"{moment.astimezone(zone):%Y-%m-%d}"


def said_of(error: InvalidQueryError | AccountConflictError, language: Language) -> list[str]:
    """Say in the page's words what is wrong with a form; the reasons are the service's own."""
    words = WORDS[language]
    if isinstance(error, AccountConflictError):
        return [words[f"conflict_{error.conflict}"]]
    return [
        words["fault"].format(
            what=words.get(each.parameter, each.parameter),
            reason=words.get(f"rule_{each.parameter}", each.reason),
        )
        for each in error.faults
    ]
